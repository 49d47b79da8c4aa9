import Foundation
public import MoruData
public import MoruTensors

/// Defects drawn on good pictures, with masks: what detectors can be tried on while real defects are rare.
///
/// How well a detector finds them says little about real defects; it says whether it looks at the right
/// places at all.
public struct SyntheticDefects: Sendable {
  /// What is drawn.
  public enum Kind: String, Sendable, CaseIterable {
    /// A thin line with two bends, lighter or darker than what it crosses.
    case scratch
    /// An ellipse of another colour with a soft border.
    case blob
  }

  /// What is drawn, each kind on a copy of each picture.
  public var kinds: [Kind]
  /// Decides places, sizes and colours.
  public var seed: Seed

  /// Defects of some kinds.
  public init(_ kinds: [Kind] = Kind.allCases, seed: Seed) {
    self.kinds = kinds
    self.seed = seed
  }

  /// The pictures as they are, then copies with a defect each, of the kinds `scratch` and `blob`.
  ///
  /// - Parameters:
  ///   - data: Pictures, UInt8 `[samples, height, width, 1 or 3]`.
  ///   - good: What the pictures as they are count as.
  /// - Throws: `AnomalyError.samples` for samples that are no such pictures.
  public func samples(on data: Dataset, good: String = "good") throws -> GivenSamples {
    guard data.features.count == 1, let signature = data.signature.first,
      signature.dtype == .uint8, signature.shape.rank == 3, data.count > 0
    else {
      throw AnomalyError.samples(
        detector: "SyntheticDefects",
        found: data.signature.map { "\($0.dtype.shortName)\($0.shape)" }.joined(separator: ", "),
        needed: "pictures of bytes [height, width, channels]")
    }
    let (height, width, channels) = (
      signature.shape[0], signature.shape[1], signature.shape[2]
    )
    let pixels = try data.features[0].values.array(of: UInt8.self)
    let size = height * width * channels
    var (values, names, found) = (
      pixels, (0..<data.count).map { "\(good)/\($0)" },
      [String](repeating: good, count: data.count)
    )
    var masks = [[Bool]](
      repeating: .init(repeating: false, count: height * width), count: data.count)
    for kind in kinds {
      for sample in 0..<data.count {
        var chance = seed.child(kind.rawValue).child(sample).generator
        let cover = Self.cover(of: kind, height: height, width: width, &chance)
        let shift = Self.shift(of: kind, channels: channels, &chance)
        for (place, share) in cover.enumerated() {
          for channel in 0..<channels {
            let old = Double(pixels[sample * size + place * channels + channel])
            let new = min(max(old + share * shift[channel], 0), 255)
            values.append(UInt8(new.rounded()))
          }
        }
        masks.append(cover.map { $0 > 0.5 })
        names.append("\(kind.rawValue)/\(sample)")
        found.append(kind.rawValue)
      }
    }
    let all = try HostTensor(values, shape: [names.count, height, width, channels])
    return GivenSamples(
      data: try Dataset(
        source: data.source, features: [.init(name: signature.name, values: all)]),
      names: names, kinds: found, masks: masks)
  }

  /// How much of a defect covers each pixel, from 0 to 1.
  private static func cover(
    of kind: Kind, height: Int, width: Int, _ chance: inout SeededGenerator
  ) -> [Double] {
    func between(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * chance.uniform()
    }
    let side = Double(min(height, width))
    let (y, x) = (between(0.25, 0.75) * Double(height), between(0.25, 0.75) * Double(width))
    let cover: (Double, Double) -> Double
    switch kind {
    case .scratch:
      var corners = [(y, x)]
      var direction = between(0, 2 * .pi)
      for _ in 0..<3 {
        let length = between(0.08, 0.18) * side
        direction += between(-0.6, 0.6)
        let last = corners[corners.count - 1]
        corners.append((last.0 + length * sin(direction), last.1 + length * cos(direction)))
      }
      let half = max(between(0.008, 0.016) * side, 0.8)
      cover = { row, column in
        let distance =
          zip(corners, corners.dropFirst())
          .map { Self.distance(row, column, from: $0, to: $1) }.min() ?? .infinity
        return min(max(half + 0.5 - distance, 0), 1)
      }
    case .blob:
      let (long, short) = (between(0.06, 0.12) * side, between(0.04, 0.08) * side)
      let angle = between(0, .pi)
      cover = { row, column in
        let (down, across) = (row - y, column - x)
        let along = (across * cos(angle) + down * sin(angle)) / long
        let beside = (down * cos(angle) - across * sin(angle)) / short
        let radius = (along * along + beside * beside).squareRoot()
        return min(max((1 - radius) * short + 0.5, 0), 1)
      }
    }
    return (0..<height * width).map {
      cover(Double($0 / width) + 0.5, Double($0 % width) + 0.5)
    }
  }

  /// What is added to the channels of a pixel that is covered wholly.
  private static func shift(
    of kind: Kind, channels: Int, _ chance: inout SeededGenerator
  ) -> [Double] {
    switch kind {
    case .scratch:
      let size = (60 + 60 * chance.uniform()) * (chance.uniform() < 0.5 ? -1 : 1)
      return [Double](repeating: size, count: channels)
    case .blob:
      return (0..<channels).map { _ in
        (40 + 50 * chance.uniform()) * (chance.uniform() < 0.5 ? -1 : 1)
      }
    }
  }

  /// The distance of a place from a line between two others.
  private static func distance(
    _ row: Double, _ column: Double, from start: (Double, Double), to end: (Double, Double)
  ) -> Double {
    let (down, across) = (end.0 - start.0, end.1 - start.1)
    let length = down * down + across * across
    let along =
      length == 0 ? 0 : ((row - start.0) * down + (column - start.1) * across) / length
    let share = min(max(along, 0), 1)
    let (y, x) = (row - start.0 - share * down, column - start.1 - share * across)
    return (y * y + x * x).squareRoot()
  }
}
