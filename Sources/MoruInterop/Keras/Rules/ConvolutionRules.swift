extension KerasRule {
  /// Convolutions over one to three axes.
  static let convolutionRules: [KerasRule] =
    (1...3).flatMap { axes in
      [
        KerasRule(
          "Conv\(axes)D", convolution(axes) + [.value("filters"), .value("groups")],
          weights: ["kernel", "bias"]),
        KerasRule(
          "Conv\(axes)DTranspose",
          convolution(axes) + [.value("filters"), .only("output_padding"), oneGroup],
          weights: ["kernel", "bias"]),
      ]
    }
    + (1...2).flatMap { axes in
      [
        KerasRule(
          "DepthwiseConv\(axes)D",
          windows(axes) + [.value("depth_multiplier"), oneGroup]
            + KerasSetting.weight("depthwise") + KerasSetting.ignored(kernelParts),
          weights: ["kernel", "bias"]),
        KerasRule(
          "SeparableConv\(axes)D",
          windows(axes) + [.value("filters"), .value("depth_multiplier"), oneGroup]
            + KerasSetting.weight("depthwise") + KerasSetting.weight("pointwise")
            + KerasSetting.ignored(kernelParts),
          weights: ["depthwise_kernel", "pointwise_kernel", "bias"]),
      ]
    }

  private static let oneGroup = KerasSetting.only("groups", .integer(1))
  /// Layers without such a kernel name its parts all the same.
  private static let kernelParts = ["initializer", "regularizer", "constraint"].map {
    "kernel_\($0)"
  }

  private static func convolution(_ axes: Int) -> [KerasSetting] {
    windows(axes) + KerasSetting.weight("kernel")
  }

  private static func windows(_ axes: Int) -> [KerasSetting] {
    ["kernel_size", "strides", "dilation_rate"].map { .size($0, axes: axes) }
      + [
        .value("padding"), .value("use_bias"), .activation(), .activityRegularizer, .dataFormat,
        .only("lora_rank"),
      ] + KerasSetting.weight("bias")
  }
}
