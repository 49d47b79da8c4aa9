import GoldenKit
import MoruData
import MoruForecasting
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruReference
import MoruTensors
import Testing

/// The cases of a kind.
private func cases(_ kind: String) -> [String] {
  GoldenFile.names(in: "forecasting").filter { $0.hasPrefix(kind + "_") }
}

private func expect(_ found: [Double], _ wanted: [Double], tolerance: Double = 1e-10) {
  #expect(found.count == wanted.count)
  for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= tolerance * max(1, abs(b))) }
}

extension GoldenFile {
  fileprivate func numbers(_ name: String) throws -> [Double] { try tensor(name).array() }

  /// What a layer makes of the input, in Float64.
  fileprivate func output(_ layer: some Layer, _ weights: Weights = Weights()) async throws
    -> HostTensor
  {
    var weights = weights
    let output = layer(Tensor(try tensor("input")), &weights)
    return try await ReferenceExecutor().values(of: [output])[0]
  }
}

@Suite("Forecasting agrees with NumPy, SciPy and scikit-learn") struct GoldenForecastTests {
  @Test("in every figure, overall and by step", arguments: cases("figures"))
  func figures(name: String) throws {
    let file = try GoldenFile("forecasting", name)
    let shape = try file.tensor("truth").shape
    let quantiles = try file.config.value("quantiles").list().map { try $0.number() }
    let predicted = try file.numbers("predicted")
    let size = shape.elementCount
    let found = try ForecastFigures(
      truth: NumberTable(file.numbers("truth"), width: shape[1]),
      predicted: quantiles.indices.map {
        try NumberTable(Array(predicted[$0 * size..<($0 + 1) * size]), width: shape[1])
      }, quantiles: quantiles, scales: file.numbers("scales"))
    func listed(_ step: ForecastFigures.Step) throws -> [Double] {
      [
        step.meanAbsoluteError, step.rootMeanSquaredError,
        try #require(step.meanAbsoluteScaledError), step.symmetricPercentageError,
        try #require(step.pinballLoss), try #require(step.coverage), try #require(step.width),
      ]
    }
    expect(try listed(found.overall), try file.numbers("overall"))
    expect(try found.steps.flatMap(listed), try file.numbers("steps"))
  }

  @Test("in Diebold and Mariano's test", arguments: cases("dieboldmariano"))
  func dieboldMariano(name: String) throws {
    let file = try GoldenFile("forecasting", name)
    let found = try #require(
      try DieboldMariano(
        first: file.numbers("first"), second: file.numbers("second"),
        lags: file.config.value("lags").integer()))
    expect([found.statistic], try file.numbers("statistic"))
    expect([found.pValue], try file.numbers("p"), tolerance: 1e-9)
  }

  @Test("in the mean of resampled blocks", arguments: cases("blocks"))
  func blocks(name: String) throws {
    let file = try GoldenFile("forecasting", name)
    let values = try file.numbers("values")
    let bootstrap = Bootstrap(
      seed: 2, forSamples: values.count, blocksOf: try file.config.value("length").integer())
    func mean(_ places: [Int]) -> Double {
      places.reduce(0) { $0 + values[$1] } / Double(places.count)
    }
    let center = mean(Array(values.indices))
    let means = bootstrap.values(count: values.count) { mean($0.places) }
    let variance = means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(means.count)
    let expected = try file.numbers("variance")[0]
    // Of 2000 resamples; other lengths of blocks are off by half and more.
    #expect(means.count == 2000)
    #expect(abs(variance / expected - 1) < 0.12)
    let found = try #require(try bootstrap.estimate(count: values.count, of: mean)).interval
    for (end, wanted) in zip([found.lower, found.upper], try file.numbers("interval")) {
      #expect(abs(end - wanted) < 0.2 * expected.squareRoot())
    }
  }

  @Test("in the bases of N-BEATS", arguments: cases("basis"))
  func basis(name: String) async throws {
    let file = try GoldenFile("forecasting", name)
    let curves = try #require(
      SeriesBasis.Curves(rawValue: file.config.value("curves").text()))
    let layer = SeriesBasis(
      curves, order: try file.config.value("order").integer(),
      length: try file.config.value("length").integer())
    expect(try await file.output(layer).array(), try file.numbers("output"))
  }

  @Test("in the normalization of windows", arguments: cases("normalization"))
  func normalization(name: String) async throws {
    let file = try GoldenFile("forecasting", name)
    let level = try #require(
      ReversibleNormalization.Level(rawValue: file.config.value("level").text()))
    let layer = ReversibleNormalization(
      Sequential([Flatten(), Dense(2, useBias: false)]), center: try file.numbers("center"),
      scale: try file.numbers("scale"), level: level,
      scalesWindows: try file.config.value("scalesWindows").bool())
    let weights = Weights(parameters: ["dense/kernel": Tensor(try file.tensor("kernel"))])
    expect(try await file.output(layer, weights).array(), try file.numbers("output"))
  }

  @Test("in quantiles that cannot cross", arguments: cases("ordered"))
  func ordered(name: String) async throws {
    let file = try GoldenFile("forecasting", name)
    expect(try await file.output(OrderedQuantiles()).array(), try file.numbers("output"))
  }
}
