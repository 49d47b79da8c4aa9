import Foundation
import MoruData
import MoruTensors
import Testing

private struct Picture: Decodable {
  let shape: [Int]
  let pixels: [UInt8]
}

@Test func webPAndTIFFAreDecodedAsPillowDecodesThem() throws {
  let expected = try JSONDecoder().decode(
    [String: Picture].self, from: Data(contentsOf: fixture("pictures.json")))
  #expect(expected.count == 8)
  for (name, picture) in expected {
    let found = try ImageFile.read(at: fixture(name))
    #expect(found.shape == Shape(picture.shape), "\(name)")
    let pixels: [UInt8] = try found.array()
    // Libraries may round the colours of lossy pictures differently.
    let tolerance = name.hasPrefix("lossy") ? 2 : 0
    #expect(
      zip(pixels, picture.pixels).allSatisfy { abs(Int($0) - Int($1)) <= tolerance }, "\(name)")
  }
}

@Test(arguments: ["rgb.webp", "lossy.webp", "lzw.tiff", "grey.tiff"])
func cutPicturesOfOtherFormatsAreNamed(_ name: String) throws {
  let bytes = try Data(contentsOf: fixture(name))
  let found = message { _ = try ImageFile.decode(bytes.prefix(bytes.count / 2), name: name) }
  #expect(found.hasPrefix("\(name): the ") && found.contains("picture is damaged"), "\(found)")
}

/// Copies fixtures to names in a folder.
private func copy(_ files: [String: String], to folder: URL) throws {
  for (target, source) in files {
    let url = folder.appendingPathComponent(target)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(contentsOf: fixture(source)).write(to: url)
  }
}

@Test func damagedPicturesAreSkippedCountedAndNamed() throws {
  try withTemporaryFolder { folder in
    try copy(["정상/a.png": "rgb.png", "불량/b.png": "rgb.png", "불량/c.png": "mixed.csv"], to: folder)
    #expect(
      message { _ = try Dataset.images(at: folder) }
        .hasPrefix("불량/c.png: this is no PNG, JPEG, WebP or TIFF picture."))
    let data = try Dataset.images(at: folder, damaged: .skip)
    #expect(data.labels == ["불량", "정상"])
    #expect(data.classCounts == [1, 1])
    let reading = try #require(data.reading)
    #expect((reading.found, reading.kept) == (3, 2))
    #expect(
      reading.skipped.map { "\($0.place): \($0.reason)" }
        == ["불량/c.png: this is no PNG, JPEG, WebP or TIFF picture"])
    let report = try DataReport(imagesAt: folder, damaged: .skip)
    #expect(report.count == 2)
    #expect(
      report.description.hasPrefix("\(folder.lastPathComponent): 3 pictures, 2 kept, 1 skipped"))
  }
}

@Test func picturesMayBeLabelledByATable() throws {
  try withTemporaryFolder { folder in
    try copy(["사진/1.png": "rgb.png", "사진/2.png": "palette.png", "3.webp": "rgb.webp"], to: folder)
    let table = try table("파일,결함\n사진/2.png,긁힘\n3.webp,정상\n사진/1.png,긁힘\n없음.png,찍힘\n")
    #expect(
      message {
        _ = try Dataset.images(in: folder, labelledBy: table, file: "파일", label: "결함")
      } == "없음.png: cannot be read: no such file or directory. Check the path and its permissions.")
    let data = try Dataset.images(
      in: folder, labelledBy: table, file: "파일", label: "결함", damaged: .skip)
    #expect(data.target == .classes([0, 1, 0], labels: ["긁힘", "정상", "찍힘"]))
    #expect(data.reading?.skipped.map(\.place) == ["없음.png"])
  }
}

@Test func picturesMayHaveSeveralLabels() throws {
  try withTemporaryFolder { folder in
    try copy(["1.png": "rgb.png", "2.png": "rgb.png", "3.png": "rgb.png"], to: folder)
    let table = try table("file,labels\n1.png,긁힘| 찍힘\n2.png,\n3.png,찍힘|변색|\n")
    let data = try Dataset.images(
      in: folder, labelledBy: table, file: "file", label: "labels", separator: "|")
    #expect(
      data.target
        == .labelSets(
          try HostTensor([[1, 0, 1], [0, 0, 0], [0, 1, 1]] as [[Float]]),
          labels: ["긁힘", "변색", "찍힘"]))
  }
}

@Test func aFolderOfTextsIsATable() throws {
  try withTemporaryFolder { folder in
    for (name, bytes) in [
      ("좋음/a.txt", Array("아주 좋다".utf8)), ("나쁨/b.txt", [0xB8, 0xF0, 0xB7, 0xE7]),
      ("나쁨/c.txt", [0x61, 0]), ("나쁨/읽지 않음.md", [0x61]),
    ] as [(String, [UInt8])] {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    #expect(
      message { _ = try Table(textsAt: folder) }
        == "나쁨/c.txt: the text is not UTF-8. Copy or download the file again.")
    let table = try Table(textsAt: folder, damaged: .skip)
    #expect(table.names == ["text", "label"])
    #expect((0..<2).map { table.columns[0].text(at: $0) } == ["모루", "아주 좋다"])
    #expect((0..<2).map { table.columns[1].text(at: $0) } == ["나쁨", "좋음"])
    #expect(table.reading?.skipped.map(\.place) == ["나쁨/c.txt"])
  }
}
