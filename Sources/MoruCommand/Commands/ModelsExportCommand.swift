internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruInterop
internal import MoruModels
internal import MoruWorkflow

/// `moru models export`
struct ModelsExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model for others: .onnx, .keras for Keras 3, .h5 for Keras 2.",
    discussion: """
      Layers and weights go. Labels, decisions and the preparation of raw data have no place in \
      files of Keras; in .onnx they are kept for an import into Moru.

      Example: moru models export digits@champion digits.keras
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("The file: NAME.onnx, NAME.keras or NAME.h5.", valueName: "file"))
  var file: String
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    try ModelFile.write(found.model, to: URL(filePath: file))
    let output = Output(isJSON: json)
    output.text("\(found.title) written to \(file)")
    try output.json(["model": found.title, "file": file])
  }
}
