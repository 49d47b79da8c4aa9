internal import ArgumentParser
internal import MoruArchive
internal import MoruGraph
internal import MoruLayers
internal import MoruTensors
internal import MoruZoo

/// `moru zoo list`
struct ZooListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every known network with its weights and multiply-adds.",
    discussion: """
      Figures are for the published input and number of classes, in the first of the definitions.

      Example: moru zoo list
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let rows = try Architecture.catalog.map {
      try NetworkJSON($0, $0(), classes: $0.classes, definition: nil)
    }
    let output = Output(isJSON: json)
    if json { return try output.json(["networks": rows]) }
    var table = TextTable(
      ["network", "input", "parameters", "others", "multiply-adds", "definitions"],
      leftColumns: 2)
    for row in rows {
      table.append([
        row.name, "\(Shape(row.input))", row.parameters.grouped, row.state.grouped,
        row.multiplyAdds.grouped, row.definitions.joined(separator: ", "),
      ])
    }
    output.text(table.text)
  }
}

/// A known network as JSON.
struct NetworkJSON: Encodable {
  let name: String
  let input: [Int]
  let classes: Int?
  let parameters: Int
  let state: Int
  let multiplyAdds: Int
  let definition: String
  let definitions: [String]
  let source: String

  /// - Parameters:
  ///   - network: The network.
  ///   - model: The network as it was drawn.
  ///   - classes: How many classes it tells apart; nil without the layers that do.
  ///   - definition: Whose definition it was drawn by; the first one if nil.
  init(
    _ network: Architecture, _ model: Model, classes: Int?, definition: Definition?
  ) throws {
    let declaration = try model.declaration(inputs: model.inputs)
    name = network.name
    input = model.inputs[0].shape.dimensions
    self.classes = classes
    parameters = declaration.parameterCount
    state = declaration.stateCount
    multiplyAdds = try model.multiplyAdds(inputs: model.inputs)
    self.definition = (definition ?? network.definitions[0]).rawValue
    definitions = network.definitions.map(\.rawValue)
    source = network.source
  }
}
