extension KerasRule {
  /// Dense layers, tables and what is between them.
  static let coreRules: [KerasRule] = [
    KerasRule(
      "Dense",
      KerasSetting.values("units", "use_bias") + [.activation(), .activityRegularizer]
        + KerasSetting.weight("kernel") + KerasSetting.weight("bias")
        + [.only("quantization_config"), .only("lora_rank")],
      weights: ["kernel", "bias"]),
    KerasRule(
      "EinsumDense",
      KerasSetting.values("equation", "bias_axes") + [.value("output_shape")]
        + [.activation(), .activityRegularizer]
        + KerasSetting.weight("kernel") + KerasSetting.weight("bias")
        + [.only("quantization_config"), .only("lora_rank")],
      weights: ["kernel", "bias"]),
    KerasRule(
      "Embedding",
      [
        .value("input_dim", as: "inputDimension"), .value("output_dim", as: "outputDimension"),
        .value("mask_zero"), .only("activity_regularizer"), .only("quantization_config"),
        .only("lora_rank"),
      ] + KerasSetting.weight("embeddings") + KerasSetting.ignored("input_length"),
      weights: ["embeddings"]),
    KerasRule("Activation", [.activation(as: "function"), .only("activity_regularizer")]),
    KerasRule("Masking", [.value("mask_value")]),
    KerasRule("ActivityRegularization", KerasSetting.values("l1", "l2")),
    KerasRule("Dropout", dropout),
    KerasRule("SpatialDropout1D", dropout),
    KerasRule("SpatialDropout2D", dropout + [.dataFormat]),
    KerasRule("SpatialDropout3D", dropout + [.dataFormat]),
    KerasRule("AlphaDropout", dropout),
    KerasRule("GaussianDropout", dropout),
    KerasRule(
      "GaussianNoise",
      [.value("stddev", as: "standardDeviation")] + KerasSetting.ignored("seed")),
  ]

  private static let dropout =
    [.value("rate"), .only("noise_shape")] + KerasSetting.ignored("seed")
}
