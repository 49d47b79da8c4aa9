import MoruArchive
import MoruCPU
import MoruData
import MoruLayers
import MoruModels
import MoruServing
import MoruTensors
import Testing

/// A model of two layers over eight numbers.
private func model(units: Int, seed: Seed) throws -> TrainedModel {
  let layer = Sequential {
    Dense(units, activation: .tanh)
    Dense(3)
  }
  let input = ModelInput(name: "input", dtype: .float32, shape: [8], content: InputContent())
  let declaration = try layer.declaration(inputs: [input.type])
  return try TrainedModel(
    layer: layer, weights: declaration.initialValues(seed: seed),
    signature: ModelSignature(
      inputs: [input],
      outputs: [ModelOutput(name: "output", dtype: .float32, shape: [3], meaning: .numbers)]))
}

/// Several models served by one processor.
@Suite struct SharedProcessorTests {
  @Test(arguments: [1, 2, 3])
  func modelsDoNotDisturbEachOther(threads: Int) async throws {
    let executor = CPUExecutor(threads: threads)
    #expect(executor.threads == threads)
    let models = [try model(units: 300, seed: 1), try model(units: 17, seed: 2)]
    let samples = try HostTensor((0..<8).map { Float($0) / 8 }, shape: [1, 8])
    var alone: [[HostTensor]] = []
    for model in models {
      alone.append(try await Predictor(model, on: CPUExecutor(threads: threads)).predict([samples]))
    }
    let host = ModelHost(on: executor)
    let names = [try SafeName("first"), try SafeName("second")]
    for _ in 0..<2 {
      for (name, model) in zip(names, models) {
        try await host.load(model, name: name, version: 1)
      }
      #expect(await executor.memoryByteCount > 8 * 300 * 4)
      try await withThrowingTaskGroup { group in
        for place in 0..<16 {
          let served = try await host.model(names[place % 2].text)
          group.addTask { (place % 2, try await served.predict(["input": samples])) }
        }
        for try await (place, outputs) in group {
          let expected = try alone[place][0].array(of: Float.self)
          let found = try outputs[0].array(of: Float.self)
          // Requests that meet are answered in one batch, which may round otherwise.
          #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        }
      }
      for name in names { try await host.stop(name, version: 1) }
      // What was served is given back without anything else being computed.
      let end = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < end, await executor.memoryByteCount > 0 { await Task.yield() }
      #expect(await executor.memoryByteCount == 0)
    }
  }
}
