import Foundation
import MoruArchive
import MoruTensors
import Testing

/// What Fixtures/make_fixtures.py wrote.
private func goldenTensors() throws -> [String: HostTensor] {
  [
    "dense_1/kernel": try HostTensor(
      [[0.5, -1.25, 3e38], [.leastNonzeroMagnitude, .infinity, -0.0]] as [[Float]]),
    "dense_1/bias": HostTensor([1, 2, 3] as [Float]),
    "moments": HostTensor([0.1, -2.5e-300]),
    "step": HostTensor(-(1 << 62) - 1 as Int64),
    "classes": try HostTensor([[.min, .max]] as [[Int32]]),
    "picture": try HostTensor([0, 50, 100, 150, 200] as [UInt8], shape: [1, 5, 1]),
    "mask": HostTensor([true, false, true]),
    "empty": .zeros([0, 4]),
    "이름 \"quoted\"\\ü\u{1}": HostTensor([7] as [UInt8]),
  ]
}

private func goldenFile() throws -> URL {
  try #require(
    Bundle.module.url(forResource: "golden", withExtension: "safetensors", subdirectory: "Fixtures")
  )
}

@Test func filesOfTheFormatsOwnLibraryAreRead() throws {
  let file = try SafeTensors(opening: goldenFile())
  #expect(try file.tensors() == goldenTensors())
  #expect(file.metadata == ["format": "moru test é"])
  let kernel = try file.tensor("dense_1/kernel").array(of: Float.self)
  #expect(kernel[5].sign == .minus, "-0.0 equals 0.0, but its bits must be kept")
}

@Test func filesAreWrittenByteForByteLikeTheFormatsOwnLibrary() throws {
  let bytes = try SafeTensors.encode(goldenTensors(), metadata: ["format": "moru test é"])
  #expect(try bytes == Data(contentsOf: goldenFile()))
}

@Test func everyElementTypeSurvivesAFile() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "weights.safetensors")
    let tensors = try goldenTensors()
    try SafeTensors.write(tensors, metadata: ["b": "2", "a": "1\n\t\"\\\u{7}"], to: url)
    let file = try SafeTensors(opening: url)
    #expect(try file.tensors() == tensors)
    #expect(file.metadata == ["b": "2", "a": "1\n\t\"\\\u{7}"])
    #expect(
      try Data(contentsOf: url)
        == SafeTensors.encode(tensors, metadata: ["a": "1\n\t\"\\\u{7}", "b": "2"]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }
}

@Test func bfloat16HasTheFormatsOwnName() throws {
  let tensor = HostTensor([1.5, -0.0, .infinity].map { BFloat16($0) })
  let data = try SafeTensors.encode(["a": tensor])
  let header = #"{"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}"#
  #expect(String(decoding: data.dropFirst(8), as: UTF8.self).hasPrefix(header))
  #expect(Array(data.suffix(6)) == [0xC0, 0x3F, 0x00, 0x80, 0x80, 0x7F])
  #expect(try SafeTensors(data, name: "narrow").tensor("a") == tensor)
}

@Test func aFileWithoutTensorsIsAFile() throws {
  let data = try SafeTensors.encode([:])
  #expect(data == Data([8, 0, 0, 0, 0, 0, 0, 0]) + Data("{}      ".utf8))
  #expect(try SafeTensors(data, name: "empty").tensors().isEmpty)
}

@Test func anOpenedFileOutlastsItsReplacement() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "weights.safetensors")
    try SafeTensors.write(["a": HostTensor([1, 2] as [Float])], to: url)
    let old = try SafeTensors(opening: url)
    try SafeTensors.write(["a": HostTensor([3] as [Float])], to: url)
    #expect(try old.tensor("a") == HostTensor([1, 2] as [Float]))
  }
}

@Test func anUnknownTensorIsAnsweredWithTheNearestName() throws {
  let file = try SafeTensors(SafeTensors.encode(goldenTensors()), name: "weights.safetensors")
  let error = #expect(throws: ArchiveError.self) { try file.tensor("dense_1/kernle") }
  #expect(
    error?.description == """
      weights.safetensors holds no tensor named 'dense_1/kernle'; did you mean \
      'dense_1/kernel'? Check that the weights belong to this model.
      """)
}

@Test(arguments: ["", "__metadata__"]) func namesThatTheFormatCannotHoldAreRefused(name: String) {
  #expect(throws: ArchiveError.tensorName(name)) {
    try SafeTensors.encode([name: HostTensor([1] as [Float])])
  }
}

