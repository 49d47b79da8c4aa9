import MoruArchive
public import MoruTensors

/// Pastes a rectangle of another picture of the batch into each one, and mixes their targets by the
/// shares of the area; the rectangle is the same for the whole batch, and the share that it leaves
/// is drawn from Beta(α, α) before it is cut off at the border.
///
/// - Source: Yun et al. 2019, arXiv:1905.04899, algorithm A1.
public struct CutMix: BatchAugmentation {
  public static let kind = "cutMix"
  /// The shape of the distribution, above 0: 1 makes all shares equally likely.
  public let alpha: Double

  /// Pastes by shares of Beta(α, α).
  public init(alpha: Double = 1) { self.alpha = alpha }

  public func mixed(
    _ batch: Dataset, using generator: inout SeededGenerator
  ) throws(DataError) -> Dataset {
    guard let shape = batch.features.first?.values.shape, shape.rank == 4, batch.features.count == 1
    else { throw .inconsistent("cutMix needs one feature of pictures") }
    let (height, width) = (shape[1], shape[2])
    let part = (1 - generator.beta(alpha)).squareRoot()
    let center = (
      Int(generator.uniform() * Double(height)), Int(generator.uniform() * Double(width))
    )
    func range(_ center: Int, _ size: Int) -> Range<Int> {
      let half = Int(part * Double(size)) / 2
      return max(center - half, 0)..<min(center + half, size)
    }
    let (rows, columns) = (range(center.0, height), range(center.1, width))
    let share = 1 - Float(rows.count * columns.count) / Float(height * width)
    let partners = Array(0..<batch.count).shuffled(using: &generator)
    return try batch.mixed(with: partners, share: share) { (values, partner) throws(DataError) in
      let element = shape[3] * values.dtype.byteCount
      return HostTensor(shape: shape, dtype: values.dtype) { target in
        values.withUnsafeBytes { target.copyMemory(from: $0) }
        partner.withUnsafeBytes { source in
          for picture in 0..<shape[0] {
            for row in rows {
              let start = ((picture * height + row) * width + columns.lowerBound) * element
              let bytes = start..<start + columns.count * element
              UnsafeMutableRawBufferPointer(rebasing: target[bytes])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[bytes]))
            }
          }
        }
      }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case alpha }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    alpha = try fields.number(.alpha, default: 1, in: 1e-3...1e3)
  }
}
