import MoruCPU
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

@Test func aSmallNetworkLearnsTheDigits() async throws {
  let parts = try Digits.load().trainTestSplit(testFraction: 0.25, stratified: true, seed: 1)
  let trained = try await Digits.cnn.fit(
    parts.train, epochs: 15, batchSize: 32, optimizer: .adam(),
    loss: .sparseCategoricalCrossentropy,
    metrics: [.accuracy], seed: 1)
  let evaluation = try await trained.evaluate(parts.test)
  #expect(evaluation[.accuracy] > 0.93)
  #expect(evaluation.samples == parts.test.count)

  // The same figure, counted on the host from the outputs.
  let outputs = try await trained.predict(parts.test).array(of: Float.self)
  guard case .classes(let classes, _) = parts.test.target else { return }
  let right = classes.indices.filter { row in
    let scores = outputs[row * 10..<row * 10 + 10]
    return scores.firstIndex(of: scores.max() ?? 0) == row * 10 + Int(classes[row])
  }
  #expect(evaluation[.accuracy] == Double(right.count) / Double(classes.count))
}

@Test func theSameSeedGivesTheSameBits() async throws {
  let digits = try Digits.load(count: 300)
  func train(seed: Seed) async throws -> TrainedModel {
    try await Digits.mlp.fit(
      digits, epochs: 2, optimizer: .rmsprop(), loss: .sparseCategoricalCrossentropy, seed: seed)
  }
  let first = try await train(seed: 5)
  #expect(try await train(seed: 5).weights == first.weights)
  #expect(try await train(seed: 6).weights != first.weights)
}

@Test func weightsAreHeldToTheirConstraintsAfterEachUpdate() async throws {
  let digits = try Digits.load(count: 100)
  func lengths(_ constraint: (any Constraint)?, accumulating steps: Int) async throws -> [Float] {
    let model = Sequential {
      Flatten()
      Dense(16, activation: .relu, kernelConstraint: constraint, name: "held")
      Dense(10, activation: .softmax)
    }
    let trained = try await model.fit(
      digits, epochs: 3, batchSize: 20, accumulatingSteps: steps, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy)
    let kernel = try #require(trained.weights["held/kernel"]).array(of: Float.self)
    return (0..<16).map { unit in
      stride(from: unit, to: kernel.count, by: 16).reduce(0) { $0 + kernel[$1] * kernel[$1] }
        .squareRoot()
    }
  }
  #expect(try await lengths(nil, accumulating: 1).allSatisfy { $0 > 0.6 })
  for steps in [1, 2] {
    let held = try await lengths(.maxNorm(0.5), accumulating: steps)
    #expect(held.allSatisfy { $0 <= 0.5 }, "\(held)")
    let unit = try await lengths(.unitNorm, accumulating: steps)
    #expect(unit.allSatisfy { abs($0 - 1) < 1e-5 }, "\(unit)")
  }
}

@Test func theProcessorFollowsTheReference() async throws {
  // 50 is no multiple of the batch size: the last step of the epoch is a short one.
  let digits = try Digits.load(count: 50)
  func train(on executor: any Executor) async throws -> [String: HostTensor] {
    try await Digits.cnn.fit(
      digits, epochs: 1, batchSize: 16, optimizer: .sgd(learningRate: 0.05, momentum: 0.9),
      loss: .sparseCategoricalCrossentropy, on: executor
    ).weights
  }
  let (fast, slow) = (try await train(on: .cpu), try await train(on: .reference))
  for (path, expected) in slow {
    let found = try #require(fast[path]).array(of: Float.self)
    let wanted = try expected.array(of: Float.self)
    let scale = wanted.map { abs($0) }.max() ?? 0
    let error = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
    // The bias before the batch normalization has no gradient but rounding errors.
    #expect(error <= 1e-4 * max(scale, 1e-2), "\(path) differs by \(error)")
  }
}

@Test func everyEpochIsRecordedWithItsFigures() async throws {
  let digits = try Digits.load(count: 200)
  let trained = try await Digits.mlp.fit(
    digits, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
    metrics: [.accuracy], validation: .split(0.25), seed: 2)
  let record = try #require(trained.training)
  #expect(record.epochs.map(\.number) == [1, 2, 3])
  #expect(record.keptEpoch == 3)
  #expect(record.samples == 150)
  for epoch in record.epochs {
    #expect(Set(epoch.figures.keys) == ["loss", "accuracy", "val_loss", "val_accuracy"])
    #expect(epoch.figures.values.allSatisfy { $0.isFinite })
  }
}

