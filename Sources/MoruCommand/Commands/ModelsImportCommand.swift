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

      A file of weights alone, such as torchvision's as .safetensors, becomes the known network \
      that --network names; pictures go in as they are.

      Example: moru models import old_digits.h5 --name digits --brightest 1
      Example: moru models import resnet18.safetensors --network ResNet18
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var file: String
  @Option(
    help: ArgumentHelp("The name to register it by (default: the file's).", valueName: "name"))
  var name: String?
  @Option(
    help: ArgumentHelp(
      "The known network whose weights the file holds, as `moru zoo list` prints it.",
      valueName: "network"))
  var network: String?
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
    guard network == nil || brightest == nil else {
      throw ValidationError("--brightest stands for itself with --network: white is 255.")
    }
    guard network != nil || URL(filePath: file).pathExtension.lowercased() != "safetensors" else {
      throw ValidationError(
        "\(file) holds weights alone. Name their network by --network; `moru zoo list` prints all.")
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
    let details = ImportDetails(
      inputShapes: try shapes(),
      labels: labels?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
      brightest: brightest)
    let model =
      try network.map { try NetworkFile.read(url, network: $0, details) }
      ?? ModelFile.read(url, details)
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
