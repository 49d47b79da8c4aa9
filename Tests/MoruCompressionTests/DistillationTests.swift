import MoruArchive
import MoruCompression
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Suite struct DistillationTests {
  private let student = Sequential {
    Rescaling(1.0 / 16)
    Flatten()
    Dense(10, activation: .softmax, name: "classes")
  }

  @Test("a student learns labels and answers, and comes out as an ordinary model")
  func student() async throws {
    let (train, test) = try Digits.parts()
    let teacher = try await Digits.trained()
    var distillation = Distillation(
      from: teacher, to: student,
      stage: TrainingStage(epochs: 6, batchSize: 32, optimizer: .adam(learningRate: 1e-2)))
    distillation.validation = .split(0.2)
    let model = try await distillation.fit(train, seed: 2)
    #expect(model.weights.keys.sorted() == ["classes/bias", "classes/kernel"])
    #expect(try await model.evaluate(test)[.accuracy] > 0.8)
    let record = try #require(model.training)
    #expect(record.objective.description == "sparseCategoricalCrossentropy")
    #expect(record.epochs.count == 6)
    let names = record.epochs[0].figures.keys.sorted()
    #expect(names == ["accuracy", "loss", "val_accuracy", "val_loss"])

    // The more the teacher counts, the nearer the student's answers come to its own.
    func distance(_ share: Double) async throws -> Double {
      var other = distillation
      other.share = share
      let answers = try await other.fit(train, seed: 2).predict(test).array(of: Float.self)
      let teachers = try await teacher.predict(test).array(of: Float.self)
      return zip(answers, teachers).reduce(0) { $0 + Double(abs($1.0 - $1.1)) }
    }
    #expect(try await distance(1) < distance(0))
  }

  @Test("with changed samples the teacher sees them changed, too")
  func augmented() async throws {
    let (train, test) = try Digits.parts()
    var distillation = Distillation(
      from: try await Digits.trained(epochs: 2), to: student,
      stage: TrainingStage(epochs: 3, batchSize: 32, optimizer: .adam(learningRate: 1e-2)))
    distillation.augmentation = [Rotate(degrees: 8)]
    let model = try await distillation.fit(train, seed: 2)
    #expect(try await model.evaluate(test)[.accuracy] > 0.7)
    #expect(model.weights == (try await distillation.fit(train, seed: 2)).weights)
  }

  @Test("what does not go together is refused")
  func refusals() async throws {
    let (train, _) = try Digits.parts()
    let teacher = try await Digits.trained(epochs: 1)
    func message(_ change: (inout Distillation) -> Void, _ data: Dataset? = nil) async -> String {
      var distillation = Distillation(from: teacher, to: student)
      change(&distillation)
      let asked = distillation
      let error = await #expect(throws: CompressionError.self) {
        try await asked.fit(data ?? train, seed: 0)
      }
      return error.map { "\($0)" } ?? ""
    }
    #expect(
      await message { $0.temperature = 0 } == "temperature is 0.0, but must be above 0. Change it.")
    #expect(await message { $0.share = 1.5 } == "share is 1.5, but must be from 0 to 1. Change it.")
    let wide = Sequential {
      Flatten()
      Dense(12, activation: .softmax)
    }
    #expect(
      await message { $0.student = wide }
        == "The student gives [12], its teacher [10]. Change the student's last layer.")
    let others = try Dataset(
      source: "letters", features: train.features,
      targets: .classes(
        [Int32](repeating: 0, count: train.count), labels: (0..<10).map { "letter \($0)" }))
    #expect(
      await message({ _ in }, others)
        == "The teacher knows other classes than the data, or in another order.")
  }
}
