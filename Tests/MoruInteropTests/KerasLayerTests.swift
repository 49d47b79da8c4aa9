import Foundation
import MoruInterop
import MoruLayers
import MoruModels
import MoruTensors
import Testing

/// Every layer goes to Keras and comes back with all of its settings and weights.
@Suite("Every layer in Keras's words")
struct KerasLayerTests {
  @Test(arguments: KerasLayerSample.kinds, ["keras", "h5"])
  func settingsSurvive(kind: String, format: String) async throws {
    guard KerasLayerSample.kinds(for: format).contains(kind) else { return }
    let sample = try KerasLayerSample(kind, for: format)
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "layer.\(format)")
      try KerasFile.write(sample.model, to: url)
      let read = try KerasFile.read(url)
      #expect(read.weights == sample.model.weights)
      #expect(try settings(read.layer) == settings(sample.model.layer))
    }
  }

  /// What a model of one layer says of it, but numbers of identities.
  private func settings(_ model: any Layer) throws -> NSDictionary {
    let encoder = JSONEncoder()
    encoder.userInfo = LayerCatalog.standard.userInfo
    let file = try JSONSerialization.jsonObject(with: encoder.encode(LayerBox(model)))
    let nodes = (file as? [String: Any])?["nodes"] as? [[String: Any]]
    let layers = (file as? [String: Any])?["layers"] as? [[String: Any]]
    let layer = nodes?.first?["layer"] as? [String: Any] ?? layers?.first
    return try #require(layer.map(plain)) as NSDictionary
  }

  private func plain(_ settings: [String: Any]) -> [String: Any] {
    settings.filter { $0.key != "id" }.mapValues { value in
      // Layers in it have names in Keras, if they have none in ours.
      func unnamed(_ inner: [String: Any]) -> [String: Any] {
        plain(inner.filter { $0.key != "name" })
      }
      return switch value {
      case let inner as [String: Any]: unnamed(inner)
      case let list as [[String: Any]]: list.map(unnamed)
      default: value
      }
    }
  }
}
