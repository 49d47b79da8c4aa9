import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruServer
import MoruServing
import MoruTensors
import Testing

/// Serves models on a free port while `body` runs, then stops and waits for the end.
func serving<R: Sendable>(
  _ models: [String: TrainedModel], limits: ServerLimits = ServerLimits(),
  _ body: (Client) async throws -> R
) async throws -> R {
  let host = ModelHost()
  for (name, model) in models.sorted(by: { $0.key < $1.key }) {
    try await host.load(model, name: SafeName(name))
  }
  return try await serving(host, limits: limits) { client, _ in try await body(client) }
}

/// Serves a host's models; `body` may stop the server itself.
func serving<R: Sendable>(
  _ host: ModelHost, limits: ServerLimits = ServerLimits(),
  _ body: (Client, InferenceServer) async throws -> R
) async throws -> R {
  let server = InferenceServer(port: 0, models: host, limits: limits)
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  let running = Task {
    defer { port.finish() }
    try await server.run(stopsOnSignals: false) { port.yield($0) }
  }
  var first = ports.makeAsyncIterator()
  let client = Client(port: try #require(await first.next()))
  let result: R
  do {
    result = try await body(client, server)
  } catch {
    await server.stop()
    try await running.value
    throw error
  }
  await server.stop()
  try await running.value
  return result
}

/// Digits of 8 × 8 from 0 to 16, with weights that a seed decides.
func pictureModel() throws -> TrainedModel {
  let layer = Sequential {
    Rescaling(1.0 / 16)
    Conv2D(4, kernel: 3, activation: .relu)
    Flatten()
    Dense(10, activation: .softmax)
  }
  let input = ModelInput(
    name: "input", dtype: .float32, shape: [8, 8, 1],
    content: InputContent(image: ImageEncoding(height: 8, width: 8, channels: 1, brightest: 16)))
  let output = ModelOutput(
    name: "output", dtype: .float32, shape: [10],
    meaning: .probabilities(labels: (0..<10).map(String.init)))
  return try model(layer, [input], [output])
}

/// A row of a number and a category: `[batch, 3] → [batch, 1]`.
func tableModel() throws -> TrainedModel {
  let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv")
  defer { try? FileManager.default.removeItem(at: file) }
  try Data("size,colour,price\n1.5,red,2\n2.5,blue,3\n".utf8).write(to: file)
  let encoding = try TableEncoding(fitting: Table(at: file), target: "price", task: .regression)
  let input = ModelInput(
    name: "input", dtype: .float32, shape: [3], content: InputContent(table: encoding))
  let output = ModelOutput(
    name: "output", dtype: .float32, shape: [1], meaning: .value(name: "price", unit: "€"))
  return try model(Sequential { Dense(1) }, [input], [output])
}

func model(
  _ layer: any Layer, _ inputs: [ModelInput], _ outputs: [ModelOutput]
) throws -> TrainedModel {
  try TrainedModel(
    layer: layer, weights: layer.declaration(inputs: inputs.map(\.type)).initialValues(seed: 11),
    signature: ModelSignature(inputs: inputs, outputs: outputs))
}

/// A picture that differs from number to number. `[8, 8, 1]`, whole numbers from 0 to 16.
func picture(_ number: Int) -> [Float] {
  (0..<64).map { Float(($0 * (number + 3) + number) % 17) }
}

/// The picture as nested JSON arrays.
func nested(_ picture: [Float]) -> String {
  let rows = (0..<8).map { row in
    "[" + picture[row * 8..<row * 8 + 8].map { "[\($0)]" }.joined(separator: ",") + "]"
  }
  return "[" + rows.joined(separator: ",") + "]"
}

/// Each picture's answer alone, without a server.
func predicted(_ picture: [Float]) async throws -> [Float] {
  let input = try HostTensor(picture, shape: [1, 8, 8, 1])
  return try await picturePredictor.get().predict([input])[0].array(of: Float.self)
}

private let picturePredictor = Result { Predictor(try pictureModel()) }

extension Answer {
  /// Numbers of the answer as they are written, read as Float32.
  func floats(after name: String) throws -> [Float] {
    let start = try #require(text.range(of: "\"\(name)\":")).upperBound
    let end = text[start...].firstIndex { $0 == "}" } ?? text.endIndex
    return text[start..<end].split { "[],".contains($0) }.compactMap { Float($0) }
  }
}
