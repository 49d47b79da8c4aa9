import MoruArchive
public import MoruGraph
public import MoruTensors

/// `(x − mean) / √variance` for each feature, with statistics taken from data once, before
/// training.
///
/// - Shapes: `[batch, …, features] → [batch, …, features]`.
public struct Normalization: UnaryLayer {
  public static let kind = "Normalization"
  public var identity = Identity()
  public let name: String?
  /// Mean of each feature, empty until adapted.
  public private(set) var mean: [Double]
  /// Variance of each feature, empty until adapted.
  public private(set) var variance: [Double]

  /// A layer that has yet to adapt to data.
  public init(name: String? = nil) {
    self.init(mean: [], variance: [], name: name)
  }

  /// A layer with given statistics.
  public init(mean: [Double], variance: [Double], name: String? = nil) {
    self.mean = mean
    self.variance = variance
    self.name = name
  }

  /// The same layer with mean and variance of each entry of the data's last axis.
  ///
  /// - Throws: `TensorError` if the data are not numbers with at least one axis.
  public func adapted(to data: HostTensor) throws -> Normalization {
    let values = try data.converted(to: .float64).array(of: Double.self)
    let features = max(data.shape.last ?? 1, 1)
    let count = Double(max(values.count / features, 1))
    var mean = [Double](repeating: 0, count: features)
    var variance = mean
    for (place, value) in values.enumerated() { mean[place % features] += value / count }
    for (place, value) in values.enumerated() {
      let distance = value - mean[place % features]
      variance[place % features] += distance * distance / count
    }
    var copy = self
    (copy.mean, copy.variance) = (mean, variance)
    return copy
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, mean.count == x.shape[x.rank - 1], variance.count == mean.count else {
      return .failure(
        Self.kind, [x],
        mean.isEmpty
          ? Mismatch("it has not seen data yet", "Call adapted(to:) with the training inputs.")
          : Mismatch(
            "it was adapted to \(mean.count) features", "Adapt it to data of the same features."))
    }
    // Keras's rule: a constant feature is divided by epsilon rather than 0.
    let scale = variance.map { 1 / max($0.squareRoot(), 1e-7) }
    let x = x.floating()
    return (x - Tensor(HostTensor(mean).converted(to: x.dtype)))
      * Tensor(HostTensor(scale).converted(to: x.dtype))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, mean, variance
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    mean = try fields.value(.mean, default: [])
    variance = try fields.value(.variance, default: [])
    guard mean.count == variance.count, variance.allSatisfy({ $0 >= 0 }) else {
      throw fields.outOfRange(.variance, "as long as mean, and not negative")
    }
  }
}
