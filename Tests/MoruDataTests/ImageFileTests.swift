import Foundation
import MoruData
import MoruTensors
import Testing

@Test func picturesAreDecodedAsPillowDecodesThem() throws {
  let expected = try Expected.load().pictures
  #expect(expected.count == 41)
  for (name, picture) in expected {
    let found = try ImageFile.read(at: fixture(name))
    #expect(found.shape == Shape(picture.shape), "\(name)")
    #expect(try found.array(of: UInt8.self) == picture.pixels, "\(name)")
  }
}

@Test func resizingAgreesWithPillowWithinOneStep() throws {
  for (key, pixels) in try Expected.load().resized {
    let words = key.split(separator: " ").map(String.init)
    let image = try ImageFile.read(at: fixture(words[0]))
    let (height, width) = try (#require(Int(words[1])), #require(Int(words[2])))
    let found = try ImageFile.resized(
      image, height: height, width: width,
      interpolation: #require(ImageFile.Interpolation(rawValue: words[3])))
    #expect(found.shape == [height, width, image.shape[2]])
    let differences = zip(try found.array(of: UInt8.self), pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == pixels.count)
    #expect(differences.allSatisfy { $0 <= 1 }, "\(key): \(differences.max() ?? 0)")
  }
}

@Test(arguments: ["rgb.png", "grey.png"])
func encodingAndDecodingGivesTheSamePicture(_ name: String) throws {
  let image = try ImageFile.read(at: fixture(name))
  #expect(try ImageFile.decode(ImageFile.pngData(image), name: "x") == image)
}

@Test func onlyPicturesCanBeEncodedOrResized() throws {
  let matrix = try HostTensor([[1, 2]] as [[UInt8]])
  let expected =
    "uint8 [1, 2] is not a picture. Pass uint8 [height, width, 1 or 3] without empty axes."
  #expect(message { _ = try ImageFile.pngData(matrix) } == expected)
  let image = try ImageFile.read(at: fixture("grey.png"))
  #expect(message { _ = try ImageFile.resized(image, height: 0, width: 3) }.contains("[0, 3, 1]"))
}

@Test func aPictureOverTheLimitIsRefused() throws {
  let found = message { _ = try ImageFile.read(at: fixture("rgb.png"), pixelLimit: 34) }
  #expect(
    found == "rgb.png: larger than the limit of 34 pixels. Split it or make it smaller.")
}

@Test(arguments: ["rgb.png", "palette.png", "rgb.jpg", "progressive.jpg"])
func aPictureCutAnywhereIsAnError(_ name: String) throws {
  let bytes = try Data(contentsOf: fixture(name))
  for length in 0..<bytes.count - 1 {
    let found = message { _ = try ImageFile.decode(bytes.prefix(length), name: name) }
    #expect(found.hasPrefix("\(name): "), "\(length) bytes: \(found)")
  }
}

@Test func damagedPicturesSayWhatIsWrong() throws {
  let png = try Data(contentsOf: fixture("rgb.png"))
  #expect(
    message { _ = try ImageFile.decode(png.prefix(100), name: "cut.png") }
      == "cut.png: the PNG picture is damaged (the data end early). "
      + "Copy or download the file again.")
  #expect(
    message { _ = try ImageFile.decode(Data("text".utf8), name: "a.png") }
      == "a.png: this is no PNG, JPEG, WebP or TIFF picture. Copy or download the file again.")
  let jpeg = try Data(contentsOf: fixture("rgb.jpg"))
  #expect(
    message { _ = try ImageFile.decode(jpeg.prefix(700), name: "cut.jpg") }
      .hasPrefix("cut.jpg: the JPEG picture is damaged (Premature end"))
  #expect(
    message { _ = try ImageFile.read(at: fixture("cmyk.jpg")) }
      .hasPrefix("cmyk.jpg: the JPEG picture is damaged (Unsupported color conversion"))
}

@Test func aFolderByClassBecomesADataSet() throws {
  try withTemporaryFolder { folder in
    for (name, file) in [("b", "grey.png"), ("b", "rgb.png"), ("a", "rgba.png")] {
      let target = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: fixture(file), to: target.appendingPathComponent(file))
    }
    let images = try Dataset.images(at: folder)
    #expect(images.labels == ["a", "b"])
    #expect(images.target == .classes([0, 1, 1], labels: ["a", "b"]))
    #expect(images.features[0].values.shape == [3, 5, 7, 3])
    let rgba = try ImageFile.read(at: fixture("rgba.png"))
    #expect(try images.features[0].values.slice(0..<1).reshaped(to: [5, 7, 3]) == rgba)
    let grey = try ImageFile.read(at: fixture("grey.png")).array(of: UInt8.self)
    #expect(
      try images.features[0].values.slice(1..<2).array(of: UInt8.self)
        == grey.flatMap { [$0, $0, $0] })

    let report = try DataReport(imagesAt: folder)
    #expect(report.imageSizes.map(\.count) == [2, 1])
    #expect(report.imageSizes.map(\.channels) == [3, 1])

    let odd = folder.appendingPathComponent("b/z.jpg")
    try FileManager.default.copyItem(at: fixture("grey.jpg"), to: odd)
    #expect(
      message { _ = try Dataset.images(at: folder) }
        == "b/z.jpg: the picture is 20 × 12, the first one 7 × 5. "
        + "Give a size to which all are resized.")
    let resized = try Dataset.images(at: folder, size: (4, 6), channels: 1)
    #expect(resized.features[0].values.shape == [4, 4, 6, 1])
    try Data([0xFF, 0xD8, 0xFF, 0xE0]).write(to: odd)
    #expect(
      message { _ = try Dataset.images(at: folder) }
        .hasPrefix("b/z.jpg: the JPEG picture is damaged"))
    try Data().write(to: odd)
    #expect(message { _ = try Dataset.images(at: folder) }.hasPrefix("b/z.jpg: the file is empty."))
  }
}

@Test func foldersWithoutClassesOrPicturesAreNamed() throws {
  try withTemporaryFolder { folder in
    let name = folder.lastPathComponent
    #expect(
      message { _ = try ImageFolder(at: folder) }
        == "\(name): holds no class folders. Expected FOLDER/CLASS/*.png or *.jpg.")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("vine"), withIntermediateDirectories: true)
    #expect(
      message { _ = try ImageFolder(at: folder) }
        == "\(name)/vine: holds no PNG, JPEG, WebP or TIFF pictures. Expected FOLDER/CLASS/*.png or *.jpg."
    )
    #expect(
      message { _ = try ImageFolder(at: folder.appendingPathComponent("x")) }
        .hasPrefix("x: cannot be read: no such file or directory"))
  }
}
