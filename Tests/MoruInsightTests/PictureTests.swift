import Foundation
import MoruData
import MoruGraph
import MoruInsight
import MoruLayers
import MoruLearners
import MoruModels
import MoruOptimizers
import MoruReport
import MoruTensors
import MoruTraining
import Testing

private enum Digits {
  static func load(count: Int) throws -> Dataset {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Examples/data/digits.csv.gz").standardized
    return try Dataset.csv(at: file, target: "label", shape: [8, 8, 1])
      .subset(Array(0..<count))
  }

  static func trained(epochs: Int = 1) async throws -> TrainedModel {
    try await Sequential {
      Rescaling(1.0 / 16)
      Conv2D(6, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Conv2D(9, kernel: 3, padding: .same, activation: .relu)
      Flatten()
      Dense(10, activation: .softmax)
    }.fit(
      load(count: 300), epochs: epochs, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy)
  }

  static func picture(_ number: Int) throws -> HostTensor {
    try load(count: number + 1).features[0].values.slice(number..<number + 1)
      .reshaped(to: [8, 8, 1])
  }
}

@Suite("Pictures of a network's inside") struct PictureTests {
  @Test("feature maps stand in a grid, each from black to white")
  func maps() async throws {
    let model = try await Digits.trained()
    let grid = try await model.featureMaps(of: "conv2d_1", for: Digits.picture(0))
    // 9 maps of 4 × 4 in 3 rows and columns, with lines between.
    #expect(grid.picture.shape == [16, 16, 1])
    let pixels = try grid.picture.array(of: UInt8.self)
    #expect(pixels[..<16].allSatisfy { $0 == 255 } && pixels.contains(0))
    let large = try await model.featureMaps(
      of: "conv2d_1", for: Digits.picture(0), magnification: 3)
    #expect(large.picture.shape == [40, 40, 1])
    #expect(try ImageFile.decode(large.pngData(), name: "maps") == large.picture)
    // The same numbers as the layer gives.
    let batch = try Digits.picture(0).reshaped(to: [1, 8, 8, 1])
    let outputs = try await model.layerOutputs(of: ["conv2d_1"], for: [batch])
    let values = try #require(outputs["conv2d_1"]).array(of: Float.self)
    let first = stride(from: 0, to: values.count, by: 9).map { values[$0] }
    let (low, high) = (first.min() ?? 0, first.max() ?? 0)
    let wanted = first.map { (value: Float) -> UInt8 in
      let share: Float = (value - low) / (high - low)
      return high > low ? UInt8((share * 255).rounded()) : UInt8(128)
    }
    let found = (1...4).flatMap { row in Array(pixels[row * 16 + 1..<row * 16 + 5]) }
    #expect(found == wanted)
  }

