public import Foundation
public import MoruTensors

/// Many small pictures as one, row by row: what a training will see.
///
/// Masks are laid over the pixels in red, and boxes are drawn in green.
public struct ContactSheet: Sendable {
  /// The pictures of each row.
  public let rows: [[PictureSample]]
  /// Pixels between pictures and around them.
  public let gap: Int
  /// The shorter side to which smaller pictures are enlarged, by a whole factor.
  public let smallestSide: Int

  /// A sheet of rows of pictures, which may differ in number and size.
  public init(rows: [[PictureSample]], gap: Int = 4, smallestSide: Int = 64) {
    self.rows = rows
    self.gap = max(gap, 0)
    self.smallestSide = max(smallestSide, 1)
  }

  /// The sheet, UInt8 `[height, width, 3]`.
  ///
  /// - Throws: `DataError.inconsistent` if there is no picture, `.tooLarge` for a sheet over the
  ///   limit of pictures.
  public func image() throws(DataError) -> HostTensor {
    let cells = rows.map { $0.map(cell) }
    let width = cells.flatMap { $0.map(\.width) }.max() ?? 0
    let height = cells.flatMap { $0.map(\.height) }.max() ?? 0
    let columns = cells.map(\.count).max() ?? 0
    guard columns > 0 else { throw .inconsistent("a contact sheet needs a picture") }
    let sheetWidth = columns * (width + gap) + gap
    let sheetHeight = cells.count * (height + gap) + gap
    guard sheetWidth <= ImageFile.defaultPixelLimit / sheetHeight else {
      throw .tooLarge(
        file: "contact sheet", limit: ImageFile.defaultPixelLimit, unit: "pixels")
    }
    var sheet = Picture(
      height: sheetHeight, width: sheetWidth, channels: 3,
      pixels: [UInt8](repeating: 255, count: sheetHeight * sheetWidth * 3))
    for (row, pictures) in cells.enumerated() {
      for (column, picture) in pictures.enumerated() {
        sheet.paste(
          picture, top: gap + row * (height + gap), left: gap + column * (width + gap))
      }
    }
    return sheet.tensor
  }

  /// The sheet as a PNG file.
  ///
  /// - Throws: As `image`.
  public func pngData() throws(DataError) -> Data { try ImageFile.pngData(image()) }

  /// A picture in colour with what is known of its places.
  private func cell(_ sample: PictureSample) -> Picture {
    var picture = sample.picture.withChannels(3)
    if let mask = sample.maskPicture {
      for (place, label) in mask.pixels.enumerated() where label > 0 {
        let red = 3 * place
        picture.pixels[red] = UInt8((Int(picture.pixels[red]) + 255) / 2)
      }
    }
    let factor = max(
      1,
      (smallestSide + min(picture.height, picture.width) - 1)
        / min(picture.height, picture.width))
    picture = picture.enlarged(by: factor)
    for box in sample.boxes { picture.outline(box, scale: Double(factor)) }
    return picture
  }
}

extension Picture {
  /// Each pixel repeated along both axes.
  fileprivate func enlarged(by factor: Int) -> Picture {
    guard factor > 1 else { return self }
    return GeometricTransform(
      height: height * factor, width: width * factor,
      source: .scale(x: 1 / Double(factor), y: 1 / Double(factor))
    ).mask(of: self)
  }

  fileprivate mutating func paste(_ picture: Picture, top: Int, left: Int) {
    for row in 0..<picture.height {
      let start = ((top + row) * width + left) * channels
      let source = row * picture.width * channels
      let count = picture.width * channels
      pixels.replaceSubrange(
        start..<start + count, with: picture.pixels[source..<source + count])
    }
  }

  /// Draws the sides of a box, one pixel wide.
  fileprivate mutating func outline(_ box: PictureBox, scale: Double) {
    func place(_ edge: Double, _ size: Int) -> Int { min(max(Int(edge * scale), 0), size - 1) }
    let (left, right) = (place(box.left, width), place(box.right, width))
    let (top, bottom) = (place(box.top, height), place(box.bottom, height))
    guard left <= right, top <= bottom else { return }
    func mark(_ row: Int, _ column: Int) {
      let start = (row * width + column) * 3
      pixels.replaceSubrange(start..<start + 3, with: [0, 220, 60])
    }
    for column in left...right {
      mark(top, column)
      mark(bottom, column)
    }
    for row in top...bottom {
      mark(row, left)
      mark(row, right)
    }
  }
}

extension ContactSheet {
  /// Samples of a data set of pictures, one a row: as they are, then as several passes of a
  /// training see them.
  ///
  /// - Parameters:
  ///   - data: Pictures: the first feature is UInt8 `[samples, height, width, 1 or 3]`.
  ///   - places: Which samples.
  ///   - passes: How many passes.
  ///   - augmentations: Done in this order; those that mix batches mix the samples of the sheet.
  ///   - seed: That of the training's stream.
  /// - Throws: `DataError.notAnImage` for data that are no pictures; what augmentations throw.
  public init(
    of data: Dataset, places: [Int], passes: Int, augmentations: [any Augmentation], seed: Seed
  ) throws {
    try self.init(
      of: SampleSet(data), places: places, passes: passes, augmentations: augmentations, seed: seed)
  }

  /// Samples of pictures in memory or in files, one a row; see the other initializer.
  ///
  /// - Throws: As for a data set; what reading a file throws.
  package init(
    of data: SampleSet, places: [Int], passes: Int, augmentations: [any Augmentation], seed: Seed
  ) throws {
    let samples = try places.map { try data.sample($0) }
    let mixing = augmentations.compactMap { $0 as? any BatchAugmentation }
    var columns = [try samples.map { try PictureSample(Self.picture($0)) }]
    for pass in 0..<passes {
      // The seeds of `SampleStream.augmented` and `mixed`.
      var changed: [Sample] = []
      for (place, sample) in zip(places, samples) {
        changed.append(
          try augmentations.augmented(
            sample, seed: seed.child("augmentation").child(pass).child(place)))
      }
      if !mixing.isEmpty {
        var batch = try Dataset(changed, source: data.source)
        for (place, augmentation) in mixing.enumerated() {
          var generator = seed.child("mixing").child(pass).child(0).child(place).generator
          batch = try augmentation.mixed(batch, using: &generator)
        }
        changed = try (0..<batch.count).map { try batch.sample($0) }
      }
      columns.append(try changed.map { try PictureSample(Self.picture($0)) })
    }
    self.init(rows: places.indices.map { row in columns.map { $0[row] } })
  }

  private static func picture(_ sample: Sample) throws(DataError) -> HostTensor {
    guard let values = sample.features.first?.values else {
      throw .inconsistent("samples have no feature")
    }
    return values
  }
}
