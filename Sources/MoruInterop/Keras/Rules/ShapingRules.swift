extension KerasRule {
  /// Layers that put elements elsewhere.
  static let shapingRules: [KerasRule] =
    [
      KerasRule("Flatten", [.dataFormat]),
      KerasRule("Reshape", [.value("target_shape")]),
      KerasRule("Permute", [.value("dims", as: "dimensions")]),
      KerasRule("RepeatVector", [.value("n", as: "count")]),
    ]
    + (1...3).flatMap { axes in
      [
        KerasRule("ZeroPadding\(axes)D", [.margins("padding", axes: axes), .dataFormat]),
        KerasRule("Cropping\(axes)D", [.margins("cropping", axes: axes), .dataFormat]),
        KerasRule(
          "UpSampling\(axes)D",
          [
            // Keras takes one number, not a list, for sequences.
            axes == 1 ? .value("size") : .size("size", axes: axes), .dataFormat,
            axes == 2 ? .value("interpolation") : .onlyOurs("interpolation", .text("nearest")),
          ]),
      ]
    }
}
