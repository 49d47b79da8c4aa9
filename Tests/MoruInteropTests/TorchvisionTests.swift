import Foundation
import GoldenKit
import MoruArchive
import MoruInterop
import MoruModels
import MoruTensors
import MoruWorkflow
import Testing

/// Files as the safetensors package writes torchvision's networks, with values that depend on the tensors'
/// names, predict torchvision's scores for these values.
@Suite("Networks of torchvision are read")
struct TorchvisionTests {
  /// A file with the tensors of `Tests/Golden/torch/NAME.header`.
  private static func file(_ name: String, gain: Double) throws -> Data {
    let header = try Data(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Golden/torch/\(name).header").standardizedFileURL)
    let json = try #require(
      JSONSerialization.jsonObject(with: header.dropFirst(8)) as? [String: [String: Any]])
    var shapes: [String: Shape] = [:]
    var ends: [String: (start: Int, end: Int)] = [:]
    for (name, entry) in json {
      let places = try #require(entry["data_offsets"] as? [Int])
      ends[name] = (places[0], places[1])
      // Counts of batches, whole numbers, stay 0.
      guard entry["dtype"] as? String == "F32" else { continue }
      shapes[name] = Shape(try #require(entry["shape"] as? [Int]))
    }
    var values = Data(count: ends.values.map(\.end).max() ?? 0)
    for (name, tensor) in try NamedValues.torchTensors(shapes, gain: gain) {
      let (start, end) = try #require(ends[name])
      let bytes = try tensor.array(of: Float.self).withUnsafeBytes { Data($0) }
      #expect(bytes.count == end - start)
      values.replaceSubrange(start..<end, with: bytes)
    }
    return header + values
  }

  /// The logarithms of ratios to their geometric mean: scores up to a constant.
  private static func scores(_ probabilities: [Float]) -> [Double] {
    let logarithms = probabilities.map { log(Double($0)) }
    return logarithms.map { $0 - logarithms.reduce(0, +) / Double(logarithms.count) }
  }

  @Test(
    "as the safetensors package writes them, and predict the same",
    arguments: ["ResNet18", "MobileNetV2", "SqueezeNet1_1", "MobileNetV3Small", "DenseNet121"])
  func predictions(name: String) async throws {
    let golden = try GoldenFile("zoo", "\(name).torchvision")
    let size = try golden.config.value("size").integer()
    let labels = (0..<10).map { "kind \($0)" }
    let model = try await withTemporaryFolder { folder in
      let url = folder.appending(path: "weights.safetensors")
      try Self.file(name, gain: golden.config.value("gain").number()).write(to: url)
      return try NetworkFile.read(
        url, network: name, ImportDetails(inputShapes: [[size, size, 3]], labels: labels))
    }
    #expect(model.signature.outputs[0].meaning == .probabilities(labels: labels))
    // The network prepares pixels; these come to the picture that torchvision was shown.
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    let picture = try NamedValues.picture([size, size, 3])
    let pixels = try picture.array(of: Float.self).enumerated().map { place, value in
      255 * (value * deviation[place % 3] + mean[place % 3])
    }
    let found = try await Predictor(model).predict([HostTensor(pixels, shape: picture.shape)])[0]
    let wanted = try golden.tensor("scores").converted(to: .float64).array(of: Double.self)
    let middle = wanted.reduce(0, +) / Double(wanted.count)
    let scale = wanted.map { abs($0 - middle) }.max() ?? 1
    for (found, wanted) in zip(Self.scores(try found.array(of: Float.self)), wanted) {
      #expect(abs(found - (wanted - middle)) < 1e-5 * scale)
    }
  }
}