/// A file with this header, padded by nothing, and so many bytes of data.
private func file(_ header: String, data: Int = 4, byte: UInt8 = 0) -> Data {
  let length = UInt64(header.utf8.count)
  return Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + Data(header.utf8)
    + Data(repeating: byte, count: data)
}

private func tensor(
  _ name: String = "a", _ dtype: String = "F32", _ shape: String = "[1]",
  _ offsets: String = "[0,4]"
) -> String {
  "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

struct Damaged: Sendable, CustomTestStringConvertible {
  let data: Data
  let reason: String
  var testDescription: String { reason }

  init(_ data: Data, _ reason: String) {
    self.data = data
    self.reason = reason
  }
}

private let damagedFiles: [Damaged] = [
  Damaged(Data(), "it has 0 bytes, a header needs 8"),
  Damaged(Data([1, 0, 0, 0, 0, 0, 0]), "it has 7 bytes"),
  Damaged(Data(repeating: 0xFF, count: 64), "header is said to have 18446744073709551615 bytes"),
  Damaged(
    Data([9, 0, 0, 0, 0, 0, 0, 0]) + Data("{}".utf8), "said to have 9 bytes, the file has 10"),
  Damaged(file("", data: 0), "does not begin with '{'"),
  Damaged(file(" {}", data: 0), "does not begin with '{'"),
  Damaged(file("[]", data: 0), "does not begin with '{'"),
  Damaged(file("{", data: 0), "'\"' is missing"),
  Damaged(file("{}x", data: 0), "goes on after its object"),
  Damaged(file("{\(tensor()),}"), "'\"' is missing"),
  Damaged(file("{\(tensor())"), "'}' is missing"),
  Damaged(file("{\"a\(tensor())}"), "':' is missing"),
  Damaged(file("{\"a"), "a string has no end"),
  Damaged(file("{\"a\\"), "a string has no end"),
  Damaged(file("{\"a\\u00"), "a string has no end"),
  Damaged(file("{\"a\\ud800\":1}"), "half a character"),
  Damaged(file("{\"a\\ud800\\u0041\":1}"), "half a character"),
  Damaged(file("{\"a\\x\":1}"), "an unknown escape"),
  Damaged(file("{\"a\\u00g0\":1}"), "not hexadecimal"),
  Damaged(file("{\"a\n\":1}"), "a control character"),
  Damaged(
    Data([8, 0, 0, 0, 0, 0, 0, 0]) + Data("{\"".utf8) + Data([0xC3, 0x28]) + Data("\":1}".utf8),
    "not UTF-8"),
  Damaged(file("{\"a\":[1]}"), "'{' is missing"),
  Damaged(file("{\"a\":{}}"), "lacks dtype, shape or data_offsets"),
  Damaged(file("{\(tensor("a", "F16"))}"), "elements of type 'F16'; known are F32"),
  Damaged(file("{\(tensor("a", "F32", "[-1]"))}"), "a whole number is missing"),
  Damaged(file("{\(tensor("a", "F32", "[1.0]"))}"), "']' is missing"),
  Damaged(file("{\(tensor("a", "F32", "[01]"))}"), "a whole number is missing"),
  Damaged(file("{\(tensor("a", "F32", "[1e0]"))}"), "']' is missing"),
  Damaged(file("{\(tensor("a", "F32", "[99999999999999999999]"))}"), "a number is too large"),
  Damaged(file("{\(tensor("a", "F32", "[4611686018427387904,4]"))}"), "too large for any machine"),
  Damaged(file("{\(tensor("a", "F64", "[4611686018427387904]"))}"), "too large for any machine"),
  Damaged(
    file("{\(tensor("a", "U8", "[0,4611686018427387904,4]", "[0,0]"))}", data: 0),
    "too large for any machine"),
  Damaged(file("{\(tensor("a", "F32", "[2]"))}"), "'a' has 4 bytes, its shape and type need 8"),
  Damaged(file("{\(tensor("a", "F32", "[0]"))}"), "'a' has 4 bytes, its shape and type need 0"),
  Damaged(file("{\(tensor("a", "F32", "[1]", "[4,0]"))}"), "not a beginning and an end"),
  Damaged(file("{\(tensor("a", "F32", "[1]", "[0]"))}"), "not a beginning and an end"),
  Damaged(file("{\(tensor("a", "F32", "[1]", "[0,4,8]"))}"), "not a beginning and an end"),
  Damaged(file("{\(tensor())}", data: 3), "its tensors need 4 bytes, only 3 follow"),
  Damaged(file("{\(tensor())}", data: 5), "1 bytes at its end belong to no tensor"),
  Damaged(file("{}", data: 1), "1 bytes at its end belong to no tensor"),
  Damaged(
    file("{\(tensor("a", "F32", "[1]", "[4,8]"))}", data: 8), "4 bytes before 'a' belong to no"),
  Damaged(
    file("{\(tensor()),\(tensor("b", "F32", "[1]", "[5,9]"))}", data: 9),
    "1 bytes before 'b' belong to no tensor"),
  Damaged(
    file("{\(tensor("a", "F64", "[1]", "[0,8]")),\(tensor("b", "F32", "[1]", "[4,8]"))}", data: 8),
    "'b' overlaps"),
  Damaged(file("{\(tensor()),\(tensor())}"), "names 'a' twice"),
  Damaged(
    file("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}"),
    "'a' has dtype twice"),
  Damaged(
    file("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":\"\"}}"),
    "unknown field 'x'"),
  Damaged(file("{\"__metadata__\":{\"a\":1}}", data: 0), "'\"' is missing"),
  Damaged(file("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", data: 0), "metadata names 'a' twice"),
  Damaged(
    file(String(repeating: "{\"a\":", count: 10_000), data: 0), "unknown field 'a'"),
]

@Test(arguments: damagedFiles)
func damageIsNamedOnOpening(damaged: Damaged) throws {
  let error = #expect(throws: ArchiveError.self) {
    try SafeTensors(damaged.data, name: "weights.safetensors")
  }
  let text = error?.description ?? ""
  #expect(text.hasPrefix("weights.safetensors is damaged: "))
  #expect(text.contains(damaged.reason), "\(text)")
}

