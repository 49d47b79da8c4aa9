import Foundation
import MoruData
import MoruTensors
import Testing

/// What NumPy wrote; see make_numpy.py.
private struct Arrays {
  struct Array: Decodable {
    let shape: [Int]
    let dtype: String
    let values: [Double]
  }

  let arrays: [String: Array]

  init() throws {
    arrays = try JSONDecoder().decode(
      [String: Array].self, from: Data(contentsOf: fixture("numpy/expected.json")))
  }

  func check(_ name: String, _ found: HostTensor) throws {
    let expected = try #require(arrays[name])
    #expect(found.shape.dimensions == expected.shape, "\(name)")
    #expect(found.dtype.rawValue == expected.dtype, "\(name)")
    let values: [Double] = try found.converted(to: .float64).array()
    #expect(values == expected.values, "\(name)")
  }
}

@Test func arraysOfEveryTypeOrderAndVersionAreThoseOfNumPy() throws {
  let arrays = try Arrays()
  let names = arrays.arrays.keys.filter { !$0.hasPrefix("npz/") }
  #expect(names.count > 25)
  for name in names.sorted() {
    try arrays.check(name, NumPy.read(at: fixture("numpy/\(name).npy")))
  }
}

@Test(arguments: ["stored.npz", "deflated.npz"])
func archivesHoldTheArraysOfNumPy(_ file: String) throws {
  let arrays = try Arrays()
  let found = try NumPy.readArchive(at: fixture("numpy/\(file)"))
  #expect(found.map(\.name) == ["x_train", "라벨", "f"])
  for (name, array) in found { try arrays.check("npz/\(name)", array) }
}

@Test(arguments: [
  ("objects.npy", "no other element types"), ("text.npy", "no other element types"),
  ("complex.npy", "no other element types"),
  ("records.npy", "not that of an array of numbers"), ("stored.npz", "this is not a NumPy file"),
])
func whatIsNoArrayOfNumbersIsRefused(_ file: String, _ reason: String) {
  let found = message { _ = try NumPy.read(at: fixture("numpy/\(file)")) }
  #expect(found.hasPrefix("\(file): ") && found.contains(reason), "\(found)")
}

@Test func arraysThatAreWrittenReadBackTheSame() throws {
  let tensors = [
    HostTensor([1.5, -2] as [Float]), HostTensor([1, 2, 3] as [Int32]),
    HostTensor([true, false]), HostTensor(7.25), HostTensor.zeros([2, 0, 3], dtype: .int64),
    try HostTensor([[1, 2], [3, 4]] as [[Double]]), HostTensor([0, 255] as [UInt8]),
  ]
  for tensor in tensors {
    let bytes = NumPy.data(tensor)
    #expect((bytes.count - tensor.byteCount).isMultiple(of: 64))
    #expect(try NumPy.decode(bytes, name: "x") == tensor)
  }
  // As NumPy writes it, up to the spaces that fill the header.
  let written = NumPy.data(try NumPy.read(at: fixture("numpy/f4.npy")))
  #expect(try written == Data(contentsOf: fixture("numpy/f4.npy")))
}

@Test func sizesThatCannotBeAreRefusedBeforeMemoryIsTaken() throws {
  func file(_ header: String) -> Data {
    Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8))
  }
  let cases = [
    "(9223372036854775807, 9223372036854775807)": "announces an impossible size",
    "(4611686018427387904,)": "announces an impossible size",
    "(1000000000,)": "announces 8000000000 bytes of data, but 0 follow",
    "(99999999999999999999,)": "not that of an array of numbers",
    "(-1,)": "not that of an array of numbers",
  ]
  for (shape, reason) in cases {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }"
    let found = message { _ = try NumPy.decode(file(header), name: "x.npy") }
    #expect(found.contains(reason), "\(found)")
  }
}

@Test func damagedArchivesAreNamed() throws {
  let bytes = try Data(contentsOf: fixture("numpy/stored.npz"))
  var flipped = bytes
  flipped[200] ^= 1
  #expect(
    message { _ = try NumPy.decodeArchive(flipped, name: "x.npz") }
      == "x.npz/x_train.npy: the content is not what its checksum says. "
      + "Copy or download the file again.")
  #expect(
    message { _ = try NumPy.decodeArchive(bytes.prefix(bytes.count - 30), name: "x.npz") }
      == "x.npz: this is not a ZIP archive. Copy or download the file again.")
}
