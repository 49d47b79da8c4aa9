import MoruData
import MoruLearners
import MoruModels
import MoruTensors
import Testing

@Suite("Naive forecasts") struct SeasonalNaiveTests {
  private func forecast(
    _ learner: SeasonalNaive, windows: HostTensor, horizon: Int
  ) async throws -> [Float] {
    let count = windows.shape[0]
    let targets: Dataset.Targets =
      horizon == 1
      ? .values([Float](repeating: 0, count: count))
      : .tensor(HostTensor.zeros([count, horizon]))
    let data = try Dataset(
      source: "series", features: [Dataset.Feature(values: windows)], targets: targets)
    let model = try await learner.fit(data, seed: 0)
    return try await Predictor(model).predict([windows])[0].array(of: Float.self)
  }

  @Test("repeat the last value, or the last season")
  func seasons() async throws {
    let windows = try HostTensor([[1, 2, 3, 4, 5, 6], [9, 8, 7, 6, 5, 4]] as [[Float]])
    #expect(try await forecast(.lastValue, windows: windows, horizon: 1) == [6, 4])
    #expect(
      try await forecast(.lastValue, windows: windows, horizon: 3) == [6, 6, 6, 4, 4, 4])
    #expect(
      try await forecast(SeasonalNaive(period: 3), windows: windows, horizon: 5)
        == [4, 5, 6, 4, 5, 6, 5, 4, 6, 5])
    #expect(SeasonalNaive.lastValue.name == "last value")
  }

  @Test("look at one feature of windows of several")
  func features() async throws {
    let windows = try HostTensor((0..<12).map(Float.init), shape: [2, 3, 2])
    #expect(
      try await forecast(SeasonalNaive(period: 2, feature: 1), windows: windows, horizon: 2)
        == [3, 5, 9, 11])
  }

  @Test("refuse seasons that the windows do not hold")
  func refusals() async throws {
    let windows = try HostTensor([[1, 2]] as [[Float]])
    await #expect(
      throws: LearnerError.setting(
        learner: "value 3 steps before", name: "period",
        problem: "is longer than the windows of 2 steps")
    ) { _ = try await forecast(SeasonalNaive(period: 3), windows: windows, horizon: 1) }
  }
}
