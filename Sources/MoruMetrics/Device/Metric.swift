public import MoruArchive
public import MoruGraph
import MoruTensors

/// A figure that is gathered batch by batch where the model runs, from sums that stay there.
public protocol Metric: NamedPart {
  /// Whether greater is better; for losses and errors smaller is.
  var isBetterGreater: Bool { get }

  /// What one batch adds to the metric's sums: Float64 scalars, always as many.
  ///
  /// A metric that is given values it is not defined for returns `Tensor.failure`s.
  ///
  /// - Parameter target: What is true, batch axis first.
  /// - Parameter prediction: What the model says, batch axis first.
  func sums(target: Tensor, prediction: Tensor) -> [Tensor]

  /// The figure that some sums stand for; NaN if there was no sample.
  func value(sums: [Double]) -> Double
}

extension Metric {
  /// The name in reports and records.
  public var name: String { Self.kind }
}

/// A metric that is the mean over all samples of one number each.
protocol MeanMetric: Metric {
  /// One number for each sample.
  func values(target: Tensor, prediction: Tensor) -> Tensor
}

extension MeanMetric {
  public func sums(target: Tensor, prediction: Tensor) -> [Tensor] {
    meanSums(of: values(target: target, prediction: prediction))
  }

  public func value(sums: [Double]) -> Double { sums[0] / sums[1] }
}

/// The sum and the number of some values, as Float64 scalars.
func meanSums(of values: Tensor) -> [Tensor] {
  guard values.error == nil else { return [values, values] }
  return [
    values.converted(to: .float64).sum(),
    Tensor(HostTensor(Double(values.shape.elementCount))),
  ]
}
