import Foundation
import MoruArchive
import MoruTensors
import Synchronization
import Testing

private struct Refused: Error {}

/// What a reading thread has seen.
private final class Watch: Sendable {
  let isDone = Atomic(false)
  let misses = Atomic(0)
}

private func names(in folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

private func write(_ text: String, to url: URL) throws {
  try AtomicFile.write(Data(text.utf8), to: url)
}

@Test func aFileIsReplacedWholly() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "note.txt")
    try write("old and longer", to: url)
    try write("new", to: url)
    #expect(try String(contentsOf: url, encoding: .utf8) == "new")
    #expect(try names(in: folder) == ["note.txt"])
  }
}

@Test func aWriteThatFailsLeavesTheOldFileAlone() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "note.txt")
    try write("old", to: url)
    #expect(throws: ArchiveError.tensorName("stop")) {
      try AtomicFile.write(to: url) { (writer) throws(ArchiveError) in
        try writer.write(Data("half".utf8))
        throw .tensorName("stop")
      }
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    #expect(try names(in: folder) == ["note.txt"])
  }
}

@Test func aFileInAMissingFolderOrInPlaceOfAFolderIsAnError() throws {
  try withTemporaryFolder { folder in
    #expect(throws: ArchiveError.self) { try write("x", to: folder.appending(path: "no/file")) }
    let taken = folder.appending(path: "taken")
    try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
    let error = #expect(throws: ArchiveError.self) { try write("x", to: taken) }
    #expect(error?.description.hasPrefix("Cannot replace \(taken.path): is a directory.") == true)
    #expect(try names(in: folder) == ["taken"])
  }
}

@Test func aFolderIsMadeAndReplacedWholly() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "digits.moru")
    for (round, extra) in ["a", "b"].enumerated() {
      try AtomicFolder.write(to: url, existing: .replace(marker: "model.json")) { staged in
        #expect(FileManager.default.fileExists(atPath: url.path) == (round > 0))
        try write("\(round)", to: staged.appending(path: "model.json"))
        try write(extra, to: staged.appending(path: extra))
      }
    }
    #expect(try names(in: url) == ["b", "model.json"])
    #expect(try names(in: folder) == ["digits.moru"])
  }
}

@Test func whoLooksWhileAFolderIsReplacedAlwaysFindsIt() throws {
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "digits.moru")
    func replace(_ round: Int) throws {
      try AtomicFolder.write(to: url, existing: .replace(marker: "model.json")) { staged in
        try write("\(round)", to: staged.appending(path: "model.json"))
      }
    }
    try replace(0)
    let watch = Watch()
    Thread.detachNewThread {
      while !watch.isDone.load(ordering: .relaxed) {
        if access(url.appending(path: "model.json").path, R_OK) != 0 {
          watch.misses.add(1, ordering: .relaxed)
        }
      }
    }
    defer { watch.isDone.store(true, ordering: .relaxed) }
    for round in 1...100 { try replace(round) }
    #expect(watch.misses.load(ordering: .relaxed) == 0)
  }
}

@Test func aFolderIsNotReplacedUnlessItIsAskedForAndIsOneOfOurs() throws {
  try withTemporaryFolder { folder in
    let home = folder.appending(path: "home")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: false)
    try write("dear", to: home.appending(path: "letter.txt"))
    let error = #expect(throws: ArchiveError.self) {
      try AtomicFolder.write(to: home, existing: .replace(marker: "model.json")) { _ in }
    }
    #expect(error == .notReplaceable(path: home.path, marker: "model.json"))
    #expect(throws: ArchiveError.folderExists(path: home.path)) {
      try AtomicFolder.write(to: home, existing: .keep) { _ in }
    }
    #expect(throws: Refused.self) {
      try AtomicFolder.write(to: folder.appending(path: "new"), existing: .keep) { staged in
        try write("half", to: staged.appending(path: "model.json"))
        throw Refused()
      }
    }
    #expect(try names(in: folder) == ["home"])
    #expect(try names(in: home) == ["letter.txt"])
  }
}

@Test func aPlaceIsRefusedBeforehandIfAndOnlyIfItWouldBeWhenItIsWritten() throws {
  try withTemporaryFolder { folder in
    let package = folder.appending(path: "package")
    try AtomicFolder.write(to: package, existing: .keep) { staged in
      try write("0", to: staged.appending(path: "model.json"))
    }
    try write("text", to: folder.appending(path: "file"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "home/model.json"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link"), withDestinationURL: package)
    for name in ["file", "home", "link"] {
      let url = folder.appending(path: name)
      let refusal = ArchiveError.notReplaceable(path: url.path, marker: "model.json")
      #expect(throws: refusal) {
        try AtomicFolder.checkReplaceable(url, marker: "model.json")
      }
      #expect(throws: refusal) {
        try AtomicFolder.write(to: url, existing: .replace(marker: "model.json")) { _ in }
      }
    }
    for name in ["package", "new"] {
      let url = folder.appending(path: name)
      try AtomicFolder.checkReplaceable(url, marker: "model.json")
      try AtomicFolder.write(to: url, existing: .replace(marker: "model.json")) { _ in }
    }
  }
}

