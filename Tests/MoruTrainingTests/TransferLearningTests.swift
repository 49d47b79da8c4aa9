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
import Testing

/// A small residual network on digits, trained a little on the even ones.
private enum SmallBase {
  static func network(classes: Int) throws -> Model {
    let start = Input([8, 8, 1])
    var x = Rescaling(1.0 / 16, name: "rescaling")(start)
    x = Conv2D(16, kernel: 3, padding: .same, useBias: false, name: "stem")(x)
    x = Activation(.relu, name: "stem_relu")(BatchNormalization(name: "stem_bn")(x))
    for name in ["one", "two"] {
      var y = Conv2D(16, kernel: 3, padding: .same, useBias: false, name: "\(name)_conv")(x)
      y = BatchNormalization(name: "\(name)_bn")(y)
      x = Activation(.relu, name: "\(name)_out")(Add(name: "\(name)_add")([x, y]))
    }
    let means = GlobalAveragePooling2D(name: "means")(x)
    return try Model(
      inputs: start, outputs: Dense(classes, activation: .softmax, name: "classes")(means))
  }

  /// Digits of some classes.
  static func digits(_ wanted: [Int32], count: Int) throws -> Dataset {
    let all = try Digits.load()
    let classes = try #require(all.classes).indices
    let places = classes.indices.filter { wanted.contains(classes[$0]) }.prefix(count)
    let part = try all.subset(Array(places))
    return try Dataset(
      source: "digits", features: part.features,
      targets: .classes(
        places.map { Int32(wanted.firstIndex(of: classes[$0]) ?? 0) },
        labels: wanted.map { "\($0)" }))
  }

  static func base() async throws -> TrainedModel {
    try await network(classes: 5).fit(
      digits([0, 2, 4, 6, 8], count: 300), epochs: 8, optimizer: .adam(learningRate: 0.01),
      loss: .sparseCategoricalCrossentropy, seed: 1)
  }

  static func odd() throws -> Dataset { try digits([1, 3, 5], count: 90) }
}

private func changed(_ model: TrainedModel, from base: TransferBase) -> Set<String> {
  Set(
    base.model.weights.keys.filter { model.weights["base/\($0)"] != base.model.weights[$0] })
}

