import Foundation
import MoruTensors

extension PictureSample {
  /// The picture in a file after some augmentations. Of a JPEG picture no more is decoded than they
  /// show, and at no higher resolution than they need.
  ///
  /// - Parameters:
  ///   - bytes: A PNG or JPEG picture.
  ///   - name: The file's, for messages.
  ///   - channels: 1 or 3.
  /// - Throws: `DataError.damaged`, `.tooLarge`. Damage in a part that is not shown stays
  /// unnoticed.
  init(
    decoding bytes: [UInt8], name: String, channels: Int, _ augmentations: [any Augmentation],
    seed: Seed
  ) throws(DataError) {
    let header = try ImageFile.header(bytes, name: name)
    let turned = header.orientation.swapsAxes
    let frame = PictureFrame(
      height: turned ? header.width : header.height, width: turned ? header.height : header.width)
    var operations = augmentations.operations(for: frame, seed: seed)
    if header.isJPEG, header.orientation == .upright,
      let first = Self.takeMoves(from: &operations), let part = JPEGPart(of: header, for: first)
    {
      let decoded = try ImageFile.part(
        ofJPEG: bytes, name: name, denominator: part.denominator, rows: part.rows,
        columns: part.columns)
      self.init(decoded.picture.withChannels(channels))
      operations.insert(.geometric(part.transform(first, left: decoded.left)), at: 0)
      apply(operations)
      return
    }
    self.init(try ImageFile.picture(bytes, name: name).withChannels(channels))
    apply(augmentations.operations(for: frame, seed: seed))
  }

  /// The moves that come first, as one; nil if there are none.
  private static func takeMoves(
    from operations: inout [PictureOperation]
  ) -> GeometricTransform? {
    var one: GeometricTransform?
    while case .geometric(let next)? = operations.first {
      guard let merged = one.map({ $0.followed(by: next) }) ?? next else { break }
      one = merged
      operations.removeFirst()
    }
    return one
  }
}

/// The part of a JPEG picture that a transform looks at, at the lowest resolution that is enough.
private struct JPEGPart {
  let denominator: Int
  let rows: Range<Int>
  let columns: Range<Int>
  /// Pixels at that resolution for one of the picture.
  private let scale: (x: Double, y: Double)

  /// Nil if the transform looks beyond the picture, or is not even.
  init?(of header: ImageFile.Header, for transform: GeometricTransform) {
    guard transform.displacement == nil, transform.border == nil, transform.source.isAffine else {
      return nil
    }
    let m = transform.source.elements
    let corners = [(0.0, 0.0), (1, 0), (0, 1), (1, 1)].compactMap { corner in
      transform.source(corner.0 * Double(transform.width), corner.1 * Double(transform.height))
    }
    let shrinking = min(abs(m[0]) + abs(m[1]), abs(m[3]) + abs(m[4]))
    let denominator = [8, 4, 2].first { Double($0) <= shrinking } ?? 1
    func shrunk(_ size: Int) -> Int { (size + denominator - 1) / denominator }
    let size = (width: shrunk(header.width), height: shrunk(header.height))
    let scale = (
      x: Double(size.width) / Double(header.width), y: Double(size.height) / Double(header.height)
    )
    // As far as a pixel's weights reach, and as colour is smoothed at the part's border.
    let margin = shrinking / Double(denominator) + 4
    func range(_ places: [Double], _ scale: Double, _ size: Int) -> Range<Int>? {
      guard let least = places.min(), let greatest = places.max(), greatest < 1e8 else {
        return nil
      }
      let lower = max(0, Int((least * scale - margin).rounded(.down)))
      let upper = min(size, Int((greatest * scale + margin).rounded(.up)))
      return lower < upper ? lower..<upper : nil
    }
    guard let rows = range(corners.map(\.y), scale.y, size.height),
      let columns = range(corners.map(\.x), scale.x, size.width)
    else { return nil }
    (self.denominator, self.rows, self.columns, self.scale) = (denominator, rows, columns, scale)
  }

  /// The transform with the part as its source.
  func transform(_ transform: GeometricTransform, left: Int) -> GeometricTransform {
    let toPart =
      Homography.translation(x: -Double(left), y: -Double(rows.lowerBound))
      * .scale(x: scale.x, y: scale.y)
    return GeometricTransform(
      height: transform.height, width: transform.width, source: toPart * transform.source)
  }
}
