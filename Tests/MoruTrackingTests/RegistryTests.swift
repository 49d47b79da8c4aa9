import Foundation
import MoruArchive
import MoruTracking
import Synchronization
import Testing

private func digits() throws -> SafeName { try SafeName("digits") }

@Test func versionsAreNumberedAndKept() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
  let first = try await store.register(
    digits(), run: run.id, signature: mina(), writePackage: writePackage("a"))
  let second = try await store.register(
    digits(), run: nil, signature: mina(), writePackage: writePackage("b"))
  #expect(first.number == 1 && second.number == 2)
  #expect(first.run == run.id && second.run == nil)
  #expect(first.stage == .candidate)
  #expect(first.folder == temporary.workspace.models.appending(path: "digits/1"))
  let text = try String(contentsOf: first.folder.appending(path: "model.json"), encoding: .utf8)
  #expect(text == "a")
  #expect(try await store.models() == [digits()])
  #expect(try await store.versions(of: digits()) == [second, first])
  #expect(try await store.version(of: digits(), .number(1)) == first)
  #expect(try await store.strayPackages().isEmpty)
}

@Test func aFlippedByteInAVersionIsNamed() async throws {
  let temporary = try TemporaryWorkspace()
  let version = try await temporary.store().register(
    digits(), run: nil, signature: mina(), writePackage: writePackage("a"))
  try version.verify()
  let file = version.folder.appending(path: "model.json")
  try Data("b".utf8).write(to: file)
  let error = #expect(throws: ArchiveError.self) { try version.verify() }
  #expect(error?.description.hasPrefix("\(file.path) has changed") == true)
  try ChecksumManifest.write(for: version.folder)
  let whole = #expect(throws: ArchiveError.self) { try version.verify() }
  #expect(whole?.description.contains("checksums.json has changed") == true)
}

@Test func aPackageThatFailsUsesNoNumber() async throws {
  struct Refused: Error {}
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  await #expect(throws: Refused.self) {
    try await store.register(digits(), run: nil, signature: mina()) { _ in throw Refused() }
  }
  await #expect(throws: ArchiveError.self, "a package without checksums") {
    try await store.register(digits(), run: nil, signature: mina()) { _ in }
  }
  await #expect(throws: ArchiveError.self, "an unknown run") {
    try await store.register(
      digits(), run: RunID(rawValue: "x"), signature: mina(), writePackage: writePackage("a"))
  }
  #expect(try await store.models().isEmpty)
  let version = try await store.register(
    digits(), run: nil, signature: mina(), writePackage: writePackage("a"))
  #expect(version.number == 1)
}

@Test func aFolderWithoutARowIsSeenButNotListed() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let stray = temporary.workspace.modelFolder(try digits(), version: 1)
  try FileManager.default.createDirectory(at: stray, withIntermediateDirectories: true)
  #expect(try await store.models().isEmpty)
  #expect(try await store.strayPackages() == [stray])
  let version = try await store.register(
    digits(), run: nil, signature: mina(), writePackage: writePackage("a"))
  #expect(version.number == 2)
  #expect(try await store.versions(of: digits()) == [version])
}

