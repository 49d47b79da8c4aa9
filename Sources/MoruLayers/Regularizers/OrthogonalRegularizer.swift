import MoruArchive
public import MoruGraph
import MoruTensors

/// `factor` times the mean of |cos| of the angles between each two rows, or columns, of a matrix:
/// 0 if they are orthogonal.
///
/// - Source: Keras's regularizer of this name; Brock et al. 2016, arXiv:1609.07093, for the idea.
public struct OrthogonalRegularizer: Regularizer {
  /// What is to be orthogonal.
  public enum Mode: String, Codable, Sendable, CaseIterable { case rows, columns }

  public static let kind = "orthogonal"
  /// What the mean is multiplied with, at least 0.
  public let factor: Double
  /// What is to be orthogonal.
  public let mode: Mode

  /// A penalty on angles other than right ones.
  public init(factor: Double = 0.01, mode: Mode = .rows) {
    self.factor = factor
    self.mode = mode
  }

  public func penalty(_ weight: Tensor) -> Tensor {
    guard weight.error == nil else { return weight }
    guard weight.rank == 2 else {
      return .failure(
        Self.kind, [weight],
        Mismatch(
          "the orthogonal regularizer is for matrices", "Choose l1 or l2 for such a weight."))
    }
    let vectors = unitNormalized(mode == .rows ? weight : weight.transposed([1, 0]), axes: [1])
    let count = vectors.shape[0]
    let cosines = abs(matmul(vectors, vectors.transposed([1, 0])))
    let numbers: (Int) -> Tensor = { .iota([count, count], axis: $0) }
    let others = select(numbers(0) .== numbers(1), 0, cosines)
    // Each pair stands in the matrix twice.
    return Tensor(factor / Double(max(count * (count - 1), 1))) * others.sum()
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor, mode }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.number(.factor, default: 0.01, in: 0...1e6)
    mode = try fields.value(.mode, default: .rows)
  }
}

extension Regularizer where Self == OrthogonalRegularizer {
  /// A penalty on rows, or columns, of a matrix that are not orthogonal.
  public static func orthogonal(
    factor: Double = 0.01, mode: OrthogonalRegularizer.Mode = .rows
  ) -> Self {
    .init(factor: factor, mode: mode)
  }
}
