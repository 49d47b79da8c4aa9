import MoruArchive
public import MoruGraph
import MoruTensors

/// One rate after another: `values[0]` up to and with step `boundaries[0]`, `values[1]` up to and with
/// `boundaries[1]`, and so on.
public struct PiecewiseConstantDecay: Schedule {
  public static let kind = "piecewiseConstantDecay"
  /// The last steps of all rates but the last, rising, from 0 on.
  public let boundaries: [Int]
  /// The rates, one more than boundaries, at least 0.
  public let values: [Double]

  /// One rate after another.
  public init(boundaries: [Int] = [], values: [Double] = [1e-3]) {
    self.boundaries = boundaries
    self.values = values
  }

  public func rate(at t: Tensor) -> Tensor {
    guard let first = values.first, values.count == boundaries.count + 1 else {
      return .failure(
        Self.kind, [t],
        Mismatch(
          "it has \(values.count) values and \(boundaries.count) boundaries",
          "Give one value more than boundaries."))
    }
    return zip(boundaries, values.dropFirst()).reduce(Tensor(HostTensor(first))) { rate, next in
      select(t .> Tensor(Double(next.0)), Tensor(next.1), rate)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case boundaries, values }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    boundaries = try fields.value(.boundaries, default: [])
    values = try fields.value(.values, default: [1e-3])
    guard values.count == boundaries.count + 1, values.allSatisfy({ $0 >= 0 }) else {
      throw fields.outOfRange(.values, "numbers of at least 0, one more than boundaries")
    }
    guard boundaries == boundaries.sorted() else {
      throw fields.outOfRange(.boundaries, "rising")
    }
  }
}

extension LearningRate {
  /// One rate after another.
  public static func piecewiseConstantDecay(boundaries: [Int] = [], values: [Double] = [1e-3])
    -> LearningRate
  {
    .schedule(PiecewiseConstantDecay(boundaries: boundaries, values: values))
  }
}
