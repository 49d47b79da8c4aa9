import MoruArchive
public import MoruTensors

/// The rows or the columns, whichever are fewer, of the weight as a matrix of its last axis and the
/// others are orthogonal and of length `gain`, which keeps signals' lengths through many steps of a
/// recurrence. Uniform among all such matrices.
///
/// - Source: Saxe et al. 2013, arXiv:1312.6120.
public struct Orthogonal: Initializer {
  public static let kind = "orthogonal"
  /// The length of rows or columns.
  public let gain: Double

  /// Orthogonal rows or columns of length `gain`.
  public init(gain: Double = 1) { self.gain = gain }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .joint { [gain] in Self.elements(shape, $0).map { gain * $0 } }
  }

  /// Normal vectors made orthogonal one after the other.
  private static func elements(_ shape: Shape, _ seed: Seed) -> [Double] {
    let columns = shape.last ?? 1
    let rows = shape.dimensions.dropLast().reduce(1, *)
    let (length, count) = (max(rows, columns), min(rows, columns))
    guard count > 0 else { return [] }
    var generator = seed.generator
    var vectors = (0..<length * count).map { _ in generator.normal() }
    vectors.withUnsafeMutableBufferPointer { all in
      for vector in 0..<count {
        let own = UnsafeMutableBufferPointer(rebasing: all[vector * length..<(vector + 1) * length])
        for earlier in 0..<vector {
          let other = UnsafeMutableBufferPointer(
            rebasing: all[earlier * length..<(earlier + 1) * length])
          let overlap = dot(own, other)
          for place in 0..<length { own[place] -= overlap * other[place] }
        }
        let size = dot(own, own).squareRoot()
        for place in 0..<length { own[place] /= size }
      }
    }
    guard rows >= columns else { return vectors }
    return (0..<rows * columns).map { vectors[$0 % columns * length + $0 / columns] }
  }

  /// A dot product in eight sums, which processors compute side by side.
  private static func dot(
    _ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    var place = 0
    while place + 8 <= x.count {
      for lane in 0..<8 { sums[lane] += x[place + lane] * y[place + lane] }
      place += 8
    }
    return (place..<x.count).reduce(sums.sum()) { $0 + x[$1] * y[$1] }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case gain }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    gain = try fields.value(.gain, default: 1)
  }
}

extension Initializer where Self == Orthogonal {
  /// Orthogonal rows or columns of length 1.
  public static var orthogonal: Self { .init() }
  /// Orthogonal rows or columns of length `gain`.
  public static func orthogonal(gain: Double) -> Self { .init(gain: gain) }
}
