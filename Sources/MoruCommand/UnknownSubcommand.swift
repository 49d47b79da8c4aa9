internal import ArgumentParser
internal import MoruArchive

/// A subcommand that does not exist: the argument parser would take its name for a stray argument.
struct UnknownSubcommand: Error, CustomStringConvertible {
  let description: String

  /// Follows the subcommands that arguments begin with.
  ///
  /// - Throws: `UnknownSubcommand` with the nearest name at the first that does not exist.
  static func check(_ arguments: [String], of root: any ParsableCommand.Type) throws(Self) {
    var command = root
    var path = "moru"
    for argument in arguments {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return }
      guard let next = subcommands.first(where: { $0.configuration.commandName == argument })
      else {
        let names = subcommands.compactMap { $0.configuration.commandName }
        let advice =
          nearest(argument, among: names).map { "Did you mean '\($0)'?" }
          ?? "There are \(names.joined(separator: ", "))."
        throw UnknownSubcommand(
          description: "\(path) has no subcommand \(quoted(argument)). \(advice)")
      }
      command = next
      path += " " + argument
    }
  }
}
