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

  @Test("a student takes and gives what its teacher does, and may start from its weights")
  func surroundings() async throws {
    let (train, test) = try Digits.parts()
    let trained = try await Digits.trained(epochs: 2)
    var signature = trained.signature
    signature.outputs[0].rule = .threshold(0.3, of: 2)
    let teacher = try TrainedModel(
      layer: trained.layer, weights: trained.weights, signature: signature,
      training: trained.training)
    var distillation = Distillation(
      from: teacher, to: trained.layer,
      stage: TrainingStage(epochs: 1, optimizer: .sgd(learningRate: 0)))
    distillation.startingWeights = trained.weights.filter { !$0.key.contains("moving") }
    // Data that do not say how they were read.
    let plain = try Dataset(
      source: "plain", features: train.features, targets: train.targets)
    let student = try await distillation.fit(plain, seed: 2)
    #expect(student.signature == signature)
    #expect(student.weights["wide/kernel"] == trained.weights["wide/kernel"])
    #expect(try await student.predict(test).shape == [300, 10])
    distillation.startingWeights = ["wide/kernels": .zeros([1])]
    let asked = distillation
    await #expect(throws: LayerError.self) { try await asked.fit(plain, seed: 2) }
  }

  @Test("the model's own network, narrower, and another one are students in a search")
  func ways() async throws {
    let (train, test) = try Digits.parts()
    let teacher = try await Digits.trained()
    let stage = TrainingStage(epochs: 2, optimizer: .adam(learningRate: 2e-3))
    var plain = try Student(student, of: teacher, stage: stage)
    plain.title = "student plain"
    let search = CompressionSearch(ways: [Student(widths: [0.5], stage: stage), plain])
    let (before, trials, _) = try await search(
      teacher, learningFrom: train, judgedOn: test, seed: 4)
    #expect(trials.map(\.way) == ["student", "student plain"])
    #expect(trials[0].share == 0.5 && trials[0].drop < 0.06)
    #expect(trials[0].model.weights["stem/kernel"]?.shape == [3, 3, 1, 8])
    #expect(trials[1].model.weights.keys.sorted() == ["classes/bias", "classes/kernel"])
    let left = Double(trials[1].figures.footprint.parameters) / Double(before.footprint.parameters)
    #expect(abs(trials[1].share - (1 - left)) < 1e-12)
    for trial in trials { #expect(trial.model.signature == teacher.signature) }

    let wide = Sequential {
      Flatten()
      Dense(4000, activation: .relu)
      Dense(10, activation: .softmax)
    }
    let count = teacher.weights.values.reduce(0) { $0 + $1.count }
    #expect(throws: CompressionError.largeStudent(weights: 300_010, teachers: count)) {
      try Student(wide, of: teacher, stage: stage)
    }
    #expect(throws: CompressionError.student(found: "[[64]]", needed: "[[10]]")) {
      try Student(Flatten(), of: teacher, stage: stage)
    }
  }

  @Test("a student follows a probability, too")
  func probability() async throws {
    let numbers = Seed(1).uniform(count: 400).map { Float($0 * 2 - 1) }
    let data = try Dataset(
      source: "halves", features: [.init(values: HostTensor(numbers, shape: [200, 2]))],
      targets: .classes(
        (0..<200).map { numbers[2 * $0] > numbers[2 * $0 + 1] ? 1 : 0 }, labels: ["no", "yes"]))
    let stage = TrainingStage(epochs: 30, optimizer: .adam(learningRate: 3e-2))
    let teacher = try await Sequential {
      Dense(16, activation: .relu)
      Dense(1, activation: .sigmoid)
    }.fit(
      data, epochs: stage.epochs, optimizer: stage.optimizer, loss: .binaryCrossentropy,
      metrics: [.accuracy], seed: 1)
    var distillation = Distillation(
      from: teacher, to: Sequential { Dense(1, activation: .sigmoid) }, stage: stage)
    distillation.share = 1
    let student = try await distillation.fit(data, seed: 2)
    #expect(student.signature == teacher.signature)
    let answers = try await student.predict(data).array(of: Float.self)
    let teachers = try await teacher.predict(data).array(of: Float.self)
    let distance = zip(answers, teachers).reduce(0) { $0 + abs($1.0 - $1.1) } / 200
    #expect(distance < 0.2)
    #expect(try await student.evaluate(data)[.accuracy] > 0.9)
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
