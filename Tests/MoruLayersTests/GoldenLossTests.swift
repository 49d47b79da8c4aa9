import GoldenKit
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Losses agree with PyTorch and Keras") struct GoldenLossTests {
  @Test("in Float64", arguments: GoldenFile.names(in: "losses"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("losses", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "losses"))
  func float32(name: String) async throws {
    // The nearest Float32 to 1 − 1e-7 is 1 − 1.19e-7, whose distance from 1 has another logarithm.
    let tolerance = name == "binary_probabilities_clipped" ? 5e-3 : 1e-5
    try await compare(try GoldenFile("losses", name), as: .float32, tolerance: tolerance)
  }

  @Test(
    "of the softmax and sigmoid of logits are those of the logits",
    arguments: [
      "sparsecategorical_logits", "sparsecategorical_logits_large",
      "sparsecategorical_logits_sequence", "categorical_logits", "categorical_logits_large",
      "binary_logits", "binary_logits_large",
    ])
  func fused(name: String) async throws {
    let file = try GoldenFile("losses", name)
    let probabilities: any Loss =
      switch file.className {
      case "SparseCategoricalCrossentropy": .sparseCategoricalCrossentropy
      case "CategoricalCrossentropy": .categoricalCrossentropy
      default: .binaryCrossentropy
      }
    let isBinary = file.className == "BinaryCrossentropy"
    try await compare(file, as: .float32, tolerance: 1e-5, probabilities) {
      isBinary ? sigmoid($0) : softmax($0)
    }
  }

  private func compare(
    _ file: GoldenFile, as dtype: DType, tolerance: Double, _ loss: (any Loss)? = nil,
    of output: (Tensor) -> Tensor = { $0 }
  ) async throws {
    func constant(_ value: HostTensor) -> Tensor {
      Tensor(value.dtype == .float64 ? value.converted(to: dtype) : value)
    }
    let source = constant(try file.tensor("prediction"))
    let prediction = output(source)
    var target = constant(try file.tensor("target"))
    if let smoothing = try file.config["label_smoothing"]?.number() {
      // Ours have no smoothing: it is a change of the targets.
      let classes = file.className == "BinaryCrossentropy" ? 2 : Double(prediction.shape[1])
      target = target * Tensor(1 - smoothing) + Tensor(smoothing / classes)
    }
    let loss = try loss ?? goldenLoss(file)
    let each = loss.values(target: target, prediction: prediction)
    let mean = loss(
      target: target, prediction: prediction,
      sampleWeight: file.tensors["sample_weight"].map(constant))
    let slope = gradients(of: mean, at: [source])[0]

    let values = try await ReferenceExecutor().values(of: [each, mean, slope])
    for (name, value) in zip(["per_sample", "output", "grad.prediction"], values) {
      let wanted = try file.tensor(name).converted(to: dtype)
      #expect(difference(value, from: wanted, tolerance: tolerance) == nil, "\(name)")
    }
  }

  /// Our loss of a case.
  private func goldenLoss(_ file: GoldenFile) throws -> any Loss {
    let config = file.config
    let known: Set = ["reduction", "from_logits", "label_smoothing", "delta"]
    guard config.keys.isSubset(of: known), config["reduction"] == .text("sum_over_batch_size")
    else { throw GoldenError("settings \(config.keys.subtracting(known)) are not used") }
    func fromLogits() throws -> Bool { try config.value("from_logits").bool() }
    switch file.className {
    case "BinaryCrossentropy": return BinaryCrossentropy(fromLogits: try fromLogits())
    case "CategoricalCrossentropy": return CategoricalCrossentropy(fromLogits: try fromLogits())
    case "SparseCategoricalCrossentropy":
      return SparseCategoricalCrossentropy(fromLogits: try fromLogits())
    case "MeanSquaredError": return MeanSquaredError()
    case "MeanAbsoluteError": return MeanAbsoluteError()
    case "Huber": return Huber(delta: try config.value("delta").number())
    default: throw GoldenError("no loss of ours is a \(file.className)")
    }
  }
}
