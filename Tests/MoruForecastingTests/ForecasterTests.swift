import Foundation
import MoruCPU
import MoruData
import MoruForecasting
import MoruGraph
import MoruLayers
import MoruLearners
import MoruMetrics
import MoruModels
import MoruReference
import MoruTensors
import MoruTraining
import Testing

@Suite("Forecasters") struct ForecasterTests {
  static let architectures: [ForecastArchitecture] = [
    .lstm(units: 4), .gru(units: 4), .tcn(filters: 4, dropout: 0), .nbeats(blocks: 2, units: 8),
    .interpretableNBEATS(blocks: 1, units: 8),
  ]

  @Test(
    "learn windows of several features, forecast in order, and come back from a file",
    arguments: architectures)
  func networks(architecture: ForecastArchitecture) async throws {
    let table = try seasonal(count: 80)
    let encoding = try SeriesEncoding(
      fitting: table, target: "승객", time: "월", calendar: [.month], context: 12, horizon: 3)
    let series = try encoding.series(in: table)
    let learner = SplitConformal(
      NormalizedWindows(
        ForecastNetwork(architecture, quantiles: [0.1, 0.5, 0.9], epochs: 3)), level: 0.8)
    let model = try await learner.fit(encoding.windows(of: series), seed: 3).forecasting(encoding)
    #expect(model.signature.outputs[0].meaning == .forecast(quantiles: [0.1, 0.5, 0.9]))
    #expect(model.signature.outputs[0].shape == [3, 3])
    let forecast = try await model.forecast(table)
    #expect(forecast.map(\.series) == ["rows.csv"])
    #expect(forecast[0].times == ["2016-09", "2016-10", "2016-11"])
    let values = forecast[0].values.flatMap { $0 }
    #expect(values.allSatisfy { $0.isFinite })

    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try model.save(folder.path)
    let back = try TrainedModel.load(folder.path)
    #expect(back.signature == model.signature)
    #expect(try await back.forecast(table) == forecast)
  }

  @Test("of convolutions see nothing of later steps", arguments: [1, 2, 3])
  func causality(kernel: Int) async throws {
    let model = try ForecastArchitecture.causalConvolutions(
      filters: 3, kernel: kernel, context: 12, features: 2
    ).allSteps
    var weights = try Self.weights(of: model)
    var values = Seed(1).uniform(count: 24).map { Float($0) }
    func steps() async throws -> [[Float]] {
      let x = Tensor(try HostTensor(values, shape: [1, 12, 2]))
      let output = try await ReferenceExecutor().values(of: [model(x, &weights)])[0]
      let numbers: [Float] = try output.array()
      return (0..<12).map { Array(numbers[$0 * 3..<($0 + 1) * 3]) }
    }
    let before = try await steps()
    for place in 14..<24 { values[place] += 5 }
    let after = try await steps()
    #expect(before[..<7] == after[..<7])
    #expect(before[7] != after[7])
  }

  private static func weights(of model: Model) throws -> Weights {
    var weights = Weights()
    for weight in try model.declaration(inputs: model.inputs).weights {
      let count = weight.type.shape.elementCount
      let values = Seed(7).child(weight.path).uniform(count: count).map { Float($0 - 0.4) }
      weights.parameters[weight.path] = Tensor(try HostTensor(values, shape: weight.type.shape))
    }
    return weights
  }

  @Test(
    "of convolutions give the last of all steps without computing the others",
    arguments: [1, 2, 3, 4], [1, 2, 7, 12, 31, 40])
  func lastStep(kernel: Int, context: Int) async throws {
    for features in [2, 3] {
      let (allSteps, lastStep) = try ForecastArchitecture.causalConvolutions(
        filters: 3, kernel: kernel, context: context, features: features)
      var weights = try Self.weights(of: allSteps)
      let paths = try Self.weights(of: lastStep).parameters.keys.sorted()
      #expect(paths == weights.parameters.keys.sorted())
      let values = Seed(1).uniform(count: 2 * context * features).map { Float($0 - 0.5) }
      let x = Tensor(try HostTensor(values, shape: [2, context, features]))
      let whole = allSteps(x, &weights).sliced(context - 1..<context, axis: 1)
      let outputs = try await ReferenceExecutor().values(
        of: [whole.reshaped(to: [2, 3]), lastStep(x, &weights)])
      #expect(outputs[0].shape == outputs[1].shape)
      let (expected, found) = (
        try outputs[0].array(of: Float.self), try outputs[1].array(of: Float.self)
      )
      #expect(zip(expected, found).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) })
      #expect(expected.contains { $0 > 0 })
    }
  }

  @Test("of a straight line go on straight: drift and the linear model")
  func lines() async throws {
    let table = try table("값\n" + (0..<50).map { "\(3 + 2 * $0)" }.joined(separator: "\n"))
    let encoding = try SeriesEncoding(fitting: table, target: "값", context: 5, horizon: 3)
    let series = try encoding.series(in: table)
    for learner: any Learner in [Drift(), NormalizedWindows(Ridge(alpha: 0))] {
      let model = try await learner.fit(encoding.windows(of: series), seed: 0)
        .forecasting(encoding)
      let values = try await model.forecast(table)[0].values.flatMap { $0 }
      for (found, wanted) in zip(values, [103.0, 105, 107]) { #expect(abs(found - wanted) < 1e-3) }
    }
  }

  @Test("cover about as many true values as their level says, where the future is like the past")
  func coverage() async throws {
    let noise = Seed(5).uniform(count: 900)
    let table = try table("값\n" + noise.map { "\($0)" }.joined(separator: "\n"))
    let encoding = try SeriesEncoding(fitting: table, target: "값", context: 4, horizon: 2)
    let series = try encoding.series(in: table)
    for level in [0.5, 0.9] {
      let result = try await WalkForward(origins: 300).judge(
        SplitConformal(NormalizedWindows(Ridge(), level: .none), level: level), on: series,
        encoding: encoding)
      let share = try #require(result.figures.overall.coverage)
      #expect(abs(share - level) < 0.06)
    }
  }

  @Test("say what intervals need, and what settings may be")
  func refusals() async throws {
    let table = try seasonal(count: 40)
    let encoding = try SeriesEncoding(fitting: table, target: "승객", context: 12, horizon: 6)
    let windows = try encoding.windows(of: encoding.series(in: table))
    #expect(
      await message { _ = try await SplitConformal(Drift(), level: 0.95).fit(windows, seed: 0) }
        == "An interval that covers 95 % takes errors of at least 19 forecasts of the training part, and "
        + "there are 6. Choose a lower level, a shorter horizon or context, or a longer series.")
    #expect(
      await message { _ = try await SplitConformal(Drift(), level: 1).fit(windows, seed: 0) }
        == "level of intervals is 1.0. Choose a number between 0 and 1.")
    #expect(
      await message {
        _ = try await ForecastNetwork(.lstm(), quantiles: [0.9, 0.5]).fit(windows, seed: 0)
      } == "quantiles are [0.9, 0.5]. Choose numbers between 0 and 1 that ascend.")
    #expect(
      await message {
        _ = try await ForecastNetwork(.lstm(units: 0)).fit(windows, seed: 0)
      } == "LSTM has a size below 1. Choose sizes of at least 1.")
  }
}
