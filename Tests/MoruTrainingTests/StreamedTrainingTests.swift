import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Synchronization
import Testing

@Suite("Training on streams")
struct StreamedTrainingTests {
  private static let model = Sequential {
    Dense(8, activation: .relu)
    Dense(3, activation: .softmax)
  }

  private static func data(count: Int = 50) throws -> Dataset {
    let numbers = Seed(4).uniform(count: count * 5).map { Float($0) }
    return try Dataset(
      source: "points", features: [.init(values: try HostTensor(numbers, shape: [count, 5]))],
      targets: .classes((0..<count).map { Int32($0 * 7 % 3) }, labels: ["a", "b", "c"]),
      sampleWeights: (0..<count).map { Float(1 + $0 % 2) })
  }

  private static func fit(
    _ stream: SampleStream<Dataset>, epochs: Int = 3, accumulatingSteps: Int = 1,
    stepsPerEpoch: Int? = nil, callbacks: [any Callback] = []
  ) async throws -> TrainedModel {
    try await model.fit(
      stream, epochs: epochs, accumulatingSteps: accumulatingSteps, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
      validation: .data(try data(count: 20)), stepsPerEpoch: stepsPerEpoch, callbacks: callbacks,
      seed: 2)
  }

  @Test("gives the bits of training on the same batches in memory", arguments: [1, 3])
  func likeMemory(accumulatingSteps: Int) async throws {
    let data = try Self.data()
    let streamed = try await Self.fit(
      data.samples.batched(8), accumulatingSteps: accumulatingSteps)
    let inMemory = try await Self.model.fit(
      data, epochs: 3, batchSize: 8, accumulatingSteps: accumulatingSteps, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
      validation: .data(try Self.data(count: 20)), shuffle: false, seed: 2)
    #expect(streamed.weights == inMemory.weights)
    #expect(streamed.signature == inMemory.signature)
    #expect(streamed.training?.epochs.map(\.figures) == inMemory.training?.epochs.map(\.figures))
  }

  @Test("is watched on streams, judged on them and asks about them as in memory")
  func judging() async throws {
    let (data, other) = (try Self.data(), try Self.data(count: 20))
    let made = Mutex(0)
    let watched = other.samples.map { sample in
      made.withLock { $0 += 1 }
      return sample
    }.batched(256)
    let streamed = try await Self.model.fit(
      data, epochs: 2, batchSize: 8, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
      metrics: [.accuracy], validation: .stream(watched), seed: 2)
    let inMemory = try await Self.model.fit(
      data, epochs: 2, batchSize: 8, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
      metrics: [.accuracy], validation: .data(other), seed: 2)
    #expect(streamed.weights == inMemory.weights)
    #expect(streamed.training?.epochs.map(\.figures) == inMemory.training?.epochs.map(\.figures))
    #expect(made.withLock { $0 } == 60, "once to be known, and once an epoch")
    // Batches of several sizes: sums are added up in another order than those of one.
    let batches = data.samples.batched(7)
    let (found, whole) = (try await inMemory.evaluate(batches), try await inMemory.evaluate(data))
    #expect(found.samples == 50 && whole.samples == 50)
    for (name, value) in whole.figures {
      #expect(abs((found.figures[name] ?? .nan) - value) < 1e-6, "\(name)")
    }
    #expect(try await inMemory.predict(batches) == inMemory.predict(data))
    #expect(try await inMemory.predictions(batches) == inMemory.predictions(data))
    let none = SampleStream<Dataset>([])
    await #expect(throws: TrainingError.self) { try await inMemory.evaluate(none) }
    await #expect(throws: TrainingError.self) { try await inMemory.predict(none) }
  }

  /// Keeps what epochs were reported as.
  private struct Reports: Callback {
    let reports = Box()

    final class Box: Sendable { let all = Mutex<[EpochReport]>([]) }

    mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
      reports.all.withLock { $0.append(report) }
    }
  }

  @Test("reports how long steps waited for data")
  func waiting() async throws {
    let (streamed, inMemory) = (Reports(), Reports())
    _ = try await Self.fit(try Self.data().samples.batched(8), callbacks: [streamed])
    _ = try await Self.model.fit(
      try Self.data(), epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
      callbacks: [inMemory])
    let reports = streamed.reports.all.withLock { $0 }
    #expect(reports.count == 3)
    for report in reports {
      let waited = try #require(report.dataSeconds)
      #expect(waited >= 0 && waited <= report.seconds)
    }
    #expect(inMemory.reports.all.withLock { $0.map(\.dataSeconds) } == [nil])
  }

  @Test("goes through passes of their own length in epochs of another")
  func steps() async throws {
    let stream = try Self.data().samples.shuffled(seed: 1).batched(8)
    let long = try await Self.fit(stream, epochs: 1, stepsPerEpoch: 14)
    let short = try await Self.fit(stream, epochs: 2, stepsPerEpoch: 7)
    let odd = try await Self.fit(stream, epochs: 7, stepsPerEpoch: 2)
    #expect(long.weights == short.weights && long.weights == odd.weights)
  }

  /// Ends the training after some steps of an epoch.
  private struct Stop: Error {}

  private struct StopAfter: Callback {
    let epoch: Int
    let step: Int
    var stepInterval: Int? { 1 }

    mutating func stepsEnded(
      _ progress: StepProgress, _ training: TrainingControl
    ) async throws {
      if progress.epoch == epoch, progress.step == step { throw Stop() }
    }
  }

  @Test("goes on in the middle of an epoch as if it had not stopped", arguments: [1, 2, 5])
  func resumes(step: Int) async throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "stream-\(UUID().uuidString).backup")
    defer { try? FileManager.default.removeItem(at: file) }
    let stream = try Self.data().samples.shuffled(seed: 1)
      .map(seed: 3, workers: 2) { sample, seed in
        var changed = sample
        changed.weight = Float(seed.uniform(count: 1)[0])
        return changed
      }.batched(8)
    func callbacks(_ stop: StopAfter?) -> [any Callback] {
      [.backupAndRestore(file.path, frequency: .steps(1)), stop ?? StopAfter(epoch: 99, step: 0)]
    }
    let whole = try await Self.fit(stream, callbacks: callbacks(nil))
    await #expect(throws: Stop.self) {
      try await Self.fit(stream, callbacks: callbacks(StopAfter(epoch: 2, step: step)))
    }
    let resumed = try await Self.fit(stream, callbacks: callbacks(nil))
    #expect(resumed.weights == whole.weights)
    #expect(resumed.training?.epochs == whole.training?.epochs)
  }

  @Test("takes batches of several lengths")
  func lengths() async throws {
    let samples = SampleStream([5, 9, 3, 4, 8, 7, 2, 6]).map { length in
      Sample(
        try HostTensor(
          Seed(UInt64(length)).uniform(count: 2 * length).map { Float($0) }, shape: [length, 2]),
        target: .label(Int32(length % 2), labels: ["even", "odd"]))
    }
    let stream = samples.batched(bucketsUpTo: [4, 7], size: 2)
    let model = Sequential {
      LSTM(4)
      Dense(2, activation: .softmax)
    }
    let trained = try await model.fit(
      stream, epochs: 2, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
      stepsPerEpoch: 4)
    #expect(trained.training?.epochs.count == 2)
  }

  @Test("learns from mixed samples and is judged on whole ones")
  func mixed() async throws {
    let stream = try Self.data().samples.batched(8).mixed([MixUp(alpha: 1)], seed: 1)
    let trained = try await Self.fit(stream)
    #expect(trained.signature.outputs[0].meaning == .probabilities(labels: ["a", "b", "c"]))
    #expect(trained.training?.epochs.last?.figures["val_accuracy"] != nil)
    let plain = try await Self.fit(try Self.data().samples.batched(8))
    #expect(trained.weights != plain.weights)
  }

  @Test("judges large samples in files few at a time, as those in memory")
  func largeSamples() async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "large-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = root.appending(path: "a")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for place in 0..<256 { try Data().write(to: folder.appending(path: "\(place).png")) }
    let made = Mutex(0)
    let files = try SampleFiles(
      ImageFolder(at: root).items, shape: [512, 1024, 1], dtype: .uint8
    ) { item in
      made.withLock { $0 += 1 }
      // Fast readers are given several files at once.
      Thread.sleep(forTimeInterval: 0.001)
      let shade = UInt8(item.url.deletingPathExtension().lastPathComponent) ?? 0
      return try HostTensor(
        [UInt8](repeating: shade, count: 512 * 1024), shape: [512, 1024, 1])
    }
    let samples = try SampleSet(
      source: "large", files: files,
      targets: [.init(values: .classes((0..<256).map { Int32($0 % 2) }, labels: ["a", "b"]))])
    let start = Input([512, 1024, 1], dtype: .uint8)
    let means = GlobalAveragePooling2D()(Rescaling(1 / 255.0)(start))
    let network = try Model(inputs: start, outputs: Dense(2, activation: .softmax)(means))
    let values = try network.declaration(inputs: network.inputs).initialValues(seed: 4)
    let model = try TrainedModel(network, weights: values)
    let objective = Objective(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    let judged = try await model.evaluate(samples, objective: objective)
    // The first batch of 64, and what is read ahead of it, is read once more, to be known.
    let processors = ProcessInfo.processInfo.activeProcessorCount
    #expect(made.withLock { $0 } <= 256 + 2 * (64 + processors))
    let inMemory = try await model.evaluate(samples.loaded(), objective: objective)
    #expect(judged.samples == 256 && abs(inMemory.loss - judged.loss) < 1e-6)
  }

  @Test("refuses streams of unknown length, splits, and streams without batches")
  func refused() async throws {
    let stream = try Self.data().samples.filtered { _ in true }.batched(8)
    await #expect(throws: TrainingError.unknownLength(stream: stream.summary)) {
      try await Self.fit(stream)
    }
    let known = try Self.data().samples.batched(8)
    await #expect(throws: TrainingError.splitStream) {
      try await Self.model.fit(
        known, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
        validation: .split(0.2))
    }
    await #expect(throws: TrainingError.noSamples) {
      try await Self.fit(known.filtered { _ in false })
    }
    #expect("\(TrainingError.unknownLength(stream: "x"))".contains("Say stepsPerEpoch"))
  }

  private struct Broken: Error {}

  @Test("ends with the stream's error")
  func failing() async throws {
    let stream = try Self.data().samples.map(workers: 2) { sample in
      if sample.weight == 2 { throw Broken() }
      return sample
    }.batched(1)
    await #expect(throws: Broken.self) { try await Self.fit(stream) }
  }
}