@Suite("Transfer learning") struct TransferLearningTests {
  @Test("a base ends before its last dense layer, and falls into blocks")
  func anatomy() async throws {
    let trained = try await SmallBase.base()
    let base = try TransferBase(trained)
    #expect(base.model.signature.outputs.map(\.name) == ["means"])
    #expect(base.blocks.map(\.name) == ["stem_relu", "one_out", "means"])
    #expect(
      base.blocks.map(\.layers) == [
        ["stem", "stem_bn"], ["one_conv", "one_bn"], ["two_conv", "two_bn"],
      ])
    #expect(try base.keeping(blocks: 2).model.signature.outputs.map(\.name) == ["one_out"])
    #expect(try TransferBase(base.model).model.signature.outputs.map(\.name) == ["means"])
    // A shortcut from the input goes around the first convolution.
    let rest = try trained.subModel(outputs: ["means"], inputs: ["stem_relu"])
    #expect(try TransferBase(rest).blocks.map(\.name) == ["one_out", "means"])
    let twice = Dense(4, name: "twice")
    let shared = Sequential {
      twice
      twice
      Dense(4, name: "last")
    }
    let values = try shared.declaration(inputs: [TensorType(.float32, [4])])
      .initialValues(seed: 1)
    let input = ModelInput(name: "x", dtype: .float32, shape: [4], content: InputContent())
    let model = try TrainedModel(
      layer: shared, weights: values,
      signature: ModelSignature(
        inputs: [input],
        outputs: [ModelOutput(name: "y", dtype: .float32, shape: [4], meaning: .numbers)]))
    #expect(try TransferBase(model, features: "y").blocks.map(\.name) == ["last"])
    let repeated = #expect(throws: TrainingError.self) { try TransferBase(model) }
    #expect("\(try #require(repeated))".hasSuffix("Name a layer whose output they are."))
    let error = #expect(throws: TrainingError.self) { try base.keeping(blocks: 4) }
    #expect(
      "\(try #require(error))"
        == "4 of the base's blocks cannot be taken. It has 3: choose from 1 to 3.")
  }

  @Test("the head learns while every weight and statistic of the base stays")
  func headOnly() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let model = try await TransferLearning(
      base: base, headStage: TrainingStage(epochs: 60, optimizer: .adam(learningRate: 0.05))
    ).fit(odd, seed: 3)
    #expect(changed(model, from: base) == [])
    #expect(model.declaration.parameterCount == 16 * 3 + 3)
    #expect(try await model.evaluate(odd)[.accuracy] > 0.8)
    #expect(model.signature.outputs[0].classLabels == ["1", "3", "5"])
    #expect(model.training?.epochs.count == 60)
    #expect(model.training?.dataChecksum == odd.contentHash.hex)
  }

  @Test("what an earlier transfer left as it was learns again when it is tuned")
  func onATransfer() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let stage = TrainingStage(epochs: 1, optimizer: .sgd(learningRate: 0.01))
    let first = try await TransferLearning(base: base, headStage: stage).fit(odd, seed: 3)
    let again = try TransferBase(first)
    let model = try await TransferLearning(
      base: again, headStage: stage, fineTuning: FineTuning(blocks: nil, stage: stage)
    ).fit(odd, seed: 4)
    let learned = changed(model, from: again)
    #expect(learned.contains { $0.hasSuffix("stem/kernel") })
    #expect(!learned.contains { $0.hasSuffix("moving_mean") })
  }

  @Test("tuning changes the last blocks and no statistics, and counts epochs on")
  func tuning() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let model = try await TransferLearning(
      base: base, headStage: TrainingStage(epochs: 2, optimizer: .adam()),
      fineTuning: FineTuning(
        blocks: 1, stage: TrainingStage(epochs: 3, optimizer: .sgd(learningRate: 0.01)))
    ).fit(odd, seed: 3)
    #expect(changed(model, from: base) == ["two_conv/kernel", "two_bn/gamma", "two_bn/beta"])
    #expect(model.training?.epochs.map(\.number) == [1, 2, 3, 4, 5])
  }

  @Test("of both stages the better model is kept where best weights are put back")
  func bestOfBothStages() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    func model(rate: LearningRate, restores: Bool = true) async throws -> TrainedModel {
      let stopping = EarlyStopping(
        monitor: "val_loss", patience: 9, restoreBestWeights: restores)
      var transfer = TransferLearning(
        base: base,
        headStage: TrainingStage(
          epochs: 20, optimizer: .adam(learningRate: 0.05), callbacks: [stopping]),
        fineTuning: FineTuning(
          blocks: 1,
          stage: TrainingStage(
            epochs: 2, optimizer: .sgd(learningRate: rate), callbacks: [stopping])))
      transfer.validation = .split(0.3)
      return try await transfer.fit(odd, seed: 3)
    }
    // Steps so large spoil whatever they touch.
    let spoiled = try await model(rate: 3)
    let record = try #require(spoiled.training)
    let losses = record.epochs.map { $0.figures["val_loss"] ?? .nan }
    let best = try #require(losses.prefix(20).min())
    #expect(losses.suffix(2).allSatisfy { !($0 < best) })
    #expect(record.keptEpoch <= 20 && losses[record.keptEpoch - 1] == best)
    #expect(changed(spoiled, from: base) == [])
    let kept = try await model(rate: 3, restores: false)
    #expect(changed(kept, from: base).contains("two_conv/kernel"))
    // Small steps in the right direction are a gain.
    let tuned = try #require(try await model(rate: 0.001).training)
    let after = tuned.epochs.map { $0.figures["val_loss"] ?? .nan }
    #expect(
      (tuned.keptEpoch > 20) == (after.suffix(2).contains { $0 < after.prefix(20).min() ?? 0 }))
  }

  @Test("features need no targets, and no head for those that there are")
  func featuresAlone() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let transfer = TransferLearning(base: base)
    let wanted = try await transfer.features(of: odd).features
    #expect(try await transfer.features(of: odd.withoutTargets()).features == wanted)
    let tensors = try Dataset(
      source: "tensors", features: odd.features, targets: .tensor(.zeros([odd.count, 4])))
    #expect(try await transfer.features(of: tensors).features == wanted)
    let twice = try Dataset(
      source: "twice",
      features: [odd.features[0], .init(name: "again", values: odd.features[0].values)])
    await #expect(throws: TrainingError.severalFeatures(["input", "again"])) {
      try await transfer.features(of: twice)
    }
  }

  @Test("a head on features that were computed once is the head that learns behind the base")
  func cachedFeatures() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let stage = TrainingStage(epochs: 5, optimizer: .adam(learningRate: 0.05))
    let folder = try TemporaryFolder()
    var transfer = TransferLearning(base: base, headStage: stage)
    transfer.featureFolder = folder.url
    let cached = try await transfer.fit(odd, seed: 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
    #expect(try await transfer.fit(odd, seed: 3).weights == cached.weights)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
    // Other samples have features of their own.
    _ = try await transfer.features(of: odd.subset([0, 1]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)

    let inPlace = try await transfer.layer(for: odd).fit(
      odd, epochs: 5, optimizer: .adam(learningRate: 0.05), loss: .sparseCategoricalCrossentropy,
      startingWeights: Dictionary(
        uniqueKeysWithValues: base.model.weights.map { ("base/\($0.key)", $0.value) }),
      seed: 3)
    let (one, other) = (try await cached.predict(odd), try await inPlace.predict(odd))
    #expect(
      try zip(one.array(of: Float.self), other.array(of: Float.self))
        .allSatisfy { abs($0 - $1) < 1e-4 })
    // The one model answers as the head does on the features.
    let head = try cached.subModel(outputs: ["output"], inputs: ["base/means"])
    let features = try await transfer.features(of: odd).features[0].values
    let answers = try await Predictor(head).predict([features])[0].array(of: Float.self)
    #expect(try zip(answers, one.array(of: Float.self)).allSatisfy { abs($0 - $1) < 1e-6 })

    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted().first)
    try Data("damaged".utf8).write(to: folder.url.appending(path: file))
    await #expect(throws: ArchiveError.self) {
      _ = try await transfer.fit(odd, seed: 3)
      _ = try await transfer.features(of: odd.subset([0, 1]))
    }
  }

  @Test("rates fall from block to block, as a hand computation has it")
  func discriminativeRates() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    func tuned(_ decay: Double) async throws -> TrainedModel {
      try await TransferLearning(
        base: base, headStage: nil,
        fineTuning: FineTuning(
          blocks: nil,
          stage: TrainingStage(
            epochs: 1, batchSize: odd.count, optimizer: .sgd(learningRate: 0.01)),
          rateDecay: decay)
      ).fit(odd, seed: 3)
    }
    // One step of plain descent moves each weight by its rate times its gradient.
    let (alike, falling) = (try await tuned(1), try await tuned(2.6))
    func step(_ model: TrainedModel, _ path: String) throws -> [Double] {
      let before = try #require(base.model.weights[path]).array(of: Float.self)
      let after = try #require(model.weights["base/\(path)"]).array(of: Float.self)
      return zip(before, after).map { Double($1) - Double($0) }
    }
    for (path, factor) in [
      ("two_conv/kernel", 1), ("one_conv/kernel", 1 / 2.6), ("stem/kernel", 1 / 2.6 / 2.6),
      ("stem_bn/beta", 1 / 2.6 / 2.6),
    ] {
      let (whole, part) = (try step(alike, path), try step(falling, path))
      let size = whole.map(abs).max() ?? 0
      #expect(size > 1e-5, "\(path)")
      #expect(
        zip(whole, part).allSatisfy { abs($0 * factor - $1) < 0.01 * size }, "\(path)")
    }
  }

  @Test("numbers, sets of labels and heads of one's own are learned, and changed pictures")
  func otherTargets() async throws {
    let (base, odd) = (try TransferBase(await SmallBase.base()), try SmallBase.odd())
    let stage = TrainingStage(epochs: 2, optimizer: .adam())
    let numbers = try Dataset(
      source: "numbers", features: odd.features,
      targets: .values((0..<odd.count).map { Float($0) / 90 }))
    let regression = try await TransferLearning(base: base, headStage: stage)
      .fit(numbers, seed: 1)
    #expect(regression.signature.outputs[0].meaning == .value(name: "value", unit: nil))
    let tags = try Dataset(
      source: "tags", features: odd.features,
      targets: .labelSets(.zeros([odd.count, 2]), labels: ["a", "b"]))
    let tagger = try await TransferLearning(base: base, headStage: stage).fit(tags, seed: 1)
    #expect(tagger.signature.outputs[0].meaning == .labelSet(labels: ["a", "b"]))
    var own = TransferLearning(
      base: base,
      head: [
        Dropout(0.2), Dense(8, activation: .relu, name: "base"),
        Dense(3, activation: .softmax),
      ],
      headStage: stage, fineTuning: FineTuning(blocks: 2, stage: stage))
    own.augmentation = [HorizontalFlip()]
    own.validation = .split(0.2)
    let model = try await own.fit(odd, seed: 1)
    #expect(changed(model, from: base).contains("one_conv/kernel"))
    #expect(!changed(model, from: base).contains("stem/kernel"))
    #expect(model.training?.epochs.last?.figures["val_loss"] != nil)
    own.augmentation = []
    #expect(try await own.fit(odd, seed: 1).weights["base_1/kernel"]?.shape == [16, 8])
  }

  @Test("pictures come in the range and in any size that the base takes")
  func inputs() async throws {
    let trained = try await SmallBase.base()
    let base = try TransferBase(trained)
    let odd = try SmallBase.odd()
    // White is 16 to the base, and 255 in bytes.
    let pixels = try odd.features[0].values.array(of: Float.self).map { UInt8($0 * 255 / 16) }
    let bytes = try Dataset(
      source: "bytes",
      features: [.init(values: HostTensor(pixels, shape: odd.features[0].values.shape))],
      targets: odd.targets)
    let transfer = TransferLearning(base: base)
    let (one, other) = (
      try await transfer.features(of: odd), try await transfer.features(of: bytes)
    )
    let pairs = try zip(
      one.features[0].values.array(of: Float.self), other.features[0].values.array(of: Float.self))
    #expect(pairs.allSatisfy { abs($0 - $1) < 0.1 })
    let large = try Dataset(
      source: "large",
      features: [.init(values: HostTensor(repeating: Float(1), shape: [2, 12, 10, 1]))],
      targets: .classes([0, 1], labels: ["a", "b"]))
    #expect(try await transfer.features(of: large).features[0].values.shape == [2, 16])
    let coloured = try Dataset(
      source: "colour",
      features: [.init(values: HostTensor(repeating: Float(1), shape: [2, 8, 8, 3]))],
      targets: .classes([0, 1], labels: ["a", "b"]))
    let error = await #expect(throws: TrainingError.self) {
      try await transfer.fit(coloured, seed: 0)
    }
    #expect(
      "\(try #require(error))" == "The base was trained on f32[batch, 8, 8, 1] and does not take "
        + "f32[batch, 8, 8, 3]. Bring the samples to that size, with as many channels.")
  }

  @Test("what cannot be transferred is refused with a next step")
  func errors() async throws {
    let trained = try await SmallBase.base()
    let (base, odd) = (try TransferBase(trained), try SmallBase.odd())
    func refusal(_ transfer: TransferLearning, _ data: Dataset) async throws -> String {
      let error = await #expect(throws: TrainingError.self) {
        try await transfer.fit(data, seed: 0)
      }
      return "\(try #require(error))"
    }
    let unlabelled = try Dataset(source: "none", features: odd.features)
    #expect(
      try await refusal(TransferLearning(base: base), unlabelled).hasPrefix(
        "The samples have no target."))
    let tensors = try Dataset(
      source: "tensors", features: odd.features, targets: .tensor(.zeros([odd.count, 4])))
    #expect(
      try await refusal(TransferLearning(base: base), tensors)
        == "The targets are not one of classes, labels or numbers. Say the head and the objective.")
    #expect(
      try await refusal(TransferLearning(base: base, headStage: nil), odd)
        == "\(TrainingError.nothingToTrain)")
    #expect(
      try await refusal(
        TransferLearning(base: base, fineTuning: FineTuning(blocks: 0)), odd)
        == "0 of the base's blocks cannot be taken. It has 3: choose from 1 to 3.")
    #expect(
      try await refusal(
        TransferLearning(base: base, fineTuning: FineTuning(blocks: 1, rateDecay: 0.5)), odd)
        == "rateDecay must be at least 1. Change it.")
    #expect(
      try await refusal(
        TransferLearning(base: base, headStage: TrainingStage(epochs: 0, optimizer: .adam())), odd)
        == "epochs must be at least 1. Change it.")
    let unknown = #expect(throws: LayerError.self) {
      try TransferBase(trained, features: "one_uot")
    }
    #expect("\(try #require(unknown))".contains("Did you mean \"one_out\"?"))
    let single = try await Sequential {
      Flatten()
      Dense(3, activation: .softmax)
    }.fit(odd, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    #expect(try TransferBase(single).model.signature.outputs.map(\.name) == ["flatten"])
    let bare = try await Dense(3, activation: .softmax).fit(
      Dataset(
        source: "rows", features: [.init(values: .zeros([4, 2]))],
        targets: .classes([0, 1, 2, 0], labels: ["a", "b", "c"])),
      epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
    #expect(throws: TrainingError.self) { try TransferBase(bare) }
  }
}

