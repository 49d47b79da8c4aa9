extension KerasRule {
  /// Functions that are layers.
  static let activationRules: [KerasRule] = [
    KerasRule(
      "ReLU",
      [
        .value("max_value"), .value("negative_slope").absent(.integer(0)),
        .value("threshold").absent(.integer(0)),
      ]),
    KerasRule("LeakyReLU", [slope("negative_slope", in: .three), slope("alpha", in: .two)]),
    KerasRule("ELU", [.value("alpha")]),
    KerasRule("PReLU", [sharedAxes] + KerasSetting.weight("alpha"), weights: ["alpha"]),
    KerasRule("Softmax", [.value("axis")]),
  ]

  /// The slope has another word in each version; what is read may have either.
  private static func slope(_ key: String, in dialect: KerasDialect) -> KerasSetting {
    let setting = KerasSetting.value(key, as: "negativeSlope")
    return KerasSetting(
      key: key, names: setting.names, read: setting.read,
      write: { ours, writing throws(Unfit) in
        writing == dialect ? try setting.write(ours, writing) : nil
      })
  }

  private static let sharedAxes = KerasSetting.mapped(
    "shared_axes", { value, _ in .list(value.asList) },
    { value, _ in value == .list([]) ? .null : value })
}
