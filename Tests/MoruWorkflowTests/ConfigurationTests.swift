import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
import MoruWorkflow
import Testing

/// A configuration with a mistake, and what is said of it.
struct Misconfiguration: Sendable, CustomTestStringConvertible {
  /// The line that is replaced, from 1.
  let line: Int
  let text: String
  /// Line and column, and a part of the sentence.
  let place: String
  let says: String

  init(_ line: Int, _ text: String, _ place: String, _ says: String) {
    self.line = line
    self.text = text
    self.place = place
    self.says = says
  }

  var testDescription: String { text }

  static let sound = [
    "name: digits",
    "data:",
    "  path: rows.csv",
    "  target: kind",
    "  validation: 0.2",
    "candidates:",
    "  - name: small",
    "    layers:",
    "      - {kind: Dense, units: 4, activation: relu}",
    "      - kind: Conv2D",
    "        filters: 8",
    "        kernelSize: 3",
    "training:",
    "  epochs: 5",
    "  optimizer: {kind: adam, learningRate: 0.001}",
    "  loss: sparseCategoricalCrossentropy",
    "  metrics: [accuracy]",
  ]

  static let all: [Misconfiguration] = [
    .init(1, "nmae: digits", "1:1", "Did you mean \"name\"?"),
    .init(1, "name: a/b", "1:7", "it contains '/'"),
    .init(1, "# no name", "2:1", "\"name\" is missing"),
    .init(3, "  pth: rows.csv", "3:3", "data has no setting \"pth\". Did you mean \"path\"?"),
    .init(5, "  format: cvs", "5:11", "no format named \"cvs\". Did you mean \"csv\"?"),
    .init(3, "  missing: meen", "3:3", "\"path\" is missing"),
    .init(5, "  validation: 0.9", "5:15", "beside test"),
    .init(5, "  validation: lots", "5:15", "must be a number"),
    .init(5, "  validation: .nan", "5:15", "not nan"),
    .init(7, "  - nmae: small", "7:5", "candidate has no setting \"nmae\""),
    .init(12, "        kernelSize: 3\n  - name: other\n    layers: 3", "14:13", "must be a list"),
    .init(
      12, "        kernelSize: 3\n  - {name: other, layers: []}", "13:27", "at least one layer"),
    .init(
      12, "        kernelSize: 3\n  - {name: small, layers: [{kind: Flatten}]}", "13:12",
      "another one"),
    .init(
      9, "      - {kind: Dens, units: 4}", "9:16",
      "no layer named \"Dens\". Did you mean \"Dense\"?"),
    .init(
      9, "      - {kind: Dense, unts: 4}", "9:23",
      "Dense has no setting \"unts\". Did you mean \"units\"?"),
    .init(
      9, "      - {kind: Dense, units: 0}", "9:30", "units must be a whole number of at least 1"),
    .init(9, "      - {kind: Dense, units: four}", "9:30", "must be a whole number"),
    .init(9, "      - {kind: Dense}", "9:9", "\"units\" is missing"),
    .init(9, "      - {kind: Dense, units: 4, activation: rleu}", "9:45", "Did you mean \"relu\"?"),
    .init(11, "        filter: 8", "11:9", "Did you mean \"filters\"?"),
    .init(11, "        filters: 8\n        filters: 9", "11:9", "occurs more than once"),
    .init(11, "       filters: [8", "11:8", "this is not YAML"),
    .init(14, "  epochs: 0", "14:11", "at least 1, not 0"),
    .init(14, "  epochs: 1.5", "14:11", "must be a whole number"),
    .init(14, "  epoch: 5", "14:3", "Did you mean \"epochs\"?"),
    .init(14, "  seed: -1", "14:9", "a whole number of at least 0"),
    .init(14, "  earlyStopping: {patience: 0}", "14:29", "patience must be a whole number"),
    .init(
      14, "  backupAndRestore: {foldr: b}", "14:22",
      "backupAndRestore has no setting \"foldr\". Did you mean \"folder\"?"),
    .init(14, "  backupAndRestore: {frequency: 3}", "14:21", "\"folder\" is missing"),
    .init(14, "  backupAndRestore: backups", "14:21", "must be settings"),
    .init(
      14, "  backupAndRestore: {folder: b, frequency: epochs}", "14:44",
      "no frequency named \"epochs\". Did you mean \"epoch\"?"),
    .init(
      14, "  backupAndRestore: {folder: b, frequency: 0}", "14:44",
      "epoch or a number of steps of at least 1, not 0"),
    .init(14, "  tensorboard: {folder: logs}", "14:3", "Did you mean \"tensorBoard\"?"),
    .init(
      14, "  tensorBoard: {folder: logs, histogramFrequency: -1}", "14:51", "at least 0, not -1"),
    .init(
      14, "  precision: mixed_bfloat61", "14:14",
      "no precision named \"mixed_bfloat61\". Did you mean \"mixed_bfloat16\"?"),
    .init(14, "  classWeight: balance", "14:16", "Did you mean \"balanced\"?"),
    .init(14, "  classWeight: {a: -1}", "14:20", "at least 0"),
    .init(
      15, "  optimizer: {kind: adm}", "15:21", "no optimizer named \"adm\". Did you mean \"adam\"?"),
    .init(
      15, "  optimizer: {kind: adam, learningRate: {kind: cosine}}", "15:48",
      "learning-rate schedule"),
    .init(15, "  optimizer: {kind: adam, beta3: 1}", "15:27", "adam has no setting \"beta3\""),
    .init(16, "  loss: crossentropy", "16:9", "no loss named"),
    .init(16, "  # no loss", "14:3", "\"loss\" is missing"),
    .init(17, "  metrics: [acuracy]", "17:13", "Did you mean \"accuracy\"?"),
    .init(
      17, "  metrics: [accuracy]\nmodel: {layers: [{kind: Flatten}]}", "7:3",
      "left out beside \"model\""),
  ]
}