@Test func twoStoresNeverShareANumber() async throws {
  let temporary = try TemporaryWorkspace()
  let stores = [try temporary.store(), try temporary.store()]
  let name = try digits()
  let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
    for index in 0..<20 {
      group.addTask {
        try await stores[index % 2].register(
          name, run: nil, signature: mina(), writePackage: writePackage("\(index)")
        ).number
      }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
  #expect(numbers.sorted() == Array(1...20))
  for version in try await stores[0].versions(of: name) { try version.verify() }
}

@Test(arguments: 0..<5) func storesThatOpenANewWorkspaceAtOnceAgree(round: Int) async throws {
  let temporary = try TemporaryWorkspace()
  let workspace = temporary.workspace
  let stores = Mutex<[SQLiteRunStore]>([])
  DispatchQueue.concurrentPerform(iterations: 8) { _ in
    do {
      let store = try SQLiteRunStore(workspace)
      stores.withLock { $0.append(store) }
    } catch {
      Issue.record(error)
    }
  }
  for store in stores.withLock({ $0 }) {
    _ = try await store.startRun(name: "run", parameters: [:], lineage: Lineage())
  }
  #expect(try await temporary.store().runs().count == 8)
}

@Test func aliasesMoveAndEveryMoveIsRecorded() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "cnn", parameters: [:], lineage: Lineage())
  for text in ["a", "b"] {
    _ = try await store.register(
      digits(), run: run.id, signature: mina(), writePackage: writePackage(text))
  }
  #expect(try await store.version(of: digits(), .preferred).number == 2)
  let better = try Signature(by: "jun", because: "better on the test set")
  try await store.moveAlias(.champion, of: digits(), to: 1, signature: mina())
  #expect(try await store.version(of: digits(), .preferred).number == 1)
  try await store.moveAlias(.champion, of: digits(), to: 2, signature: better)
  #expect(try await store.aliases(of: digits()) == [Alias(name: .champion, version: 2)])
  let rolledBack = try await store.rollBack(.champion, of: digits(), signature: better)
  #expect(rolledBack == Alias(name: .champion, version: 1))
  try await store.setStage(.production, of: digits(), version: 1, signature: better)
  try await store.moveAlias(.champion, of: digits(), to: nil, signature: better)
  #expect(try await store.aliases(of: digits()).isEmpty)
  #expect(try await store.version(of: digits(), .number(1)).stage == .production)

  let trail = try await store.auditTrail(of: digits())
  #expect(
    trail.map(\.change) == [
      .registered(version: 1), .registered(version: 2),
      .aliasMoved(.champion, from: nil, to: 1), .aliasMoved(.champion, from: 1, to: 2),
      .aliasMoved(.champion, from: 2, to: 1),
      .stageChanged(version: 1, from: .candidate, to: .production),
      .aliasMoved(.champion, from: 1, to: nil),
    ])
  let signatures = try Array(repeating: mina(), count: 3) + Array(repeating: better, count: 4)
  #expect(trail.map(\.signature) == signatures)
  #expect(trail.allSatisfy { $0.run == run.id && $0.model.text == "digits" })
  #expect(trail.map(\.number) == Array(1...7))
  let seconds = trail.map { $0.date.timeIntervalSince1970 - 1_795_233_793 }
  #expect(seconds == [0, 1, 2, 3, 4, 5, 6])
}

@Test func mistakesInTheRegistryAreExplained() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  _ = try await store.register(
    digits(), run: nil, signature: mina(), writePackage: writePackage("a"))
  try await store.moveAlias(.champion, of: digits(), to: 1, signature: mina())
  func text(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return "no error"
    } catch { return "\(error)" }
  }
  #expect(
    await text { _ = try await store.versions(of: SafeName("digts")) }
      == "There is no model named 'digts'; did you mean 'digits'? `moru models list` shows all.")
  #expect(
    await text { _ = try await store.version(of: digits(), .number(4)) }
      == "'digits' has no version 4; its newest is 1. `moru models show digits` lists all.")
  #expect(
    await text { _ = try await store.version(of: digits(), .alias(SafeName("champ1on"))) }
      == "'digits' has no alias 'champ1on'; did you mean 'champion'? `moru models show digits` "
      + "lists all.")
  #expect(
    await text {
      try await store.moveAlias(.champion, of: digits(), to: 1, signature: mina())
    } == "The alias 'champion' of 'digits' points to version 1 already. Nothing was changed.")
  #expect(
    await text { _ = try await store.rollBack(.champion, of: digits(), signature: mina()) }
      == "The alias 'champion' of 'digits' has no earlier version. Move it to a version by number.")
  #expect(
    await text {
      try await store.setStage(.candidate, of: digits(), version: 1, signature: mina())
    } == "Version 1 of 'digits' is in stage candidate already. Nothing was changed.")
  #expect(
    await text { _ = try Signature(by: "mina", because: " \n") }
      == "The change has no reason. State who makes it and why; the audit trail keeps both.")
  #expect(
    await text {
      try await store.moveAlias(
        SafeName("other"), of: digits(), to: nil, signature: mina())
    } == "'digits' has no alias 'other'. `moru models show digits` lists all.")
  #expect(try await store.auditTrail(of: digits()).count == 2, "mistakes leave no trace")
}
