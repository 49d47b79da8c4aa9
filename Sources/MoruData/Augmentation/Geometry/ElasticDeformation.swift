import MoruArchive
public import MoruTensors

/// Bends the picture: pixels come from places that are displaced by smooth random fields.
///
/// - Source: Simard, Steinkraus, Platt 2003, doi:10.1109/ICDAR.2003.1227801. The fields are uniform
///   noise from −1 to 1, blurred by a Gaussian and multiplied by `alpha`.
public struct ElasticDeformation: PictureAugmentation {
  public static let kind = "elastic"
  /// How strongly it bends, in pixels before the blur, at least 0.
  public let alpha: Double
  /// Deviation of the blur that makes the fields smooth, in pixels, above 0.
  public let sigma: Double
  /// What is seen beyond the border.
  public let border: GeometricTransform.Border

  /// Bends by fields of this strength and smoothness.
  public init(alpha: Double = 50, sigma: Double = 5, border: GeometricTransform.Border = .init()) {
    self.alpha = alpha
    self.sigma = sigma
    self.border = border
  }

  public func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation] {
    let size = frame.height * frame.width
    func field() -> [Float] {
      let noise = (0..<size).map { _ in Float(generator.uniform(-alpha, alpha)) }
      return Self.blurred(noise, height: frame.height, width: frame.width, sigma: sigma)
    }
    let (across, down) = (field(), field())
    let values = zip(across, down).flatMap { [$0, $1] }
    return [
      .geometric(
        GeometricTransform(
          height: frame.height, width: frame.width, source: .identity,
          displacement: .init(values: values), border: border))
    ]
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case alpha, sigma, border
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    alpha = try fields.number(.alpha, default: 50, in: 0...1e4)
    sigma = try fields.number(.sigma, default: 5, in: 0.1...100)
    border = try fields.value(.border, default: .init())
  }
}

extension ElasticDeformation {
  /// A field blurred along both axes, mirrored at the border.
  static func blurred(_ field: [Float], height: Int, width: Int, sigma: Double) -> [Float] {
    let weights = BlurRule.weights(sigma: sigma, radius: Int((3 * sigma).rounded(.up)))
    var result = field
    var line = [Float](repeating: 0, count: max(height, width))
    for (count, length, step, next) in [(height, width, 1, width), (width, height, width, 1)] {
      for start in 0..<count {
        for place in 0..<length { line[place] = result[start * next + place * step] }
        for place in 0..<length {
          var sum = weights[0] * line[place]
          for offset in 1..<weights.count {
            sum +=
              weights[offset]
              * (line[mirrored(place - offset, length)] + line[mirrored(place + offset, length)])
          }
          result[start * next + place * step] = sum
        }
      }
    }
    return result
  }

  private static func mirrored(_ place: Int, _ size: Int) -> Int {
    guard size > 1 else { return 0 }
    let period = 2 * (size - 1)
    let round = ((place % period) + period) % period
    return round < size ? round : period - round
  }
}
