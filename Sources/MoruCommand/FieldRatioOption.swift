internal import ArgumentParser
internal import MoruWorkflow

/// `--field-ratio`
struct FieldRatioOption: ParsableArguments {
  @Option(
    name: .customLong("field-ratio"),
    help: ArgumentHelp(
      "How often classes occur in the field, which the test part is drawn at; unnamed classes share "
        + "the rest. The data's own ratio if left out.",
      valueName: "class=share,…"),
    transform: { text in
      let shares = try LabelledNumbers(parsing: text, option: "--field-ratio").values
      guard !shares.isEmpty, DataConfiguration.areShares(shares) else {
        throw ValidationError("Write \(DataConfiguration.fieldRatioRule).")
      }
      return shares
    })
  var shares: [String: Double]?
}
