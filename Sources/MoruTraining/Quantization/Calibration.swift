import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Finds the ranges of the values that a model's products read.
struct Calibration {
  let model: TrainedModel
  let estimator: RangeEstimator
  let executor: any Executor

  /// Samples in a batch: values of all layers are in memory at once where histograms are needed.
  private static let batchSize = 32

  /// The ranges of the inputs of some weights' products, of one weight all of them together, by the
  /// weights' paths.
  ///
  /// - Parameters:
  ///   - samples: The model's inputs.
  /// - Throws: `TrainingError.noSamples` without samples; `QuantizationError.notFinite` naming the
  ///   weight whose product reads what is not finite.
  func ranges(
    of weights: [String], samples: [HostTensor]
  ) async throws -> [String: QuantizedRange] {
    guard let count = samples.first?.shape.first, count > 0 else { throw TrainingError.noSamples }
    let size = model.statefulBatchSize ?? min(Self.batchSize, count)
    let places = Dictionary(uniqueKeysWithValues: weights.enumerated().map { ($1, $0) })
    let batches = stride(from: 0, to: count, by: size).map { start in
      start..<min(start + size, count)
    }
    let residents = try await executor.place(model.orderedWeights)
    var extremes = [Extremes](repeating: Extremes(estimator), count: weights.count)
    try await visit(batches, of: samples, residents, { [$0.min(), $0.max()] }) { weight, values in
      guard let place = places[weight] else { return }
      let (low, high): ([Float], [Float]) = (try values[0].array(), try values[1].array())
      guard low[0].isFinite, high[0].isFinite else {
        throw QuantizationError.notFinite(weight: weight)
      }
      extremes[place].add(low: low[0], high: high[0])
    }
    if let bins = estimator.binCount {
      var histograms = extremes.map { MagnitudeHistogram(upTo: $0.magnitude, bins: bins) }
      try await visit(batches, of: samples, residents, { [$0] }) { weight, values in
        guard let place = places[weight] else { return }
        histograms[place].add(try values[0].array())
      }
      for place in weights.indices {
        extremes[place].clip(
          to: estimator.limit(of: histograms[place], isSigned: extremes[place].low < 0))
      }
    }
    return Dictionary(
      uniqueKeysWithValues: zip(weights, extremes).map {
        ($0, QuantizedRange(low: $1.low, high: $1.high))
      })
  }

  /// Runs the model on batches and shows what is computed of the input of each product.
  private func visit(
    _ batches: [Range<Int>], of samples: [HostTensor], _ residents: [any Resident],
    _ results: (Tensor) -> [Tensor], _ body: (_ weight: String, [HostTensor]) throws -> Void
  ) async throws {
    var programs: [Int: (program: any Program, weights: [String], counts: Int)] = [:]
    for batch in batches {
      if programs[batch.count] == nil {
        let drawing = model.drawing(batch: batch.count)
        let wanted = drawing.products.map { results($0.input) }
        programs[batch.count] = (
          try await executor.compile(
            drawing.graph(results: wanted.flatMap { $0 }), resident: residents),
          drawing.products.map(\.weight), wanted.first?.count ?? 0
        )
      }
      guard let (program, weights, count) = programs[batch.count] else { continue }
      let values = try await program.run(samples.map { try $0.slice(batch) })
      for (place, weight) in weights.enumerated() {
        try body(weight, Array(values[place * count..<(place + 1) * count]))
      }
    }
  }
}

/// The least and the greatest number of a value, over batches.
private struct Extremes {
  private(set) var low: Float = 0
  private(set) var high: Float = 0
  private let decay: Float?
  private var isEmpty = true

  init(_ estimator: RangeEstimator) {
    if case .movingAverage(let decay) = estimator { self.decay = Float(decay) } else { decay = nil }
  }

  var magnitude: Float { max(abs(low), abs(high)) }

  mutating func add(low newLow: Float, high newHigh: Float) {
    defer { isEmpty = false }
    if isEmpty {
      (low, high) = (newLow, newHigh)
    } else if let decay {
      low = decay * low + (1 - decay) * newLow
      high = decay * high + (1 - decay) * newHigh
    } else {
      (low, high) = (min(low, newLow), max(high, newHigh))
    }
  }

  mutating func clip(to magnitude: Float) {
    (low, high) = (max(low, -magnitude), min(high, magnitude))
  }
}
