import Foundation
import MoruArchive
import Testing

@Test(arguments: ["digits", "a", "0", "_x", "ResNet-50.v2", "숫자-판독기", "ㄱ"])
func safeNamesAreKept(name: String) throws {
  #expect(try SafeName(name).text == name)
  let coded = try JSONEncoder().encode(SafeName(name))
  #expect(try JSONDecoder().decode(SafeName.self, from: coded).text == name)
}

@Test(arguments: [
  ("", "it is empty"), (".", "it begins with '.'"), ("..", "it begins with '.'"),
  (".hidden", "it begins with '.'"), ("-rf", "it begins with '-'"),
  ("a/b", "it contains '/'"), ("a\\b", "it contains '\\'"), ("a b", "it contains ' '"),
  ("a:1", "it contains ':'"), ("a\0", "it contains '\\u{0}'"), ("a\n", "it contains '\\u{a}'"),
  ("é", "it contains 'é'"), ("a\u{202E}b", "it contains '\\u{202e}'"), ("😀", "it contains '😀'"),
  ("digits.moru", "it ends in .moru"), (String(repeating: "a", count: 201), "it has 201 bytes"),
])
func unsafeNamesAreRefused(name: String, reason: String) throws {
  let error = #expect(throws: ArchiveError.self) { try SafeName(name) }
  #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  let coded = try JSONEncoder().encode(name)
  #expect(throws: (any Error).self) { try JSONDecoder().decode(SafeName.self, from: coded) }
}

@Test func hangulHasOneSpelling() throws {
  let decomposed = "\u{1112}\u{1161}\u{11AB}"
  #expect(try SafeName(decomposed).text.unicodeScalars.elementsEqual("한".unicodeScalars))
}

@Test func referencesAreUnderstood() throws {
  let digits = try SafeName("digits")
  #expect(try ModelReference(parsing: "digits") == .registered(digits, .preferred))
  #expect(try ModelReference(parsing: "digits:12") == .registered(digits, .number(12)))
  #expect(try ModelReference(parsing: "digits@champion") == .registered(digits, .alias(.champion)))
  for path in ["./digits", "a/b", "/tmp/x.moru", "digits.moru", ".", "../x:1"] {
    #expect(try ModelReference(parsing: path) == .path(URL(filePath: path)))
  }
  let home = NSHomeDirectory()
  #expect(try ModelReference(parsing: "~/m").description == "\(home)/m")
  for text in ["digits", "digits:12", "digits@champion"] {
    #expect(try ModelReference(parsing: text).description == text)
  }
}

@Test(arguments: [
  "", "digits:", "digits:0", "digits:-1", "digits:+1", "digits:x", "digits:1:2", "digits@", "@a",
  ":1", "digits@a@b", "digits@a:1", "digits:99999999999999999999", "a b", "a\0", "digits:١",
])
func otherReferencesAreRefused(text: String) {
  #expect(throws: ArchiveError.self) { try ModelReference(parsing: text) }
}

@Test func aWrongVersionIsExplained() {
  let error = #expect(throws: ArchiveError.self) { try ModelReference(parsing: "digits:latest") }
  #expect(
    error?.description == """
      'digits:latest' does not name a model: a version is a whole number from 1. Write NAME, \
      NAME:VERSION, NAME@ALIAS or the path of a .moru folder.
      """)
}

@Test func theNearestNameIsFound() {
  let names = ["digits", "letters", "tomato"]
  #expect(nearest("digts", among: names) == "digits")
  #expect(nearest("idgits", among: names) == "digits")
  #expect(nearest("Digits", among: names) == "digits")
  #expect(nearest("digitss", among: names) == "digits")
  #expect(nearest("lettre", among: names) == "letters")
  #expect(nearest("cat", among: names) == nil)
  #expect(nearest("", among: names) == nil)
  #expect(nearest("digits", among: [String]()) == nil)
  #expect(nearest("ba", among: ["ab", "bb"]) == "ab", "a swap counts once; the first one wins")
  #expect(nearest("숫쟈", among: ["숫자"]) == "숫자")
}

@Test func artifactsAreKeptOnceByTheirChecksum() throws {
  try withTemporaryFolder { folder in
    let workspace = try Workspace(creatingAt: folder.appending(path: "work"))
    let data = Data("curve".utf8)
    let checksum = try workspace.storeArtifact(data)
    #expect(try workspace.storeArtifact(data) == checksum)
    #expect(try workspace.loadArtifact(checksum) == data)
    let url = workspace.artifact(checksum)
    #expect(url.path.hasSuffix("/artifacts/\(checksum.hex.prefix(2))/\(checksum.hex)"))
    try Data("curse".utf8).write(to: url)
    let found = Checksum(of: Data("curse".utf8))
    #expect(
      throws: ArchiveError.checksumMismatch(file: url.path, expected: checksum, found: found)
    ) {
      try workspace.loadArtifact(checksum)
    }
  }
}

@Test func aFolderWithoutADatabaseIsNoWorkspace() throws {
  try withTemporaryFolder { folder in
    #expect(throws: ArchiveError.notAWorkspace(path: folder.path)) {
      try Workspace(existingAt: folder)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.isEmpty)
  }
}

@Test func namesInErrorTextsCannotDeceiveATerminal() {
  let error = ArchiveError.unknownModel(
    name: "a\u{1B}[2J\n" + String(repeating: "x", count: 100), nearest: nil)
  #expect(error.description.hasPrefix("There is no model named 'a\\u{1b}[2J\\u{a}xxxx"))
  #expect(error.description.hasSuffix("x…'. `moru models list` shows all."))
}
