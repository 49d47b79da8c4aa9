import MoruData
import MoruModels
import MoruTensors

/// Windows of a series, `[time]` or `[time, features]`, whose forecasts are weighted sums of the series' own
/// values.
struct WindowForecast {
  /// Steps in a window.
  let steps: Int
  /// Steps that are forecast.
  let horizon: Int
  private let features: Int
  private let feature: Int

  /// - Throws: `LearnerError` if the samples are not windows with such a feature.
  init(_ data: Dataset, feature: Int, for learner: some Learner) throws {
    let samples = try Samples(data, for: learner.name)
    horizon = try data.numberAnswers(for: samples).width
    steps = data.signature[0].shape.first ?? 1
    features = samples.width / steps
    self.feature = feature
    guard (0..<features).contains(feature) else {
      throw learner.refusal("feature", "must be one of 0..<\(features), not \(feature)")
    }
  }

  /// The model of the sums.
  ///
  /// - Parameter weights: For each step ahead, from 0, which steps of the window count how much.
  func model(
    by name: String, from data: Dataset, seed: Seed,
    weights: (_ ahead: Int) -> [(step: Int, weight: Double)]
  ) throws -> TrainedModel {
    var kernel = [Double](repeating: 0, count: steps * features * horizon)
    for ahead in 0..<horizon {
      for (step, weight) in weights(ahead) {
        kernel[(step * features + feature) * horizon + ahead] += weight
      }
    }
    var layers = LearnedLayers()
    try layers.append(kernel: kernel, bias: [Double](repeating: 0, count: horizon))
    return try TrainedModel(layers, by: name, from: data, seed: seed, output: .numbers)
  }
}
