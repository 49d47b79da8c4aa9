public import MoruArchive
public import MoruGraph

/// A figure that is gathered batch by batch where the model runs, from sums that stay there.
public protocol Metric: NamedPart {
  /// The name in reports and records; the kind's unless said otherwise.
  var name: String { get }

  /// Whether greater is better; for losses and errors smaller is.
  var isBetterGreater: Bool { get }

  /// What one batch adds to the metric's sums: Float64 tensors, always as many, whose shapes do not
  /// depend on the number of samples.
  ///
  /// A metric that is given values it is not defined for returns `Tensor.failure`s.
  ///
  /// - Parameters:
  ///   - target: What is true, batch axis first.
  ///   - prediction: What the model says, batch axis first.
  ///   - sampleWeight: How much samples count: `[batch]`, or with further axes, such as time, in the
  ///     order of the predictions'; a mask is 0 or 1, or Boolean. Nil for 1.
  func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor]

  /// The figure that some sums stand for, each as its elements; NaN for a mean of no sample.
  func value(sums: [[Double]]) -> Double
}

extension Metric {
  public var name: String { Self.kind }

  /// What one batch of samples that all count alike adds to the metric's sums.
  ///
  /// - Parameter target: What is true, batch axis first.
  /// - Parameter prediction: What the model says, batch axis first.
  public func sums(target: Tensor, prediction: Tensor) -> [Tensor] {
    sums(target: target, prediction: prediction, sampleWeight: nil)
  }
}
