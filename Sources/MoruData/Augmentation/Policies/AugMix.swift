import MoruArchive
public import MoruTensors

/// Mixes the picture with some that went through random chains of changes, by random shares.
///
/// Of a picture with a mask or boxes the chains leave everything where it is.
///
/// - Source: Hendrycks et al. 2019, arXiv:1912.02781; without the loss of consistency.
public struct AugMix: PictureAugmentation {
  public static let kind = "augMix"
  /// How strong changes are at most, 1 to 10.
  public let severity: Double
  /// How many chains are mixed, at least 1.
  public let width: Int
  /// Changes in a chain at most, at least 1: one to so many.
  public let depth: Int

  /// Mixes so many chains.
  public init(severity: Double = 3, width: Int = 3, depth: Int = 3) {
    self.severity = severity
    self.width = max(width, 1)
    self.depth = max(depth, 1)
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let set = StandardChange.allCases.filter {
      // As in the paper, without the changes by which robustness is measured there.
      ![.identity, .brightness, .color, .contrast, .sharpness].contains($0)
        && !(frame.hasRegions && $0.isGeometric)
    }
    let chains = (0..<width).map { _ in
      (0..<1 + Int(generator.uniform() * Double(depth))).flatMap { _ -> [PictureOperation] in
        let change = set[Int(generator.uniform() * Double(set.count))]
        let strength = generator.uniform(0.1, severity) / 10
        let sign = generator.happens(0.5) ? 1.0 : -1
        return change.operations(strength: strength, sign: sign, frame: frame, border: .init())
      }
    }
    // Dirichlet(1, …, 1) and Beta(1, 1).
    let draws = (0..<width).map { _ in generator.exponential() }
    let total = draws.reduce(0, +)
    return [
      .pixels(
        Operation(
          chains: chains, shares: draws.map { $0 / total }, original: generator.uniform()))
    ]
  }

  struct Operation: PixelOperation {
    let chains: [[PictureOperation]]
    /// The share of each chain among the chains.
    let shares: [Double]
    /// The share of the picture as it was.
    let original: Double

    func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
      let picture = Picture(height: height, width: width, channels: channels, pixels: pixels)
      var sums = pixels.map { Float(original) * Float($0) }
      for (chain, share) in zip(chains, shares) {
        var sample = PictureSample(picture)
        sample.apply(chain)
        let weight = Float((1 - original) * share)
        for (place, value) in sample.picture.pixels.enumerated() {
          sums[place] += weight * Float(value)
        }
      }
      for (place, sum) in sums.enumerated() {
        pixels[place] = UInt8(min(max(sum.rounded(), 0), 255))
      }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case severity, width, depth }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    self.init(
      severity: try fields.number(.severity, default: 3, in: 0.1...10),
      width: try fields.positive(.width, default: 3),
      depth: try fields.positive(.depth, default: 3))
  }
}
