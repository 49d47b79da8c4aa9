internal import ArgumentParser
internal import Foundation
internal import MoruWorkflow

/// How the program ends when something is thrown: what it says, where, and its exit code.
///
/// 0 for help that was asked for, 1 for what went wrong with data, models or the machine and for
/// data that break their rules, 2 for a wrong command line or configuration file, 130 for an
/// interrupt.
struct Failure {
  /// The exit code.
  let code: Int32
  private let text: String?

  init(_ error: any Error) {
    switch error {
    case is CancellationError:
      code = 130
      text = "moru: Interrupted. `moru runs list` shows the run with what it had recorded."
    case let error as ExitCode:
      // What is wrong was said as a result.
      code = error.rawValue
      text = nil
    case let error as UnknownSubcommand:
      code = 2
      text = "moru: \(error)"
    case WorkflowError.configuration:
      code = 2
      text = "moru: \(Self.line(of: error))"
    default:
      let parsed = MoruCommand.exitCode(for: error)
      switch parsed {
      case .success:
        code = 0
        text = MoruCommand.fullMessage(for: error)
      case .validationFailure:
        code = 2
        text = "moru: \(Self.usageLine(of: error))"
      default:
        code = 1
        text = "moru: \(Self.line(of: error))"
      }
    }
  }

  /// Writes the text: help to standard output, one line to standard error otherwise.
  func report() {
    guard let text else { return }
    let stream = code == 0 ? FileHandle.standardOutput : .standardError
    stream.write(Data((text + "\n").utf8))
  }

  /// What the argument parser has to say, and where help is.
  private static func usageLine(of error: any Error) -> String {
    let lines = MoruCommand.message(for: error).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    // Where words are missed, the parser lists each on a line of its own.
    let words = lines.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
    let choices = words.isEmpty ? "" : " " + words.joined(separator: ", ")
    let message = (lines.first ?? "") + choices
    let advice = MoruCommand.fullMessage(for: error).split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("  See '") }?
      .replacing(" for more information.", with: ".").dropFirst(2)
    let sentence = message.last.map { ".?!".contains($0) } == true ? message : message + "."
    return ([sentence] + (advice.map { [String($0)] } ?? [])).joined(separator: " ")
  }

  private static func line(of error: any Error) -> String {
    // Foundation's errors describe themselves for programmers; the sentence is elsewhere.
    let isFoundations =
      error is CocoaError || error is POSIXError || type(of: error) is NSError.Type
    let text = isFoundations ? error.localizedDescription : "\(error)"
    return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
  }
}
