public import ArgumentParser
internal import MoruGraph
internal import MoruLayers
internal import MoruTensors
public import MoruZoo

extension Definition: ExpressibleByArgument {}

/// `moru zoo show`
struct ZooShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a known network: layers, weights and multiply-adds.",
    discussion: "Example: moru zoo show MobileNetV2 --size 96 --classes 10")

  @Argument(help: "The network: a name that `moru zoo list` prints.")
  var network: String
  @Option(help: ArgumentHelp("Height and width of pictures, or steps of a text.", valueName: "n"))
  var size: Int?
  @Option(help: ArgumentHelp("Number of classes.", valueName: "n"))
  var classes: Int?
  @Option(help: "Whose definition.")
  var definition: Definition?
  @Flag(help: "Leave out the layers that tell classes apart.")
  var noTop = false
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let network = try Architecture.named(network)
    let published = network.inputShape
    let shape = size.map { size in
      Shape(published.rank == 3 ? [size, size, published[2]] : [size])
    }
    let model = try network(
      inputShape: shape, classes: classes, includeTop: !noTop, definition: definition)
    let output = Output(isJSON: json)
    if json {
      return try output.json(
        NetworkJSON(
          network, model, classes: noTop ? nil : classes ?? network.classes,
          definition: definition))
    }
    let drawn = definition ?? network.definitions[0]
    output.text("\(network.name) as \(drawn.rawValue) defines it; \(network.source)")
    output.section("Layers", try model.summary(inputs: model.inputs))
  }
}
