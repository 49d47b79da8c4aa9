extension KerasRule {
  /// Pooling over one to three axes.
  static let poolingRules: [KerasRule] = (1...3).flatMap { axes in
    ["Max", "Average"].flatMap { word in
      [
        KerasRule(
          "\(word)Pooling\(axes)D",
          [
            .size("pool_size", axes: axes), .size("strides", axes: axes), .value("padding"),
            .dataFormat,
          ]),
        KerasRule(
          "Global\(word)Pooling\(axes)D",
          [.value("keepdims", as: "keepDimensions"), .dataFormat]),
        KerasRule(
          "Adaptive\(word)Pooling\(axes)D", [.size("output_size", axes: axes), .dataFormat]),
      ]
    }
  }
}