@Test func bytesThatAreNoBooleansAreDamage() throws {
  let data = file("{\(tensor("mask", "BOOL", "[4]"))}", data: 4, byte: 2)
  #expect(throws: ArchiveError.self) { try SafeTensors(data, name: "w").tensor("mask") }
}

@Test func aFolderAPipeAndAMissingFileAreErrors() throws {
  try withTemporaryFolder { folder in
    #expect(throws: ArchiveError.notAFile(path: folder.path)) { try SafeTensors(opening: folder) }
    let pipe = folder.appending(path: "pipe")
    try #require(mkfifo(pipe.path, 0o600) == 0)
    #expect(throws: ArchiveError.notAFile(path: pipe.path)) { try SafeTensors(opening: pipe) }
    let missing = folder.appending(path: "missing")
    let error = #expect(throws: ArchiveError.self) { try SafeTensors(opening: missing) }
    #expect(
      error?.description
        == "Cannot open \(missing.path): no such file or directory. Check the path.")
  }
}

@Test func aFileThatShrinksWhileOpenIsDamage() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "weights.safetensors")
    try SafeTensors.write(["a": .zeros([1000])], to: url)
    let file = try SafeTensors(opening: url)
    try #require(truncate(url.path, 200) == 0)
    let error = #expect(throws: ArchiveError.self) { try file.tensor("a") }
    #expect(error?.description.contains("ends at byte 200") == true)
  }
}

/// Mutated files are either refused with an error or read without trouble, never a trap; the few
/// that are read show the loop reaches past the header.
@Test func mutatedFilesAreReadOrRefused() throws {
  let original = try [UInt8](SafeTensors.encode(goldenTensors(), metadata: ["a": "b"]))
  var generator = Seed(20_261_121).generator
  let pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\u", "0", "9", "-", "F64", "shape", "\u{0}"]
  var readable = 0
  var refused = 0
  for _ in 0..<20_000 {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes.remove(at: place)
      case 2: bytes.removeLast(Int.random(in: 0...min(bytes.count, 40), using: &generator))
      case 3:
        let piece = pieces.randomElement(using: &generator) ?? ""
        bytes.insert(contentsOf: piece.utf8, at: place)
      default:
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &generator))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    do throws(ArchiveError) {
      let tensors = try SafeTensors(Data(bytes), name: "fuzzed").tensors()
      #expect(tensors.values.allSatisfy { $0.byteCount <= bytes.count })
      readable += 1
    } catch {
      guard case .damaged = error else { throw error }
      refused += 1
    }
  }
  #expect(readable > 100)
  #expect(refused > 10_000)
}
