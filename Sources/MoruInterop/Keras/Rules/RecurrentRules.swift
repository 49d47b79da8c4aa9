extension KerasRule {
  /// Recurrent layers, their cells, and layers around them.
  static let recurrentRules: [KerasRule] =
    recurrent(
      "LSTM", KerasSetting.values("units", "unit_forget_bias") + [gate])
    + recurrent(
      "GRU",
      [.value("units"), .value("reset_after").absent(.bool(false)), gate])
    + recurrent("SimpleRNN", [.value("units")])
    + (1...3).map { axes in
      KerasRule(
        "ConvLSTM\(axes)D",
        cell + walk + [gate, .value("filters"), .value("unit_forget_bias"), .value("padding")]
          + ["kernel_size", "strides", "dilation_rate"].map { .size($0, axes: axes) }
          + [.dataFormat],
        weights: KerasWeight.cell(node: "cell"))
    }
    + [
      KerasRule("RNN", sequence, inner: [KerasInner("cell")]),
      KerasRule("StackedRNNCells", inner: [KerasInner("cells")]),
      KerasRule(
        "Bidirectional", [mergeMode],
        inner: [
          KerasInner("layer", node: "forward_layer", prefix: "forward_", ignored: hiddenSteps),
          KerasInner("backward_layer", prefix: "backward_", ignored: hiddenSteps),
        ]),
      KerasRule("TimeDistributed", inner: [KerasInner("layer")]),
    ]

  /// Without a mode Keras has two outputs.
  private static let mergeMode = KerasSetting(
    key: "merge_mode", names: ["mergeMode"], absent: .text("concat"),
    read: { value, _ in ["mergeMode": value.known ?? .text("separate")] },
    write: { ours, _ in ours["mergeMode"] == .text("separate") ? .null : ours["mergeMode"] })
  private static let gate = KerasSetting.activation("recurrent_activation")
  /// In both directions Keras asks for zeros where a mask hides steps, and so do we.
  private static let hiddenSteps = ["zero_output_for_mask"]

  private static func recurrent(_ className: String, _ own: [KerasSetting]) -> [KerasRule] {
    [
      KerasRule(className, cell + own + walk, weights: KerasWeight.cell(node: "cell")),
      KerasRule(className + "Cell", cell + own, weights: KerasWeight.cell(node: "")),
    ]
  }

  private static let cell =
    [.activation(), .value("use_bias"), .value("dropout"), .value("recurrent_dropout")]
    + ["kernel", "recurrent", "bias"].flatMap(KerasSetting.weight)
    + KerasSetting.ignored("implementation", "seed")

  private static let walk = sequence + [.activityRegularizer]

  private static let sequence =
    KerasSetting.values("return_sequences", "return_state", "go_backwards")
    + [
      .only(
        "stateful", .bool(false), advice: "Build the model with stateful=False and save it again."),
      .only("time_major", .bool(false)), .only("zero_output_for_mask", .bool(false)),
    ] + KerasSetting.ignored("unroll", "input_dim", "input_length", "implementation")
}