@Suite("Strategies of transfer") struct TransferStrategyTests {
  private static func data(_ count: Int, classes: Int?) throws -> Dataset {
    try Dataset(
      source: "samples", features: [.init(values: .zeros([count, 1]))],
      targets: classes.map { classes in
        .classes(
          (0..<count).map { Int32($0 % classes) }, labels: (0..<classes).map { "\($0)" })
      } ?? .values((0..<count).map { Float($0) }))
  }

  @Test("few or many samples of like or unlike tasks keep and tune other blocks")
  func table() async throws {
    let base = try TransferBase(await SmallBase.base())
    func strategy(
      _ count: Int, _ classes: Int?, _ similarity: TransferStrategy.Similarity
    ) throws -> TransferStrategy {
      try TransferStrategy(
        for: Self.data(count, classes: classes), on: base, similarity: similarity)
    }
    func blocks(_ strategy: TransferStrategy) -> [Int] {
      [strategy.keptBlocks, strategy.tunedBlocks]
    }
    #expect(try blocks(strategy(999, 2, .similar)) == [3, 0])
    #expect(try blocks(strategy(999, 2, .different)) == [2, 0])
    #expect(try blocks(strategy(1000, 2, .similar)) == [3, 1])
    let all = try strategy(1000, 2, .different)
    #expect(blocks(all) == [3, 3])
    // The first of three blocks is two steps before the last.
    #expect(abs(all.rateDecay * all.rateDecay - 10) < 1e-9)
    #expect(try strategy(4999, nil, .similar).size == .small)
    #expect(try strategy(5000, nil, .similar).size == .large)
    #expect(
      try "\(strategy(120, 3, .different))"
        == "120 samples of 3 classes are few, and the task is different: a new head learns on the "
        + "features of the first 2 of 3 blocks, which stay as they are. The reason: later ones know "
        + "most about the old task.")
    let transfer = try TransferLearning(base: base, following: all)
    #expect(transfer.fineTuning?.blocks == 3 && transfer.base.blocks.count == 3)
    let early = try TransferLearning(base: base, following: strategy(9, 2, .different))
    #expect(early.fineTuning == nil && early.base.blocks.count == 2)
    let forced = try TransferStrategy(
      for: Self.data(9, classes: 2), on: base, similarity: .similar, size: .large)
    #expect(forced.tunedBlocks == 1)
  }

  @Test("likeness is found out by the nearest neighbours of the samples themselves")
  func estimate() async throws {
    let base = try TransferBase(await SmallBase.base())
    let estimate = try await SimilarityEstimate(of: SmallBase.odd(), on: base)
    #expect(estimate.samples == 90 && estimate.earlierBlock == "one_out")
    #expect(estimate.accuracy > estimate.baseline && (0...1).contains(estimate.pValue))
    let isWorse = estimate.earlierAccuracy > estimate.accuracy && estimate.pValue < 0.05
    #expect(estimate.similarity == (isWorse ? .different : .similar))
    #expect("\(estimate)".hasSuffix("The tasks count as \(estimate.similarity.rawValue)."))
    // Labels that have nothing to do with the pictures are told no better than by chance.
    let odd = try SmallBase.odd()
    let random = try Dataset(
      source: "random", features: odd.features,
      targets: .classes((0..<90).map { Int32($0 % 3 == 0 ? 1 : 0) }, labels: ["a", "b"]))
    #expect(try await SimilarityEstimate(of: random, on: base).similarity == .different)
    let numbers = try Dataset(
      source: "numbers", features: odd.features, targets: .values(.init(repeating: 1, count: 90)))
    let error = await #expect(throws: TrainingError.self) {
      try await SimilarityEstimate(of: numbers, on: base)
    }
    #expect("\(try #require(error))".hasSuffix("Say .similar or .different."))
  }
}
