extension KerasRule {
  /// Layers that make one of several inputs.
  static let mergingRules: [KerasRule] =
    ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"].map {
      KerasRule($0, calling: .list)
    } + [
      KerasRule("Concatenate", [.value("axis").absent(.integer(-1))], calling: .list),
      KerasRule("Dot", [dotAxes, .value("normalize")], calling: .list),
    ]

  private static let dotAxes = KerasSetting.mapped(
    "axes", { value, _ in value.list == nil ? .list([value, value]) : value },
    { value, _ in value })
}