@Test func whatALiveProcessBuildsIsNotSweptAway() throws {
  try withTemporaryFolder { folder in
    let dead = folder.appending(path: ".moru-unfinished-dead")
    try FileManager.default.createDirectory(at: dead, withIntermediateDirectories: false)
    try write("half", to: dead.appending(path: "weights"))
    try Data().write(to: folder.appending(path: ".moru-unfinished-file"))
    try AtomicFolder.write(to: folder.appending(path: "outer"), existing: .keep) { staged in
      #expect(try names(in: folder) == [staged.lastPathComponent])
      #expect(try Leftovers.remove(in: folder) == 0)
      try write("x", to: staged.appending(path: "x"))
    }
    #expect(try names(in: folder) == ["outer"])
  }
}

@Test func aFlippedByteIsNamed() throws {
  try withTemporaryFolder { folder in
    let weights = folder.appending(path: "weights.safetensors")
    try SafeTensors.write(["a": HostTensor([1, 2] as [Float])], to: weights)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "labels"), withIntermediateDirectories: false)
    try write("0\n1\n", to: folder.appending(path: "labels/digits.txt"))
    let manifest = try ChecksumManifest.write(for: folder)
    #expect(manifest.files.keys.sorted() == ["labels/digits.txt", "weights.safetensors"])
    #expect(try ChecksumManifest(of: folder) == manifest)
    try manifest.verify(folder, requiring: ["weights.safetensors"])
    #expect(throws: ArchiveError.unlisted(file: "model.json", folder: folder.path)) {
      try manifest.verify(folder, requiring: ["model.json"])
    }

    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: weights)
    let error = #expect(throws: ArchiveError.self) { try manifest.verify(folder) }
    #expect(error?.description.hasPrefix("\(weights.path) has changed since it was saved") == true)
    try FileManager.default.removeItem(at: weights)
    #expect(throws: ArchiveError.system(action: "open", path: weights.path, code: ENOENT)) {
      try manifest.verify(folder)
    }
  }
}

@Test(arguments: [
  "", "[]", "{\"a\": 1}", "{\"a\": \"abc\"}", "{\"../a\": \"\(Checksum(of: Data()))\"}",
  "{\"/etc/passwd\": \"\(Checksum(of: Data()))\"}", String(repeating: "[", count: 100_000),
])
func aDamagedManifestIsAnError(text: String) throws {
  try withTemporaryFolder { folder in
    try Data(text.utf8).write(to: folder.appending(path: "checksums.json"))
    let error = #expect(throws: ArchiveError.self) { try ChecksumManifest(of: folder) }
    #expect(error?.description.contains("checksums.json is damaged: ") == true)
  }
}

/// Expected values from `sha256sum`.
@Test func checksumsAreSHA256() throws {
  #expect(
    Checksum(of: Data("abc".utf8)).hex
      == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  try withTemporaryFolder { folder in
    let url = folder.appending(path: "zeros")
    try Data(count: 2_500_000).write(to: url)
    #expect(
      try Checksum(ofFile: url).hex
        == "382ec408afd51de29f84bd9d5b43cdfebe2f89532950e0259fdfb2271894b6de")
  }
  #expect(Checksum(hex: "BA") == nil)
  #expect(Checksum(hex: String(repeating: "G", count: 64)) == nil)
}

/// Killed at whatever moment, a writer leaves the old folder or the new one, both complete.
@Test(arguments: [1, 2, 3, 5, 8, 13, 21, 34])
func aKilledWriterLeavesNoHalfFolder(milliseconds: Int) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "moru-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.path
  await #expect(processExitsWith: .signal(SIGKILL)) {
    [path = path as String, milliseconds = milliseconds as Int] in
    let target = URL(filePath: path).appending(path: "digits.moru")
    var armed = false
    for round in 0... {
      try AtomicFolder.write(to: target, existing: .replace(marker: "model.json")) { staged in
        try Data("\(round)".utf8).write(to: staged.appending(path: "model.json"))
        let values = HostTensor(repeating: Float(round), shape: [10_000])
        try SafeTensors.write(
          ["a": values], to: staged.appending(path: "weights.safetensors"))
        try ChecksumManifest.write(for: staged)
      }
      if !armed {
        armed = true
        Thread.detachNewThread {
          usleep(UInt32(milliseconds) * 1000)
          kill(getpid(), SIGKILL)
        }
      }
    }
  }
  let target = folder.appending(path: "digits.moru")
  try ChecksumManifest(of: target).verify(
    target, requiring: ["model.json", "weights.safetensors"])
  let round = try #require(
    Float(String(contentsOf: target.appending(path: "model.json"), encoding: .utf8)))
  let weights = try SafeTensors(opening: target.appending(path: "weights.safetensors"))
  #expect(try weights.tensor("a") == HostTensor(repeating: round, shape: [10_000]))
  try Leftovers.remove(in: folder)
  #expect(try names(in: folder) == ["digits.moru"])
}
