public import MoruLayers
public import MoruTensors

/// A step between data and what learns from them: fitted to what is learned from, it becomes a layer in
/// front of the model, so that whatever the model is asked about later is prepared by the same numbers.
public protocol Preparation: Sendable {
  /// What training data make of this step.
  ///
  /// - Parameter values: All that is learned from, `[samples, …, features]`; a missing value is NaN.
  /// - Throws: `ModelError.preparation` for values that it cannot be fitted to.
  func fitted(to values: HostTensor) throws -> FittedPreparation
}

/// What a step became: a layer, and the values of its weights if it has any.
public struct FittedPreparation: Sendable {
  /// The layer. What later trainings must leave as it is, is `Frozen` in it.
  public let layer: any Layer
  /// The values of its weights, in the order in which it declares them.
  public let weights: [HostTensor]

  /// A layer with its weights.
  public init(_ layer: any Layer, weights: [HostTensor] = []) {
    self.layer = layer
    self.weights = weights
  }
}

/// The numbers of each feature that are there, sorted.
struct FeatureColumns {
  let columns: [[Double]]

  /// - Throws: `ModelError.preparation` for infinite values, and unless there are samples with an axis
  ///   of features.
  init(_ values: HostTensor, for step: String) throws {
    guard values.shape.rank >= 2, let width = values.shape.last, values.count > 0 else {
      throw ModelError.preparation(
        step, problem: "there are no samples with features: \(values.shape)",
        advice: "Pass [samples, …, features].")
    }
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    columns = try (0..<width).map { column in
      let present = stride(from: column, to: numbers.count, by: width).map { numbers[$0] }
        .filter { !$0.isNaN }
      guard present.allSatisfy(\.isFinite) else {
        throw ModelError.preparation(
          step, problem: "feature \(column) is infinite somewhere",
          advice: "Correct the value, or leave the sample out.")
      }
      return present.sorted()
    }
  }

  /// A figure of each feature; of features without values `empty`.
  func map(empty: Double, _ figure: ([Double]) -> Double) -> [Double] {
    columns.map { $0.isEmpty ? empty : figure($0) }
  }
}

extension Double {
  /// A divisor that is safe: 1 for a feature that is constant but for rounding.
  static func safe(_ scale: Double) -> Double { scale < 10 * .ulpOfOne ? 1 : scale }
}
