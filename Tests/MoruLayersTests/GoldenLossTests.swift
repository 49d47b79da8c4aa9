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
    let target = constant(try file.tensor("target"))
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
    guard config["reduction"] == .text("sum_over_batch_size") else {
      throw GoldenError("the reduction is \(config["reduction"].map { "\($0)" } ?? "open")")
    }
    var used: Set = ["reduction"]
    func setting(_ key: String) throws -> Settings {
      used.insert(key)
      return try config.value(key)
    }
    func number(_ key: String, default standard: Double) throws -> Double {
      config[key] == nil ? standard : try setting(key).number()
    }
    func flag(_ key: String) throws -> Bool {
      config[key] == nil ? false : try setting(key).bool()
    }
    func axes() throws -> [Int]? {
      guard case .list(let axes) = try setting("axis") else { return nil }
      return try axes.map { try $0.integer() }
    }
    let smoothing = try number("label_smoothing", default: 0)
    let loss: any Loss
    switch file.className {
    case "BinaryCrossentropy":
      loss = .binaryCrossentropy(fromLogits: try flag("from_logits"), labelSmoothing: smoothing)
    case "CategoricalCrossentropy":
      loss = .categoricalCrossentropy(
        fromLogits: try flag("from_logits"), labelSmoothing: smoothing)
    case "SparseCategoricalCrossentropy":
      loss = .sparseCategoricalCrossentropy(fromLogits: try flag("from_logits"))
    case "BinaryFocalCrossentropy":
      loss = .binaryFocalCrossentropy(
        appliesClassBalancing: try flag("apply_class_balancing"),
        alpha: try number("alpha", default: 0.25), gamma: try number("gamma", default: 2),
        fromLogits: try flag("from_logits"), labelSmoothing: smoothing)
    case "CategoricalFocalCrossentropy":
      let alpha = config["alpha"] == nil ? [] : try setting("alpha").list().map { try $0.number() }
      loss = .categoricalFocalCrossentropy(
        alpha: alpha.isEmpty ? [0.25] : alpha, gamma: try number("gamma", default: 2),
        fromLogits: try flag("from_logits"), labelSmoothing: smoothing)
    case "CategoricalGeneralizedCrossEntropy":
      loss = .categoricalGeneralizedCrossEntropy(q: try setting("q").number())
    case "Circle":
      loss = .circle(gamma: try setting("gamma").number(), margin: try setting("margin").number())
    case "Contrastive": loss = .contrastive(margin: try setting("margin").number())
    case "Dice": loss = Dice(axes: try axes())
    case "Huber": loss = .huber(delta: try setting("delta").number())
    case "Triplet": loss = .triplet(margin: try setting("margin").number())
    case "Tversky":
      loss = .tversky(
        alpha: try setting("alpha").number(), beta: try setting("beta").number(), axes: try axes())
    case let other:
      // A loss without settings, under Keras's name.
      guard let plain = lossCatalog.first(where: { "\(type(of: $0))" == other }) else {
        throw GoldenError("no loss of ours is a \(other)")
      }
      loss = plain
    }
    guard config.keys.isSubset(of: used) else {
      throw GoldenError("settings \(config.keys.subtracting(used)) are not used")
    }
    return loss
  }

  @Test("every loss has golden values")
  func coverage() throws {
    let names = try GoldenFile.names(in: "losses").map { try GoldenFile("losses", $0).className }
    #expect(Set(names) == Set(lossCatalog.map { "\(type(of: $0))" }))
  }
}
