import Foundation
import MoruArchive
import MoruTensors
import Testing

/// What Fixtures/make_hdf5.py wrote.
private func fixture(_ name: String) throws -> URL {
  try #require(
    Bundle.module.url(forResource: name, withExtension: "h5", subdirectory: "Fixtures"))
}

@Test func valuesAreWhatH5pyWrote() throws {
  let root = try HDF5File.read(fixture("values"))
  #expect(root.attributes["backend"] == .text("tensorflow"))
  #expect(root.attributes["keras_version"] == .text("2.2.4"))
  #expect(root.attributes["names"] == .texts(["dense_1", "dense_22"]))
  #expect(root.attributes["none"]?.texts == [])
  #expect(root.attributes["step"] == .numbers(HostTensor(7 as Int64)))
  #expect(root.attributes["words"] == .texts(["한글", "two"]))
  let group = try #require(root.group("dense_1/dense_1"))
  #expect(
    group.datasets == [
      "kernel:0": .numbers(try HostTensor([[0, 1, 2], [3, 4, 5]] as [[Float]])),
      "half": .numbers(HostTensor([0.5, -2] as [Float])),
      "double": .numbers(HostTensor(0.1)),
      "big": .numbers(HostTensor([0, 1, 2] as [Int32])),
      "wide": .numbers(HostTensor([1 << 40] as [Int64])),
      "bytes": .numbers(HostTensor([0, 255] as [UInt8])),
      "flags": .numbers(HostTensor([true, false])),
      "empty": .numbers(.zeros([0, 4])),
      "packed": .numbers(try HostTensor([[Float]](repeating: [0, 1, 2, 3], count: 16))),
      "record": .other, "text": .text("one"),
    ])
  #expect(root.tensor("dense_1/dense_1/kernel:0")?.shape == [2, 3])
  #expect(root.tensor("dense_1/kernel:0") == nil)
  #expect(root.tensors.count == 9)
}

@Test func filesComeBackAsTheyWereWritten() throws {
  var root = HDF5Group(attributes: [
    "model_config": .text(String(repeating: "긴 글 ", count: 20_000)),
    "layer_names": .texts(["dense", "출력"]), "epoch": .numbers(HostTensor(3 as Int64)),
  ])
  let tensors: [String: HostTensor] = [
    "layers/dense/vars/0": try HostTensor([[1, 2], [3, 4]] as [[Float]]),
    "layers/dense/vars/1": HostTensor([1e-300]),
    "layers/드롭/vars/0": HostTensor([1] as [Int32]),
    "flags": HostTensor([true, false]), "bytes": HostTensor([7] as [UInt8]),
    "none": .zeros([0, 2]),
  ]
  for (path, tensor) in tensors { root.set(.numbers(tensor), at: path) }
  root.groups["empty"] = HDF5Group(attributes: ["weight_names": .texts([])])
  let bytes = try HDF5File.encode(root)
  let read = try HDF5File.decode(bytes, name: "memory")
  #expect(read.tensors == tensors)
  #expect(read.attributes == root.attributes)
  #expect(read.groups["empty"]?.attributes["weight_names"]?.texts == [])
  #expect(try HDF5File.encode(root) == bytes)
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "모델.h5")
    try HDF5File.write(root, to: url)
    #expect(try HDF5File.read(url) == read)
  }
}

@Test(arguments: [
  ("soft_link", "it is a link to another place or file (at 'x')"),
  ("external_link", "it is a link to another place or file (at 'x')"),
  ("external_storage", "its elements lie in other files (at 'x')"),
  ("virtual", "its elements lie in other files (at 'x')"),
  ("cycle", "its groups nest too deep (at 'a/b/back/b/back"),
  ("lzf", "it is compressed in another way than gzip (at 'x')"),
  ("vast", "it unfolds to more than it may (at 'x')"),
])
func whatReachesOutOfAFileIsRefused(name: String, reason: String) throws {
  let error = #expect(throws: ArchiveError.self) { try HDF5File.read(fixture(name)) }
  #expect("\(try #require(error))".contains("\(name).h5 is damaged: \(reason)"))
}

@Test func otherFilesAreRefused() throws {
  func message(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: ArchiveError.self) { try body() }
    return "\(try #require(error))"
  }
  #expect(
    try message { _ = try HDF5File.decode(Data("no such thing".utf8), name: "x.h5") }
      .hasPrefix("x.h5 is damaged: file signature not found. Restore it"))
  #expect(try message { _ = try HDF5File.decode(Data(), name: "x.h5") }.contains("is damaged"))
  #expect(
    try message { _ = try HDF5File.read(URL(filePath: "/tmp")) }
      .contains("/tmp is not a regular file"))
  let whole = try Data(contentsOf: fixture("values"))
  #expect(
    try message { _ = try HDF5File.decode(whole.dropLast(900), name: "x.h5") }
      .contains("x.h5 is damaged: "))
  #expect(throws: ArchiveError.tensorName("a/b")) {
    try HDF5File.encode(HDF5Group(datasets: ["a/b": .text("c")]))
  }
}
