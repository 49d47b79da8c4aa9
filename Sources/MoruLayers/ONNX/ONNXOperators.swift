import MoruGraph

/// The operators of ONNX that can be drawn, by name, and why others cannot.
package enum ONNXOperators {
  /// Every operator that can be drawn.
  static let rules: [String: ONNXRule] = [
    elementwise, activations, comparisons, reductions, shaping, indexing, convolutions, pooling,
    normalizations, products, resizing, recurrence, control, losses, quantization,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  /// The names of all operators that can be drawn.
  package static var names: Set<String> { Set(rules.keys) }

  /// What to do instead of an operator that is not known.
  package static func advice(for op: String) -> String {
    switch op {
    case "NonZero", "Unique", "Compress", "NonMaxSuppression":
      "How many elements it makes depends on the data. Export the model without that step and do it "
        + "with the outputs."
    case "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli",
      "Multinomial":
      "Export the model without random numbers, in evaluation mode."
    case _
    where op.hasPrefix("Sequence") || op.hasPrefix("Optional") || op == "SplitToSequence"
      || op == "ConcatFromSequence":
      "Export the model with tensors in place of sequences."
    case _ where op.hasPrefix("String") || ["TfIdfVectorizer", "RegexFullMatch"].contains(op):
      "Prepare text before the model."
    default: "Build the model with operators that docs/onnx.md lists, and export it again."
    }
  }
}

/// An operator of one result.
func single(_ rule: @escaping @Sendable (ONNXCall) throws -> ONNXValue) -> ONNXRule {
  { [try rule($0)] }
}
