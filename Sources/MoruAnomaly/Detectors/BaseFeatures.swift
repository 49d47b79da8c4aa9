import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors
import MoruTraining

/// The features of a convolutional base at each place of a picture: maps of several layers, drawn in the
/// size of the largest, one behind the other.
struct BaseFeatures {
  let input: ModelInput
  let start: Symbol
  /// `[height, width, features]`
  let features: Symbol
  let shape: Shape
  /// Those of the base, in order.
  let weights: [HostTensor]

  /// - Parameters:
  ///   - detector: Who asks, for messages.
  ///   - layers: The layers, by their paths; if nil, the last `count` of those at whose ends maps become
  ///     smaller, but of four or more without the very last, which knows most about the base's own task.
  ///   - isSmoothed: Whether each place has the mean of those around it, and maps in between are drawn
  ///     bilinearly; otherwise each place has the nearest one's.
  init(
    for detector: String, of data: Dataset, on base: TransferBase, layers: [String]?,
    count: Int, isSmoothed: Bool
  ) throws {
    guard data.features.count == 1, data.count > 0 else {
      throw AnomalyError.samples(
        detector: detector, found: "\(data.count) samples of \(data.features.count) features",
        needed: "pictures")
    }
    let input = ModelInput(data.signature[0], of: data)
    let maps =
      try layers.map { try base.maps(of: $0, on: input) }
      ?? Self.usual(base.maps(on: input), count: count)
    if let other = maps.first(where: { $0.shape.rank != 3 || $0.shape.elementCount == 0 }) {
      throw AnomalyError.noMaps(layer: other.layer)
    }
    guard let height = maps.map(\.shape[0]).max(), let width = maps.map(\.shape[1]).max() else {
      throw AnomalyError.noMaps(layer: nil)
    }
    let start = Input(input.shape, dtype: input.dtype)
    let drawn = try base.draw(maps.map(\.layer), on: input, from: start)
    let sized = zip(maps, drawn.outputs).map { map, output in
      var output = output
      if isSmoothed { output = AveragePooling2D(3, strides: 1, padding: .same)(output) }
      if Array(map.shape.dropLast()) != [height, width] {
        output = Resizing(height, width, interpolation: isSmoothed ? .bilinear : .nearest)(output)
      }
      return output
    }
    self.input = input
    self.start = start
    features = sized.count == 1 ? sized[0] : Concatenate()(sized)
    shape = [height, width, maps.reduce(0) { $0 + $1.shape[2] }]
    weights = drawn.weights
  }

  private static func usual(_ maps: [FeatureMap], count: Int) -> [FeatureMap] {
    Array((maps.count > 3 ? maps.dropLast() : maps[...]).suffix(count))
  }

  /// Hands over the features of all samples, some samples at a time.
  func forEach(
    _ data: Dataset, on executor: any Executor,
    _ body: (_ features: HostTensor, _ samples: Range<Int>) throws -> Void
  ) async throws {
    let model = try AnomalyScorer(input: input, start: start, score: features, weights: weights)
      .model(named: "features")
    let predictor = Predictor(model, on: executor)
    let values = data.features[0].values
    for first in stride(from: 0, to: data.count, by: Predictor.largestBatch) {
      let samples = first..<min(first + Predictor.largestBatch, data.count)
      try body(try await predictor.predict([values.slice(samples)])[0], samples)
    }
  }

  /// A map of distances in the size of the pictures, its noise smoothed away.
  func picture(_ distances: Symbol, sigma: Double) -> Symbol {
    let drawn = Resizing(input.shape[0], input.shape[1])(distances)
    return GaussianFilter(sigma, name: AnomalyScorer.mapName)(drawn)
  }
}
