import Foundation
import Testing

/// `Benchmarks/results/latest.json`, as `Benchmarks/run` writes it.
private struct Results: Decodable {
  enum Kind: String, Decodable { case train, infer, latency }

  struct Row: Decodable {
    let name: String
    let kind: Kind
    let moruMs: Double
    let peers: [String: Double]
    let bestPeer: String
    let ratio: Double
    let gflops: Double?
    let ceilingFraction: Double?
    let ceilingGflops: Double
    let peakBytes: Int?
  }

  let machine: String
  let ceilingGflops: Double
  let rows: [Row]

  static func latest() throws -> Results {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Results.self, from: Data(contentsOf: root.appending(path: "Benchmarks/results/latest.json")))
  }
}

private let root = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-4 * abs(b) }

@Test func benchmarksHaveEveryRow() throws {
  let networks = ["MobileNetV2", "ResNet-50", "EfficientNet-B0", "VGG16", "CNN", "LSTM"]
  let families = [
    "AlexNet", "SqueezeNet1_1", "DenseNet121", "InceptionV3", "MobileNetV3Large",
    "EfficientNetV2S", "ConvNeXtTiny", "ViT_B16", "Xception", "MobileNet",
  ]
  let expected =
    ["MLP", "MNIST", "CNN", "LSTM", "GRU", "ResNet-18", "MobileNetV2", "Transformer block"].map {
      "\($0) training"
    } + networks.flatMap { ["\($0) inference batch 1", "\($0) inference batch 32"] }
    + families.flatMap { ["\($0) training", "\($0) inference batch 1"] } + [
      "DCGAN step", "2-layer step batch 1", "eager op", "compiled call", "ResNet-50 compile",
      "predict start-up",
    ]
  #expect(try Results.latest().rows.map(\.name).sorted() == expected.sorted())
}

@Test func figuresOfBenchmarksBelongTogether() throws {
  let results = try Results.latest()
  #expect(!results.machine.isEmpty && results.ceilingGflops > 0)
  for row in results.rows {
    let best = try #require(row.peers.min { $0.value < $1.value }, "\(row.name)")
    #expect(row.moruMs > 0 && best.key == row.bestPeer, "\(row.name)")
    #expect(isNear(row.ratio, row.moruMs / best.value), "\(row.name)")
    #expect((row.gflops == nil) == (row.ceilingFraction == nil), "\(row.name)")
    if let gflops = row.gflops, let fraction = row.ceilingFraction {
      #expect(isNear(fraction, gflops / row.ceilingGflops), "\(row.name)")
    }
    #expect((row.peakBytes ?? 0 > 0) == (row.kind == .train), "\(row.name)")
  }
}

@Test func thePageOfPerformanceShowsTheBenchmarks() throws {
  let results = try Results.latest()
  let page = try String(
    contentsOf: root.appending(path: "docs/performance.md"), encoding: .utf8)
  #expect(page.contains(results.machine))
  let lines = page.split(separator: "\n").map { line in
    line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
  }
  for row in results.rows {
    let line = try #require(lines.first { $0.first == row.name }, "\(row.name)")
    #expect(line[1] == threeDigits(row.moruMs), "\(row.name)")
    let best = try #require(row.peers[row.bestPeer])
    #expect(line[2].hasSuffix(" " + threeDigits(best)), "\(row.name)")
    #expect(line[3] == String(format: "%.2f", row.ratio), "\(row.name)")
  }
}

/// As `runner/page.py` writes numbers.
private func threeDigits(_ value: Double) -> String {
  let format = value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3g"
  return String(format: format, value)
}
