internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruInterop
internal import MoruLayers
internal import MoruModels
internal import MoruWorkflow

/// `moru models import`
struct ModelsImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Register a model of another framework: .onnx, or Keras's .keras and .h5.",
    discussion: """
      Pictures go in as picture files if --brightest tells what white is: 255, or 1 for a model \
      that learned from pictures divided by 255.

      Example: moru models import old_digits.h5 --name digits --brightest 1
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var file: String
  @Option(
    help: ArgumentHelp("The name to register it by (default: the file's).", valueName: "name"))
  var name: String?
  @Option(
    help: ArgumentHelp(
      "The names of the classes, in the order of the outputs: one,two,…", valueName: "labels"))
  var labels: String?
  @Option(help: ArgumentHelp("The value of white in pictures: 255 or 1.", valueName: "number"))
  var brightest: Double?
  @Option(
    help: ArgumentHelp(
      "Sizes that the file leaves open: 224,224,3; once for each input.", valueName: "sizes"))
  var inputShape: [String] = []
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let brightest, !(brightest.isFinite && brightest > 0) {
      throw ValidationError("--brightest must be above 0, not \(brightest).")
    }
    _ = try shapes()
  }

  private func shapes() throws -> [[Int]]? {
    guard !inputShape.isEmpty else { return nil }
    return try inputShape.map { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let sizes = parts.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
      guard sizes.count == parts.count, sizes.allSatisfy({ $0 > 0 }) else {
        throw ValidationError("--input-shape must be sizes such as 224,224,3, not '\(text)'.")
      }
      return sizes
    }
  }

  func run() async throws {
    let url = URL(filePath: file)
    let name = try SafeName(name ?? url.deletingPathExtension().lastPathComponent)
    let model = try ModelFile.read(
      url,
      ImportDetails(
        inputShapes: try shapes(),
        labels: labels?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
        brightest: brightest))
    let registration = try await ModelRegistration(
      model, as: name, in: workspace.created().store, run: nil,
      signature: Signature(
        by: currentAuthor, because: "imported from \(url.lastPathComponent)"))
    let version = registration.version
    let output = Output(isJSON: json)
    output.text(
      registration.isUnchanged
        ? "\(name):\(version.number) is this model already; nothing was registered."
        : "\(name):\(version.number) registered: \(model.declaration.parameterCount) parameters.")
    for input in model.signature.inputs { output.text("  takes \(input.name): \(input.wanted)") }
    try output.json(
      ImportJSON(
        model: name.text, version: version.number, champion: registration.champion,
        parameters: model.declaration.parameterCount, signature: model.signature))
  }
}

/// An imported model as JSON.
private struct ImportJSON: Encodable {
  let model: String
  let version: Int
  let champion: Int
  let parameters: Int
  let signature: ModelSignature
}
