extension KerasRule {
  /// Attention.
  static let attentionRules: [KerasRule] = [
    KerasRule(
      "MultiHeadAttention",
      heads + [
        .value("num_heads", as: "heads"), .value("key_dim", as: "keyDimension"),
        .value("value_dim", as: "valueDimension"), outputShape,
        .only("attention_axes", .list([.integer(1)])),
      ], weights: projections(""), calling: .arguments, isNew: true),
    KerasRule(
      "GroupQueryAttention", kind: "GroupedQueryAttention",
      heads + [
        .value("head_dim", as: "headDimension"), .value("num_query_heads", as: "queryHeads"),
        .value("num_key_value_heads", as: "keyValueHeads"),
      ], weights: projections("_"), calling: .arguments, isNew: true),
    KerasRule(
      "Attention",
      KerasSetting.values("use_scale", "dropout") + [scoreMode, causal]
        + KerasSetting.ignored("seed"),
      weights: ["scale", "concat_score_weight"], calling: .list),
    KerasRule(
      "AdditiveAttention",
      KerasSetting.values("use_scale", "dropout") + [causal] + KerasSetting.ignored("seed"),
      weights: ["scale"], calling: .list),
  ]

  /// In old files Keras 3 takes `dot` for its layer.
  private static let scoreMode = KerasSetting(
    key: "score_mode", names: ["scoreMode"], read: KerasSetting.word("score_mode").read,
    write: { ours, dialect in
      dialect == .two && ours["scoreMode"] == .text("dot") ? nil : ours["scoreMode"]
    })

  /// Keras says so where it calls the layer.
  private static let causal = KerasSetting.value(KerasCall.causalMask)

  private static let heads =
    KerasSetting.values("dropout", "use_bias") + [.activityRegularizer, causal]
    + KerasSetting.weight("kernel") + KerasSetting.weight("bias")
    + [.only("use_gate", .bool(false)), .only("sliding_window")]
    + KerasSetting.ignored("flash_attention", "seed", "query_shape", "key_shape", "value_shape")

  /// - Parameter prefix: What Keras puts before the names of the dense layers in it.
  private static func projections(_ prefix: String) -> [KerasWeight] {
    ["query", "key", "value", "output"].flatMap { part in
      ["kernel", "bias"].map { KerasWeight("\(part)_\($0)", node: "\(prefix)\(part)_dense") }
    }
  }

  private static let outputShape = KerasSetting.mapped(
    "output_shape", as: "outputDimension",
    { value, _ throws(Unfit) in
      guard value.asList.count == 1 else {
        throw Unfit("it is \(value.words)", "Build the model with one output axis.")
      }
      return value.asList[0]
    }, { value, _ in value })
}