  @Test("maps of all layers come in their order, as wide as asked for")
  func mapsOfAllLayers() async throws {
    let model = try await Digits.trained()
    let all = try await model.featureMaps(for: Digits.picture(0), width: 8)
    #expect(all.map(\.path).contains("conv2d_1") && !all.map(\.path).contains("dense"))
    let one = try await model.featureMaps(
      of: "conv2d_1", for: Digits.picture(0), magnification: 2)
    #expect(all.first { $0.path == "conv2d_1" }?.grid == one)
    let chosen = try await model.featureMaps(for: Digits.picture(0), of: ["conv2d"], width: 1)
    #expect(chosen.map(\.path) == ["conv2d"])
    await #expect(throws: InsightError.outOfRange("width", allowed: "from 1 to 1024")) {
      _ = try await model.featureMaps(for: Digits.picture(0), width: 0)
    }
    let error = await #expect(throws: InsightError.self) {
      _ = try await model.featureMaps(for: Digits.picture(0), of: ["conv2"])
    }
    #expect("\(try #require(error))".contains("Did you mean \"conv2d\"?"))
  }

  @Test("filters share one scale, in colour where they take colours")
  func filters() async throws {
    let grid = try await Digits.trained().filters(of: "conv2d", magnification: 2)
    #expect(grid.picture.shape == [2 * 7 + 1, 3 * 7 + 1, 1])
    let colored = try PictureGrid(.zeros([5, 2, 4, 3]))
    #expect(colored.picture.shape[2] == 3)
    #expect(try Set(colored.picture.array(of: UInt8.self)) == [128, 255])
  }

  @Test("heat is drawn over a picture of its size")
  func heat() async throws {
    let model = try await Digits.trained()
    let picture = try Digits.picture(3)
    let map = try await model.gradCAM(picture)
    #expect(map.values.shape == [8, 8])
    let values = try map.values.array(of: Float.self)
    #expect(values.allSatisfy { (0...1).contains($0) })
    let bare = try map.overlay(on: picture, strength: 0)
    let pixels = try bare.array(of: UInt8.self)
    #expect(bare.shape == [8, 8, 3])
    let isGrey = stride(from: 0, to: pixels.count, by: 3).allSatisfy { place in
      pixels[place] == pixels[place + 2]
    }
    #expect(isGrey)
    #expect(try map.overlay(on: picture, magnification: 4).shape == [32, 32, 3])
    #expect(throws: InsightError.self) { try map.overlay(on: .zeros([8, 9, 1])) }
    let saliency = try await model.saliency(picture, class: 3)
    #expect(try saliency.values.array(of: Float.self).max() == 1)
  }

  @Test("what does not fit is told with a next step")
  func misuse() async throws {
    let model = try await Digits.trained()
    let picture = try Digits.picture(0)
    await #expect(
      throws: InsightError.unknownLayer(
        "conv2",
        known: ["rescaling", "conv2d", "max_pooling2d", "conv2d_1", "flatten", "dense"],
        nearest: "conv2d")
    ) { try await model.gradCAM(picture, layer: "conv2") }
    await #expect(throws: InsightError.unknownClass(10, count: 10)) {
      try await model.gradCAM(picture, class: 10)
    }
    await #expect(throws: InsightError.sample(found: [4, 4, 1], expected: [8, 8, 1])) {
      try await model.gradCAM(.zeros([4, 4, 1]))
    }
    await #expect(throws: InsightError.self) {
      try await model.featureMaps(of: "dense", for: picture)
    }
    #expect(
      "\(InsightError.unknownClass(10, count: 10))"
        == "There is no class 10; the model's output has 10. Pass 0 to 9.")
  }

  @Test("points are drawn along their first two components, in a colour for each label")
  func projection() async throws {
    let model = try await Digits.trained(epochs: 4)
    let digits = try Digits.load(count: 200)
    let outputs = try await model.layerOutputs(of: ["flatten"], for: [digits.features[0].values])
    let points = try #require(outputs["flatten"])
    let components = try PCA(2).components(of: points)
    let labels = try digits.targets[0].tensor.array(of: Int32.self).map { Int($0) }
    let chart = try components.chart(
      of: points, title: "Digits", labels: labels, names: digits.labels ?? [])
    #expect(chart.series.map(\.name) == (0..<10).map(String.init))
    #expect(chart.series.map(\.points.count).reduce(0, +) == 200)
    let svg = chart.svg()
    #expect(svg.contains("component 1, ") && svg.contains("</svg>"))
    // Points of one digit lie nearer to each other than to others.
    let values = try components.projections(of: points).array(of: Float.self).map { Double($0) }
    let rows = stride(from: 0, to: values.count, by: 2).map { Array(values[$0..<$0 + 2]) }
    func spread(_ rows: [[Double]]) -> Double {
      (0..<2).reduce(0.0) { sum, axis in
        let mean = rows.reduce(0) { $0 + $1[axis] } / Double(rows.count)
        return sum + rows.reduce(0) { $0 + ($1[axis] - mean) * ($1[axis] - mean) }
      }
    }
    let within = (0..<10).reduce(0.0) { sum, label in
      sum + spread(labels.indices.filter { labels[$0] == label }.map { rows[$0] })
    }
    #expect(within < 0.6 * spread(rows))
  }
}
