import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("What an optimizer keeps") struct OptimizerHandoverTests {
  private func train(
    _ fit: Fit, epochs: Int, _ optimizer: any Optimizer, _ callbacks: [any Callback] = []
  ) async throws -> [String: HostTensor] {
    try await fit(
      Digits.load(count: 96), epochs: epochs, optimizer: optimizer,
      loss: .sparseCategoricalCrossentropy, shuffle: false, callbacks: callbacks
    ).weights
  }

  private static let optimizers: [any Optimizer] = [
    .adam(), .sgd(learningRate: 0.05, momentum: 0.9), .sgd(),
    .rmsprop(momentum: 0.5, centered: true),
  ]

  @Test("is handed to the next training, which ends as one training would", arguments: 0..<4)
  func handedOver(place: Int) async throws {
    let optimizer = Self.optimizers[place]
    let whole = try await train(Digits.mlp.fit, epochs: 3, optimizer)
    let handover = OptimizerHandover()
    let first = try await Digits.mlp.fit(
      Digits.load(count: 96), epochs: 2, optimizer: optimizer,
      loss: .sparseCategoricalCrossentropy, shuffle: false, callbacks: [handover])
    #expect(handover.progress?.step == 6)
    #expect(try await train(first.fit, epochs: 1, optimizer, [handover]) == whole)
    #expect(handover.progress?.step == 9)
    if place != 2 { #expect(try await train(first.fit, epochs: 1, optimizer) != whole) }
  }

  @Test("is refused by an optimizer of another kind, whatever that keeps", arguments: 0..<2)
  func refused(place: Int) async throws {
    let handover = OptimizerHandover()
    _ = try await train(Digits.mlp.fit, epochs: 1, .adam(), [handover])
    // The second keeps as much for each parameter as Adam.
    let others: [any Optimizer] = [.sgd(), .adamax()]
    let kind = ["sgd", "adamax"][place]
    let error = TrainingError.callback(
      "OptimizerHandover",
      reason: "the progress is of adam, and this training's optimizer is \(kind)",
      remedy: "Train with the progress's own optimizer.")
    await #expect(throws: error) {
      try await train(Digits.mlp.fit, epochs: 1, others[place], [handover])
    }
  }

  @Test("is refused by the same optimizer with other settings, by the parameter's name")
  func unlike() async throws {
    let handover = OptimizerHandover()
    _ = try await train(Digits.mlp.fit, epochs: 1, .sgd(momentum: 0.9), [handover])
    await #expect(throws: TrainingError.progress(path: "dense/bias")) {
      try await train(Digits.mlp.fit, epochs: 1, .sgd(), [handover])
    }
  }
}
