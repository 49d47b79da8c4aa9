import GoldenKit
import MoruArchive
import MoruData
import MoruTensors
import Testing

/// What is done to pictures, beside torchvision.
@Suite("Operations on pictures")
struct PictureOperationTests {
  private static func operations(_ file: GoldenFile, _ frame: PictureFrame) throws
    -> [PictureOperation]
  {
    func number(_ key: String) throws -> Double { try file.config.value(key).number() }
    // A range of one number leaves no chance.
    func fixed(_ value: Double) -> RandomFactor { RandomFactor(value, value) }
    let augmentation: any PictureAugmentation
    switch file.className {
    case "rotate":
      augmentation = Rotate(
        degrees: fixed(try number("degrees")), border: .init(value: UInt8(try number("fill"))))
    case "shear":
      augmentation = Shear(horizontal: fixed(try number("degrees")), vertical: 0)
    case "zoom": augmentation = Zoom(fixed(try number("factor") - 1))
    case "horizontal_flip": augmentation = HorizontalFlip(probability: 1)
    case "vertical_flip": augmentation = VerticalFlip(probability: 1)
    case "gaussian_blur":
      augmentation = GaussianBlur(fixed(try number("sigma")), probability: 1)
    case "brightness": augmentation = Brightness(fixed(try number("value") - 1))
    case "contrast": augmentation = Contrast(fixed(try number("value") - 1))
    case "saturation": augmentation = Saturation(fixed(try number("value") - 1))
    case "sharpness": augmentation = Sharpness(fixed(try number("value") - 1))
    case "hue": augmentation = Hue(turn: fixed(try number("value")))
    case "gamma": augmentation = Gamma(exponent: fixed(try number("value")))
    case "posterize": augmentation = Posterize(Int(try number("value")))
    case "solarize": augmentation = Solarize(Int(try number("value")))
    case "autocontrast": augmentation = AutoContrast(probability: 1)
    case "equalize": augmentation = Equalize(probability: 1)
    case "perspective":
      func corners(_ key: String) throws -> [(x: Double, y: Double)] {
        try file.config.value(key).list().map { corner in
          let place = try corner.list().map { try $0.number() }
          return (x: place[0], y: place[1])
        }
      }
      let map = try #require(
        Homography.mapping(try corners("end"), to: try corners("start")))
      return [
        .geometric(
          GeometricTransform(height: frame.height, width: frame.width, source: map, border: .init())
        )
      ]
    case "resized_crop":
      let size = try file.config.value("size").list().map { try $0.number() }
      let stretching = Homography.scale(
        x: try number("width") / size[1], y: try number("height") / size[0])
      return [
        .geometric(
          GeometricTransform(
            height: Int(size[0]), width: Int(size[1]),
            source: .translation(x: try number("left"), y: try number("top")) * stretching))
      ]
    default: throw GoldenError("no operation \(file.className)")
    }
    return ([augmentation] as [any Augmentation]).operations(for: frame, seed: 0)
  }

  @Test("give torchvision's pixels within a step", arguments: GoldenFile.names(in: "pictures"))
  func golden(name: String) throws {
    let file = try GoldenFile("pictures", name)
    var sample = try PictureSample(file.tensor("input"))
    sample.apply(
      try Self.operations(
        file, PictureFrame(height: sample.pixels.shape[0], width: sample.pixels.shape[1])))
    let expected = try file.tensor("output")
    #expect(sample.pixels.shape == expected.shape)
    let found = try sample.pixels.array(of: UInt8.self).map { Int($0) }
    let wanted = try expected.array(of: UInt8.self).map { Int($0) }
    let differences = zip(found, wanted).map { abs($0 - $1) }
    let isExact = ["horizontal_flip", "vertical_flip", "posterize", "solarize", "equalize"]
      .contains(file.className)
    // Taps beyond the part that is cut out are those of the picture here and of the part's border there.
    let margin = file.className == "resized_crop" ? Self.margin(of: file) : 0
    let (height, width) = (expected.shape[0], expected.shape[1])
    for (place, difference) in differences.enumerated() {
      let pixel = place / expected.shape[2]
      let (row, column) = (pixel / width, pixel % width)
      let isInside =
        row >= margin && row < height - margin && column >= margin && column < width - margin
      guard isInside else { continue }
      #expect(difference <= (isExact ? 0 : 1), "row \(row), column \(column)")
    }
  }

  /// Pixels at the border whose taps reach beyond the part.
  private static func margin(of file: GoldenFile) -> Int {
    let isWhole = (try? file.config.value("top").number()) == 0
    return isWhole ? 0 : 3
  }

  static let frame = PictureFrame(height: 40, width: 60)

  /// A dark picture with one bright rectangle, its mask and its box.
  private static func marked() throws -> PictureSample {
    let box = PictureBox(left: 20, top: 12, right: 34, bottom: 24, label: 5)
    func plane(_ bright: UInt8) -> HostTensor {
      HostTensor(shape: [40, 60, 1]) { (target: UnsafeMutableBufferPointer<UInt8>) in
        for place in 0..<2400 {
          let (row, column) = (place / 60, place % 60)
          let isIn = (12..<24).contains(row) && (20..<34).contains(column)
          target.initializeElement(at: place, to: isIn ? bright : 0)
        }
      }
    }
    return try PictureSample(plane(255), mask: plane(1), boxes: [box])
  }

  static let moves: [any PictureAugmentation] = [
    HorizontalFlip(probability: 1), VerticalFlip(probability: 1), Rotate(degrees: 20),
    Crop(height: 36, width: 50, padding: 3), Resize(height: 80, width: 90),
    Shear(horizontal: 12, vertical: 5), Zoom(0.3), Translate(), Perspective(probability: 1),
    RandomResizedCrop(height: 64, width: 64, scale: .init(0.7, 1)),
    ElasticDeformation(alpha: 60, sigma: 6),
  ]

  @Test("move pixels, mask and boxes alike", arguments: moves.indices)
  func alike(place: Int) throws {
    for seed in 0..<20 {
      var sample = try Self.marked()
      sample.apply(
        ([Self.moves[place]] as [any Augmentation]).operations(
          for: Self.frame, seed: Seed(UInt64(seed))), minimumVisible: 0)
      let pixels = try sample.pixels.array(of: UInt8.self)
      let mask = try #require(sample.mask).array(of: UInt8.self)
      let (height, width) = (sample.pixels.shape[0], sample.pixels.shape[1])
      // What is clearly bright is in the mask, what is clearly dark is not.
      for (pixel, label) in zip(pixels, mask) where pixel > 200 || pixel < 55 {
        #expect(label == (pixel > 200 ? 1 : 0))
      }
      let inside = mask.indices.filter { mask[$0] == 1 }
      guard let box = sample.boxes.first, !inside.isEmpty else {
        #expect(inside.count < 40, "a box is gone whose things are there")
        continue
      }
      let (rows, columns) = (inside.map { $0 / width }, inside.map { $0 % width })
      let slack = 1.5
      #expect(Double(columns.min() ?? 0) > box.left - slack)
      #expect(Double(columns.max() ?? 0) + 1 < box.right + slack)
      #expect(Double(rows.min() ?? 0) > box.top - slack)
      #expect(Double(rows.max() ?? 0) + 1 < box.bottom + slack)
      #expect(box.left >= 0 && box.top >= 0)
      #expect(box.right <= Double(width) && box.bottom <= Double(height) && box.label == 5)
    }
  }

  @Test("cut boxes off at the frame and drop those that are hardly visible")
  func visible() throws {
    let boxes = [
      PictureBox(left: 0, top: 0, right: 10, bottom: 10, label: 1),
      PictureBox(left: 20, top: 5, right: 40, bottom: 15, label: 2),
      PictureBox(left: 50, top: 30, right: 60, bottom: 40, label: 3),
    ]
    var sample = try PictureSample(.zeros([40, 60, 3], dtype: .uint8), boxes: boxes)
    let move = Translate(horizontal: .init(-0.5, -0.5), vertical: 0)
    let operations = ([move] as [any Augmentation]).operations(for: Self.frame, seed: 0)
    sample.apply(operations, minimumVisible: 0.5)
    #expect(
      sample.boxes == [
        PictureBox(left: 0, top: 5, right: 10, bottom: 15, label: 2),
        PictureBox(left: 20, top: 30, right: 30, bottom: 40, label: 3),
      ])
    sample = try PictureSample(.zeros([40, 60, 3], dtype: .uint8), boxes: boxes)
    sample.apply(operations, minimumVisible: 0.51)
    #expect(sample.boxes.map(\.label) == [3])
  }

  @Test("interpolate once where moves follow each other")
  func merged() throws {
    let file = try GoldenFile("pictures", "rotate_0")
    var sample = try PictureSample(file.tensor("input"))
    let there = Rotate(degrees: .init(20, 20)), back = Rotate(degrees: .init(-20, -20))
    let frame = PictureFrame(height: 23, width: 31)
    sample.apply(([there, back] as [any Augmentation]).operations(for: frame, seed: 0))
    #expect(try sample.pixels == file.tensor("input"))
  }

  @Test("refuse what is no picture, and a mask of another size")
  func refused() throws {
    #expect(throws: DataError.notAnImage(shape: "float32 [4, 4, 3]")) {
      try PictureSample(.zeros([4, 4, 3]))
    }
    #expect(throws: DataError.self) {
      try PictureSample(
        .zeros([4, 4, 3], dtype: .uint8), mask: .zeros([4, 5, 1], dtype: .uint8))
    }
  }
}
