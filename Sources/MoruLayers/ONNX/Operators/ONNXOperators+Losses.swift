import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Losses that a file computes itself.
  static let losses: [String: ONNXRule] = [
    "NegativeLogLikelihoodLoss": single { call in
      ONNXValue(try negativeLogLikelihood(call, try call.tensor(0)))
    },
    "SoftmaxCrossEntropyLoss": { call in
      let logarithms = logSoftmax(try call.tensor(0), axis: 1)
      return [
        ONNXValue(try negativeLogLikelihood(call, try logarithms.checked())), ONNXValue(logarithms),
      ]
    },
  ]

  /// `−weight[target] · logarithms[target]`, each or their sum or weighted mean.
  private static func negativeLogLikelihood(_ call: ONNXCall, _ logarithms: Tensor) throws -> Tensor
  {
    let target = try call.tensor(1).converted(to: .int64)
    guard logarithms.rank >= 2,
      [logarithms.shape[0]] + logarithms.shape.dropFirst(2) == target.shape.dimensions
    else { throw Mismatch("its targets have the shape \(target.shape)", "Check the file.") }
    let classes = logarithms.shape[1]
    let isIgnored = try call.int("ignore_index").map { target .== number(Double($0), .int64) }
    let known = isIgnored.map { select($0, number(0, .int64), target) } ?? target
    let column = known.expanded(at: 1)
    let isTarget = column .== Tensor.iota(logarithms.shape, axis: 1, dtype: .int64)
    let picked = select(isTarget, logarithms, 0).sum(axes: [1])
    var weights = Tensor.ones(target.shape, dtype: logarithms.dtype)
    if let given = call.optional(2) {
      guard given.shape == [classes] else {
        throw Mismatch("its weights have the shape \(given.shape)", "Check the file.")
      }
      weights = given.plain.gathered(known)
    }
    if let isIgnored { weights = select(isIgnored, 0, weights) }
    let losses = -picked * weights
    switch try call.expect("reduction", in: ["none", "mean", "sum"], default: "mean") {
    case "none": return losses
    case "sum": return losses.sum()
    default: return losses.sum() / weights.sum()
    }
  }
}
