import Foundation
public import MoruGraph
public import MoruLayers
public import MoruTensors

/// A golden loss case drawn with our losses.
public struct GoldenLossCase: GoldenCase {
  public let found: [String: Tensor]
  public let expected: [String: HostTensor]

  /// Draws a case.
  ///
  /// - Parameters:
  ///   - file: The case.
  ///   - dtype: The type to compute in.
  ///   - loss: Another loss than the case's own.
  ///   - output: What becomes of the case's prediction before the loss sees it.
  public init(
    _ file: GoldenFile, as dtype: DType, loss: (any Loss)? = nil,
    of output: (Tensor) -> Tensor = { $0 }
  ) throws {
    func constant(_ value: HostTensor) -> Tensor {
      Tensor(value.dtype == .float64 ? value.converted(to: dtype) : value)
    }
    let source = constant(try file.tensor("prediction"))
    let prediction = output(source)
    let target = constant(try file.tensor("target"))
    let loss = try loss ?? Self.loss(file)
    let mean = loss(
      target: target, prediction: prediction,
      sampleWeight: file.tensors["sample_weight"].map(constant))
    found = [
      "per_sample": loss.values(target: target, prediction: prediction), "output": mean,
      "grad.prediction": gradients(of: mean, at: [source])[0],
    ]
    expected = file.tensors.filter { ["per_sample", "output", "grad.prediction"].contains($0.key) }
  }

  /// Our loss of a case.
  ///
  /// Keras's settings are ours in another spelling, so that the case's description becomes a loss's
  /// file; reading that refuses settings that we lack.
  public static func loss(_ file: GoldenFile) throws -> any Loss {
    guard file.config["reduction"] == .text("sum_over_batch_size") else {
      throw GoldenError("the reduction is \(file.config["reduction"].map { "\($0)" } ?? "open")")
    }
    let ours = try file.description.inOurWords(names) { kinds[$0] ?? $0.startingSmall }
    return try JSONDecoder().decode(LossBox.self, from: JSONEncoder().encode(ours)).loss
  }

  private static let kinds = ["KLDivergence": "klDivergence", "CTC": "ctc"]

  private static let names = [
    "reduction": "", "axis": "axes", "apply_class_balancing": "appliesClassBalancing",
  ]
}
