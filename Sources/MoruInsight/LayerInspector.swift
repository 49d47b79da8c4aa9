import Foundation
import MoruGraph
import MoruLayers
import MoruTensors
public import MoruTraining

/// Watches outputs and gradients of all layers during a training, and warns when gradients vanish or
/// explode, with the name of the layer.
///
/// Each look is one forward and backward pass over the first samples, in a program of its own: the
/// training's own steps are the same with and without it.
public struct LayerInspector: Callback {
  /// When a warning is given.
  public struct Limits: Sendable, Equatable {
    /// A layer's gradient vanishes if its elements are smaller, by root of mean square, than this
    /// part of those of the layer where they are largest.
    public var vanishing: Double
    /// A layer's gradient explodes if it is longer than this, or not finite.
    public var exploding: Double
    /// A layer with weights is dead if a greater share of its outputs is 0 than this.
    public var dead: Double

    /// Limits for warnings.
    public init(vanishing: Double = 1e-4, exploding: Double = 1e3, dead: Double = 0.99) {
      self.vanishing = vanishing
      self.exploding = exploding
      self.dead = dead
    }
  }

  private let interval: Int
  private let samples: Int
  private let limits: Limits
  private let observe: @Sendable (Inspection) -> Void
  private var probe: InspectionProbe?
  private var warned: Set<String> = []

  /// Looks inside after every so many steps.
  ///
  /// - Parameters:
  ///   - interval: Steps from one look to the next, at least 1.
  ///   - samples: How many of the first samples are looked at, at least 1.
  ///   - limits: When a warning is given, once for each layer and kind of trouble.
  ///   - observe: Is told what is seen.
  public init(
    every interval: Int = 100, samples: Int = 32, limits: Limits = Limits(),
    observe: @escaping @Sendable (Inspection) -> Void = { _ in }
  ) {
    self.interval = interval
    self.samples = samples
    self.limits = limits
    self.observe = observe
  }

  public var stepInterval: Int? { max(interval, 1) }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    guard interval >= 1 else {
      throw InsightError.outOfRange("layerInspector's interval", allowed: "at least 1 step")
    }
    guard samples >= 1 else {
      throw InsightError.outOfRange("layerInspector's samples", allowed: "at least 1")
    }
    warned = []
    probe = try await InspectionProbe(training, samples: samples)
  }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    guard progress.trainingStep.isMultiple(of: interval), let probe else { return }
    let inspection = try await probe.look(epoch: progress.epoch, step: progress.trainingStep)
    observe(inspection)
    warn(of: inspection, training)
  }

  private mutating func warn(of inspection: Inspection, _ training: TrainingControl) {
    let sizes = inspection.layers.compactMap(\.gradientSize).filter(\.isFinite)
    let largest = sizes.max() ?? 0
    for layer in inspection.layers {
      func say(_ trouble: String, _ fact: String, _ remedy: String) {
        guard warned.insert("\(layer.path) \(trouble)").inserted else { return }
        training.warn(
          "\(layer.path): \(trouble) at step \(inspection.step): \(fact). \(remedy)")
      }
      if let norm = layer.gradientNorm, let size = layer.gradientSize {
        if !(norm <= limits.exploding) {
          say(
            "gradients explode", "their length is \(norm.digits)",
            "Lower the learning rate, or clip gradients by their norm.")
        } else if largest > 0, size < limits.vanishing * largest {
          say(
            "gradients vanish",
            "they are \(size.digits), those of the layer where they are largest "
              + largest.digits,
            "Use relu with He's initializer, batch normalization, or residual connections.")
        }
      }
      // Layers without weights may well give zeros: codes of classes, masks.
      if layer.gradientNorm != nil, layer.zeros > limits.dead {
        say(
          "the layer is dead", "\((layer.zeros * 100).digits) % of its outputs are 0",
          "Lower the learning rate, or use leakyRelu.")
      }
    }
  }
}

extension Callback where Self == LayerInspector {
  /// Watches outputs and gradients of all layers, and warns when gradients vanish or explode.
  public static func layerInspector(
    every interval: Int = 100, samples: Int = 32,
    limits: LayerInspector.Limits = LayerInspector.Limits(),
    observe: @escaping @Sendable (Inspection) -> Void = { _ in }
  ) -> Self {
    .init(every: interval, samples: samples, limits: limits, observe: observe)
  }
}

extension Double {
  fileprivate var digits: String { String(format: "%.3g", self) }
}

/// The program that computes an inspection.
private struct InspectionProbe: Sendable {
  private let probe: StepProbe
  /// The layers, and whether each has weights to train.
  private let layers: [(path: String, isTrained: Bool)]

  init(_ training: TrainingControl, samples: Int) async throws {
    var layers: [(path: String, isTrained: Bool)] = []
    probe = try await training.probe(samples: samples) { insides in
      var seen: Set<String> = []
      var results: [Tensor] = []
      layers = []
      for trace in insides.traces where seen.insert(trace.call.path).inserted {
        let own = insides.parameters.keys.filter { Self.owner(of: $0) == trace.call.path }.sorted()
        guard trace.outputs[0].dtype.isFloating else { continue }
        layers.append((trace.call.path, !own.isEmpty))
        results.append(Self.statistics(trace.outputs[0]))
        if !own.isEmpty {
          let gradients = own.compactMap { insides.gradients[$0] }
          let weights = own.compactMap { insides.parameters[$0] }
          let count = weights.reduce(0) { $0 + $1.shape.elementCount }
          results.append(
            Self.row([Self.squares(gradients), Self.squares(weights), Tensor(Double(count))]))
        }
      }
      return results
    }
    self.layers = layers
  }

  func look(epoch: Int, step: Int) async throws -> Inspection {
    var rows = try await probe.run().map { try $0.array(of: Float.self).map { Double($0) } }[...]
    let found = layers.compactMap { layer -> Inspection.Layer? in
      guard let outputs = rows.popFirst() else { return nil }
      let weights = layer.isTrained ? rows.popFirst() : nil
      let isBounded = outputs[4] >= -1 && outputs[5] <= 1
      return Inspection.Layer(
        path: layer.path, mean: outputs[0], deviation: outputs[1].squareRoot(),
        zeros: outputs[2], saturated: isBounded ? outputs[3] : nil,
        gradientNorm: weights.map { $0[0].squareRoot() },
        gradientSize: weights.map { ($0[0] / $0[2]).squareRoot() },
        weightNorm: weights.map { $0[1].squareRoot() })
    }
    return Inspection(epoch: epoch, step: step, layers: found)
  }

  /// The layer that a weight belongs to.
  private static func owner(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// Mean, variance, shares of zeros and of sizes of at least 0.99, least and greatest.
  private static func statistics(_ output: Tensor) -> Tensor {
    func share(_ condition: Tensor) -> Tensor { condition.converted(to: output.dtype).mean() }
    return row([
      output.mean(), output.variance(), share(output .== 0), share(abs(output) .>= 0.99),
      output.min(), output.max(),
    ])
  }

  private static func squares(_ tensors: [Tensor]) -> Tensor {
    tensors.map { square($0).sum() }.reduce(Tensor(0.0)) { $0 + $1 }
  }

  private static func row(_ numbers: [Tensor]) -> Tensor {
    concatenate(numbers.map { $0.converted(to: .float32).reshaped(to: [1]) })
  }
}
