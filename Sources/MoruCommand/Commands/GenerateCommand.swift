internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruGenerative
internal import MoruModels
internal import MoruTensors
internal import MoruWorkflow

/// `moru generate`
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Let a model that has learned from texts write one.",
    discussion: """
      Each letter or word is printed as it is drawn, behind the prompt. The same seed writes the same \
      text.

      Example: moru generate plays --prompt 'ROMEO:' --temperature 0.8 --top-p 0.95
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Option(help: ArgumentHelp("What the text begins with.", valueName: "text"))
  var prompt = ""
  @Option(help: ArgumentHelp("Letters or words to write.", valueName: "n"))
  var length = 400
  @Option(
    help: ArgumentHelp(
      "Below 1 likely ones become likelier, above 1 all become more alike; 0 takes the likeliest.",
      valueName: "t"))
  var temperature = 1.0
  @Option(help: ArgumentHelp("Draw among so many of the likeliest.", valueName: "k"))
  var topK: Int?
  @Option(
    help: ArgumentHelp(
      "Draw among the fewest likeliest whose probabilities reach p together.", valueName: "p"))
  var topP: Double?
  @Option(help: ArgumentHelp("Decides every draw.", valueName: "n"))
  var seed: UInt64 = 0
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption

  func validate() throws {
    do {
      _ = try TokenSampling(temperature: temperature, topK: topK, topP: topP)
    } catch .outOfRange(let name, let found, let allowed) {
      let option = ["topK": "--top-k", "topP": "--top-p"][name] ?? "--\(name)"
      throw ValidationError("\(option) must be \(allowed), not \(found).")
    } catch { throw ValidationError("\(error)") }
    if length < 0 { throw ValidationError("--length must be at least 0, not \(length).") }
  }

  func run() async throws {
    let sampling = try TokenSampling(temperature: temperature, topK: topK, topP: topP)
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let writer = try TextWriter(found.model, on: processor.executor)
    let output = FileHandle.standardOutput
    var isBegun = false
    func begin() throws {
      if !isBegun { try output.write(contentsOf: Data(prompt.utf8)) }
      isBegun = true
    }
    // A prompt that the model does not know is refused before anything is printed.
    try await writer.write(
      after: prompt, count: length, sampling: sampling, seed: Seed(seed)
    ) { piece in
      try begin()
      try output.write(contentsOf: Data(piece.utf8))
    }
    try begin()
    try output.write(contentsOf: Data("\n".utf8))
  }
}
