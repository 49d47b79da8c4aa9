import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite("The program of a training step") struct TrainingProgramTests {
  private static func model(_ data: Dataset) async throws -> TrainedModel {
    try await Sequential {
      Rescaling(1.0 / 16)
      Flatten()
      Dense(10, activation: .softmax)
    }.fit(data, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }

  @Test("its first result is the loss of the first samples that it is given")
  func loss() async throws {
    let data = try Digits.load(count: 40)
    let model = try await Self.model(data)
    let (program, inputs) = try await model.trainingProgram(batchSize: 32, samples: data)
    let loss = try await program.run(inputs)[0].array(of: Float.self)[0]
    let expected = try await model.evaluate(data.subset(Array(0..<32))).loss
    #expect(abs(Double(loss) - expected) < 1e-6 * expected)

    // Of zeros too, whose loss is another.
    let (empty, zeros) = try await model.trainingProgram(batchSize: 32)
    #expect(try await empty.run(zeros)[0].array(of: Float.self)[0] != loss)
  }

  @Test("fewer samples than a batch has are refused")
  func fewSamples() async throws {
    let data = try Digits.load(count: 40)
    let model = try await Self.model(data)
    await #expect(throws: TrainingError.outOfRange("batchSize", allowed: "1 to the 40 samples")) {
      _ = try await model.trainingProgram(batchSize: 41, samples: data)
    }
  }
}
