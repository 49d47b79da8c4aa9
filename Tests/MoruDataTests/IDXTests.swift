import Foundation
import MoruData
import MoruTensors
import Testing

@Test func everyElementTypeIsReadBigEndian() throws {
  #expect(
    try IDX.read(at: fixture("int16.idx")) == HostTensor([[-1, 2], [300, -32768]] as [[Int32]]))
  #expect(try IDX.read(at: fixture("float64.idx")) == HostTensor([0.1, -1e300] as [Double]))
}

@Test func aFolderOfIDXFilesIsMNIST() throws {
  let folder = try fixture("")
  let (train, test) = try Dataset.mnist(at: folder)
  #expect(train.features[0].values.shape == [4, 3, 2, 1])
  #expect(try train.features[0].values.array(of: UInt8.self) == Expected.load().idx)
  #expect(train.target == .classes([3, 0, 9, 3], labels: (0..<10).map(String.init)))
  #expect(test.contentHash == train.contentHash)
  #expect(
    message { _ = try Dataset.mnist(at: folder, labels: ["a", "b", "c", "d"]) }
      == "train-labels-idx1-ubyte: label 9 at index 2 is outside the 4 classes (0 to 3). "
      + "Correct it, or name all classes.")
}

@Test func idxFilesThatDoNotFitAreNamed() throws {
  try withTemporaryFolder { folder in
    #expect(
      message { _ = try Dataset.mnist(at: folder) }.contains(
        "/train-images-idx3-ubyte: cannot be read: no such file, with or without .gz."))
    for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"] {
      try FileManager.default.copyItem(
        at: fixture(name), to: folder.appendingPathComponent(name))
    }
    let labels = folder.appendingPathComponent("train-labels-idx1-ubyte")
    try Data([0, 0, 8, 1, 0, 0, 0, 2, 1, 1]).write(to: labels)
    #expect(
      message { _ = try Dataset.mnist(at: folder) }
        == "train-labels-idx1-ubyte: 2 labels for 4 pictures. Use files that belong together.")
    try Data([0, 0, 8, 1, 0, 0, 0, 4, 1, 1]).write(to: labels)
    #expect(
      message { _ = try Dataset.mnist(at: folder) }
        == "train-labels-idx1-ubyte: the IDX header [4] announces 4 bytes of data, "
        + "but 2 follow. Copy or download the file again.")
  }
}

@Test(arguments: [
  ([1, 2, 3, 4], "this is not an IDX file"),
  ([0, 0, 8, 3, 0, 0], "the IDX header of 16 bytes ends early"),
  ([0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF], "announces 4294967295 bytes of data, but 0 follow"),
  (
    [0, 0, 0x0E, 3] + [UInt8](repeating: 0xFF, count: 12),
    "the IDX header announces an impossible size"
  ),
])
func badHeadersAreRefusedBeforeMemoryIsTaken(_ bytes: [UInt8], _ text: String) {
  #expect(message { _ = try IDX.decode(Data(bytes), name: "x") }.contains(text))
}

@Test(
  .enabled(
    if: hasShared("mnist/train-images-idx3-ubyte.gz"),
    "MNIST is too large for the repository; it is read where it lies beside it."))
func theRealMNISTIsRead() throws {
  let (train, test) = try Dataset.mnist(at: sharedData.appendingPathComponent("mnist"))
  #expect(train.classCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
  #expect(test.classCounts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  #expect(test.features[0].values.shape == [10000, 28, 28, 1])
}