@Test func trainingGoesOnFromWhereItStood() async throws {
  let digits = try Digits.load(count: 200)
  let first = try await Digits.mlp.fit(
    digits, epochs: 5, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  let second = try await first.fit(
    digits, epochs: 5, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  let (before, after) = (try await first.evaluate(digits), try await second.evaluate(digits))
  #expect(after.loss < before.loss)
}

@Test func classWeightsMoveTheModelTowardsAClass() async throws {
  let digits = try Digits.load(count: 400)
  func meanScore(_ classWeight: [Int: Double]?) async throws -> Float {
    let trained = try await Digits.mlp.fit(
      digits, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
      classWeight: classWeight)
    let scores = try await trained.predict(digits).array(of: Float.self)
    return stride(from: 3, to: scores.count, by: 10).reduce(0) { $0 + scores[$1] } / 400
  }
  let (weighted, plain) = (try await meanScore([3: 20]), try await meanScore(nil))
  #expect(weighted > 1.5 * plain)
}

@Test func aRegressionFindsALine() async throws {
  let x = HostTensor((0..<256).map { Float($0) / 128 - 1 })
  let line = try Dataset(
    source: "line", features: [.init(values: try x.reshaped(to: [256, 1]))],
    targets: .values(try x.array(of: Float.self).map { 3 * $0 + 0.5 }))
  let trained = try await Sequential { Dense(1) }.fit(
    line, epochs: 60, batchSize: 16, optimizer: .sgd(learningRate: 0.1), loss: .meanSquaredError,
    metrics: [.meanAbsoluteError])
  let kernel = try #require(trained.weights["dense/kernel"]).array(of: Float.self)[0]
  let bias = try #require(trained.weights["dense/bias"]).array(of: Float.self)[0]
  #expect(abs(kernel - 3) < 1e-3 && abs(bias - 0.5) < 1e-3)
  #expect(try await trained.evaluate(line)[.meanAbsoluteError] < 1e-3)
}

@Test func misuseIsToldBeforeAnythingRuns() async throws {
  let digits = try Digits.load(count: 50)
  await #expect(throws: TrainingError.tooManyClasses(classes: 10, outputs: 4)) {
    try await Sequential {
      Flatten()
      Dense(4, activation: .softmax)
    }.fit(digits, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  await #expect(throws: TrainingError.outOfRange("epochs", allowed: "at least 1")) {
    try await Digits.mlp.fit(
      digits, epochs: 0, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  await #expect(throws: TrainingError.outOfRange("batchSize", allowed: "at least 1")) {
    try await Digits.mlp.fit(
      digits, epochs: 1, batchSize: 0, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  await #expect(throws: TrainingError.outOfRange("accumulatingSteps", allowed: "at least 1")) {
    try await Digits.mlp.fit(
      digits, epochs: 1, accumulatingSteps: 0, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy)
  }
  await #expect(throws: TrainingError.outputShape(found: [8, 8, 10], classes: 10)) {
    try await Sequential { Dense(10, activation: .softmax) }.fit(
      digits, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  // Class numbers without names, one for each step of a sequence.
  let tagged = try Dataset(
    source: "tags", features: [.init(values: .zeros([2, 3, 4]))],
    targets: .tensor(try HostTensor([0, 1, 2, 1, 0, 3] as [Int32]).reshaped(to: [2, 3])))
  let error = await #expect(throws: TrainingError.self) {
    try await Dense(3, activation: .softmax).fit(
      tagged, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  #expect(
    error?.description
      == "The targets do not fit sparseCategoricalCrossentropy: a target is class 3, and the output "
      + "has the classes 0..<3. Give the last layer a unit for each class, or ignoreClass for a "
      + "number that means none.")
  let trained = try await Digits.mlp.fit(
    digits, epochs: 1, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  let other = try Dataset(
    source: "bytes", features: [.init(values: .zeros([50, 8, 8, 1], dtype: .uint8))],
    targets: digits.target)
  await #expect(throws: ModelError.self) { try await trained.evaluate(other) }
}

@Test func gradientsOfSeveralStepsUpdateAsOneLargeBatch() async throws {
  // 58 samples: the last update of an epoch has three steps, the last of two samples.
  let digits = try Digits.load(count: 58)
  let layers = Sequential {
    Rescaling(1.0 / 16)
    Flatten()
    Dense(24, activation: .tanh, kernelRegularizer: .l2(0.01))
    Dense(10, activation: .softmax)
  }
  func train(batchSize: Int, accumulatingSteps: Int) async throws -> TrainedModel {
    try await layers.fit(
      digits, epochs: 3, batchSize: batchSize, accumulatingSteps: accumulatingSteps,
      optimizer: .adam(learningRate: .cosineDecay(initial: 0.01)),
      loss: .sparseCategoricalCrossentropy, classWeight: [2: 3], seed: 4)
  }
  let large = try await train(batchSize: 32, accumulatingSteps: 1)
  let small = try await train(batchSize: 8, accumulatingSteps: 4)
  #expect(small.training?.accumulatingSteps == 4)
  for (path, expected) in large.weights {
    let found = try #require(small.weights[path]).array(of: Float.self)
    let wanted = try expected.array(of: Float.self)
    let scale = wanted.map { abs($0) }.max() ?? 0
    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-5 * scale }, "\(path)")
  }
  let other = try await train(batchSize: 8, accumulatingSteps: 1)
  #expect(other.weights["dense/kernel"] != small.weights["dense/kernel"])
  // More steps than an epoch has: one update an epoch.
  let whole = try await train(batchSize: 8, accumulatingSteps: 100)
  let once = try await train(batchSize: 58, accumulatingSteps: 1)
  let (found, wanted) = (
    try #require(whole.weights["dense/bias"]).array(of: Float.self),
    try #require(once.weights["dense/bias"]).array(of: Float.self)
  )
  #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-6 })
}

@Test func everyStepOfAnUpdateDrawsItsOwnRandomNumbers() async throws {
  // Dropout of equal samples: with the same mask in each step the sums would be those of one step.
  let ones = try Dataset(
    source: "ones", features: [.init(values: HostTensor(repeating: Float(1), shape: [16, 6]))],
    targets: .values([Float](repeating: 1, count: 16)))
  func kernel(accumulatingSteps: Int) async throws -> HostTensor? {
    try await Sequential {
      Dropout(0.5)
      Dense(1)
    }.fit(
      ones, epochs: 1, batchSize: 1, accumulatingSteps: accumulatingSteps,
      optimizer: .sgd(learningRate: 1e-3), loss: .meanSquaredError
    ).weights["dense/kernel"]
  }
  let values = try #require(try await kernel(accumulatingSteps: 16)).array(of: Float.self)
  let start = try Sequential {
    Dropout(0.5)
    Dense(1)
  }.declaration(inputs: [TensorType(.float32, [6])])
    .initialValues(seed: Seed(0).child("weights"))["dense/kernel"]?.array(of: Float.self)
  let moved = try zip(values, #require(start)).map { $0 - $1 }
  // One mask would leave about half of the weights where they were.
  #expect(moved.allSatisfy { $0 != 0 })
  #expect(
    try await kernel(accumulatingSteps: 16)?.array(of: Float.self) == values)
}

@Test func aModelOfFewerSamplesThanABatchTrains() async throws {
  let digits = try Digits.load(count: 5)
  let trained = try await Digits.mlp.fit(
    digits, epochs: 1, batchSize: 64, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  #expect(trained.training?.epochs.count == 1)
}

@Test func targetsThatTheLossIsNotMadeForAreTold() async throws {
  let data = try Dataset(
    source: "counts", features: [.init(values: HostTensor.zeros([3, 2]))],
    targets: .values([2, 0, -1]))
  await #expect {
    _ = try await Dense(1).fit(data, epochs: 1, optimizer: .sgd(), loss: .poisson)
  } throws: {
    "\($0)" == "The targets do not fit poisson: a target is -1.0, and the loss is made for numbers "
      + "of at least 0. Use meanSquaredError or huber for numbers of any sign."
  }
}
