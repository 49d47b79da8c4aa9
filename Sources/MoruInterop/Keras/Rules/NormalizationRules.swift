extension KerasRule {
  /// Layers that bring values to a scale.
  static let normalizationRules: [KerasRule] = [
    KerasRule(
      "BatchNormalization",
      KerasSetting.values("momentum", "epsilon", "center", "scale")
        + KerasSetting.weight("gamma") + KerasSetting.weight("beta")
        + [
          .initializer("moving_mean_initializer"), .initializer("moving_variance_initializer"),
          .lastAxis("axis"), .only("renorm", .bool(false)), .only("virtual_batch_size"),
          .only("adjustment"),
        ]
        + KerasSetting.ignored(
          "synchronized", "renorm_clipping", "renorm_momentum", "fused", "experimental_autocast"),
      weights: ["gamma", "beta"] + KerasWeight.states("moving_mean", "moving_variance"),
      lastAxis: "axis"),
    KerasRule(
      "LayerNormalization",
      KerasSetting.values("epsilon", "center", "scale") + [.axes("axis")]
        + KerasSetting.weight("gamma") + KerasSetting.weight("beta")
        + [.only("rms_scaling", .bool(false))],
      weights: ["gamma", "beta"]),
    KerasRule(
      "GroupNormalization",
      KerasSetting.values("groups", "epsilon", "center", "scale") + [.lastAxis("axis")]
        + KerasSetting.weight("gamma") + KerasSetting.weight("beta"),
      weights: ["gamma", "beta"], lastAxis: "axis"),
    KerasRule("RMSNormalization", KerasSetting.values("axis", "epsilon"), weights: ["scale"]),
    KerasRule("UnitNormalization", [.axes("axis")]),
  ]
}
