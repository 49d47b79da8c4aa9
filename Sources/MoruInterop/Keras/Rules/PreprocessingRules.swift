extension KerasRule {
  /// Layers that prepare pictures and numbers.
  static let preprocessingRules: [KerasRule] =
    [
      KerasRule("Rescaling", KerasSetting.values("scale", "offset")),
      KerasRule(
        "Resizing",
        KerasSetting.values("height", "width", "interpolation", "crop_to_aspect_ratio")
          + [
            .dataFormat, .only("pad_to_aspect_ratio", .bool(false)),
            .only("antialias", .bool(false)),
          ] + KerasSetting.ignored("fill_mode", "fill_value")),
      KerasRule("CenterCrop", KerasSetting.values("height", "width") + [.dataFormat]),
      KerasRule("RandomFlip", [.word("mode")] + random),
      KerasRule("RandomBrightness", KerasSetting.values("factor", "value_range") + random),
      KerasRule("RandomContrast", KerasSetting.values("factor", "value_range") + random),
      KerasRule("RandomRotation", [.value("factor")] + moved),
      KerasRule("RandomTranslation", KerasSetting.values("height_factor", "width_factor") + moved),
      KerasRule("RandomZoom", KerasSetting.values("height_factor", "width_factor") + moved),
      KerasRule(
        "CategoryEncoding",
        [.value("num_tokens"), .word("output_mode"), .only("sparse", .bool(false))]),
      KerasRule(
        "Discretization",
        [
          .value("bin_boundaries"), .word("output_mode"), .only("sparse", .bool(false)),
        ] + KerasSetting.ignored("num_bins", "epsilon")),
    ]

  private static let random = [.dataFormat] + KerasSetting.ignored("seed")

  private static let moved =
    [.word("fill_mode"), .value("interpolation"), .only("fill_value", .integer(0), .number(0))]
    + random
}