@Test(arguments: Misconfiguration.all)
func aMistakeIsNamedWithLineAndColumn(mistake: Misconfiguration) throws {
  let folder = try TestFolder()
  var lines = Misconfiguration.sound
  lines[mistake.line - 1] = mistake.text
  try folder.write("config.yaml", lines.joined(separator: "\n"))
  let path = folder.path("config.yaml")
  let error = #expect(throws: WorkflowError.self) { try TrainingConfiguration.load(path) }
  let text = "\(error.map { "\($0)" } ?? "")"
  #expect(text.hasPrefix("\(path):\(mistake.place): "), "\(text)")
  #expect(text.contains(mistake.says), "\(text)")
  #expect(!text.contains("\n"))
}

@Test func aSoundConfigurationHasItsDefaults() throws {
  let folder = try TestFolder()
  try folder.write("config.yaml", Misconfiguration.sound.joined(separator: "\n"))
  let configuration = try TrainingConfiguration.load(folder.path("config.yaml"))
  #expect(configuration.name.text == "digits")
  #expect(configuration.data.path == folder.path("rows.csv"))
  #expect(configuration.data.test == 0.2)
  #expect(configuration.training.batchSize == 32)
  #expect(configuration.training.seed == 0)
  #expect(configuration.training.precision == .float32)
  #expect((configuration.candidates.first?.layers.first?.layer as? Dense)?.units == 4)
}

@Test func precisionIsReadAndPrinted() throws {
  let folder = try TestFolder()
  var lines = Misconfiguration.sound
  lines[13] = "  precision: mixed_bfloat16"
  try folder.write("config.yaml", lines.joined(separator: "\n"))
  let configuration = try TrainingConfiguration.load(folder.path("config.yaml"))
  #expect(configuration.training.precision == .mixedBFloat16)
  try folder.write("again.yaml", configuration.yaml())
  let again = try TrainingConfiguration.load(folder.path("again.yaml"))
  #expect(again.training.precision == .mixedBFloat16)
}

@Test(arguments: ["digits", "diabetes", "film_reviews", "mnist_mlp", "mnist_cnn"])
func theExamplesAreSoundAndReadBackAsPrinted(name: String) throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Examples/\(name).yaml").standardizedFileURL
  let configuration = try TrainingConfiguration.load(file.path)
  let folder = try TestFolder()
  try folder.write("again.yaml", configuration.yaml())
  let again = try TrainingConfiguration.load(folder.path("again.yaml"))
  #expect(try again.yaml() == configuration.yaml())
  #expect(again.candidates.count == configuration.candidates.count)
}

@Test func sharedLayersStaySharedWhenPrinted() throws {
  let folder = try TestFolder()
  try folder.write(
    "config.yaml",
    """
    name: twice
    data: {path: rows.csv, target: kind}
    model:
      layers:
        - {kind: Dense, units: 4, id: 1}
        - {kind: Dense, units: 4, id: 1}
        - {kind: Dense, units: 4}
    training: {loss: meanSquaredError}
    """)
  let configuration = try TrainingConfiguration.load(folder.path("config.yaml"))
  let identities = configuration.candidates[0].layers.map(\.layer.identity)
  #expect(identities[0] == identities[1] && identities[1] != identities[2])
  #expect(try configuration.yaml().split(separator: "\n").count { $0.contains("id: ") } == 2)
}

@Test(arguments: ["", "# nothing", "- 1", "a: [1", "\u{0}", "a: 1\n---\nb: 2", "*x", "[[[[[[[["])
func whatIsNoConfigurationIsRefused(text: String) throws {
  let folder = try TestFolder()
  try folder.write("config.yaml", text)
  #expect(throws: WorkflowError.self) { try TrainingConfiguration.load(folder.path("config.yaml")) }
}

@Test func referencesThatMultiplyAreRefused() throws {
  let folder = try TestFolder()
  var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
  for level in 1..<9 {
    let references = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
    text += "a\(level): &a\(level) [\(references)]\n"
  }
  try folder.write("config.yaml", text)
  #expect(throws: WorkflowError.self) { try TrainingConfiguration.load(folder.path("config.yaml")) }
}
