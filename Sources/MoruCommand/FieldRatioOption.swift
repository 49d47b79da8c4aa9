internal import ArgumentParser
internal import MoruWorkflow

/// `--field-ratio`
struct FieldRatioOption: ParsableArguments {
  @Option(
    name: .customLong("field-ratio"),
    help: ArgumentHelp(
      "How often classes occur in the field, which the test part is drawn at; unnamed classes share "
        + "the rest. The data's own ratio if left out.",
      valueName: "class=share,…"))
  var fieldRatio: FieldRatio?

  /// Shares by label.
  var shares: [String: Double]? { fieldRatio?.shares }
}

/// `defect=0.001,scratch=0.02`
struct FieldRatio: ExpressibleByArgument {
  let shares: [String: Double]

  init?(argument: String) {
    var shares: [String: Double] = [:]
    for part in argument.split(separator: ",") {
      // A label may hold an equals sign, a share may not.
      guard let equals = part.lastIndex(of: "="),
        let share = Double(part[part.index(after: equals)...]),
        shares.updateValue(share, forKey: String(part[..<equals])) == nil
      else { return nil }
    }
    guard !shares.isEmpty, DataConfiguration.areShares(shares) else { return nil }
    self.shares = shares
  }
}

extension BalanceMethod {
  /// The method of a name on the command line.
  ///
  /// - Throws: `ValidationError` with all names.
  static func named(_ name: String) throws -> BalanceMethod {
    guard let method = BalanceMethod(rawValue: name) else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no way to balance named '\(name)'. There are: \(known).")
    }
    return method
  }
}
