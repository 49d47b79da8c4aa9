import Foundation
import MoruArchive
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors
import Testing

@Suite("Optimizers") struct OptimizerTests {
  private let parameters = ["a": Tensor(HostTensor([1, 2] as [Float])), "b": .ones([2, 2])]

  private func text(_ tree: [String: Tensor]) -> String {
    tree.leaves.compactMap(\.error?.description).first ?? "accepted"
  }

  @Test(
    "state or gradients made for other parameters are an error", arguments: optimizerCatalog.indices
  )
  func misfits(place: Int) {
    let optimizer = optimizerCatalog[place]
    func update(
      _ gradient: [String: Tensor], stateFor others: [String: Tensor]? = nil
    ) -> String {
      var state = optimizer.initialState(for: others ?? parameters)
      return text(optimizer.update(parameters, gradient, &state))
    }
    let wrongGradient = "Pass the gradient with respect to these parameters."
    let wrongState = "its state was not made for these parameters. Make it with initialState(for:)."
    #expect(update(parameters) == "accepted")
    #expect(update(["a": .ones([2])]).contains(wrongGradient))
    #expect(update([:]).contains(wrongGradient))
    #expect(
      update(["a": .ones([2]), "b": .ones([2, 2]), "c": .ones([1])]).contains(wrongGradient))
    #expect(update(["a": .ones([1]), "b": .ones([2, 2])]).contains(wrongGradient))
    #expect(update(parameters, stateFor: ["a": .ones([2])]).contains(wrongState))
    if !optimizer.initialSlots(for: .ones([2])).isEmpty {
      let wide: [String: Tensor] = ["a": .ones([1]), "b": .ones([2, 2])]
      #expect(update(parameters, stateFor: wide).contains(wrongState))
    }
  }

  @Test("an error behind the gradient reaches the result", arguments: optimizerCatalog.indices)
  func failedGradient(place: Int) {
    let optimizer = optimizerCatalog[place]
    let failed = Tensor.failure("loss", [], Mismatch("it fails", "Try again."))
    var state = optimizer.initialState(for: parameters)
    let next = optimizer.update(parameters, ["a": failed, "b": failed], &state)
    #expect(text(next).contains("it fails"))
  }

  @Test("a state of another optimizer is an error")
  func otherOptimizer() {
    var state = SGD().initialState(for: parameters)
    #expect(text(Adam().update(parameters, parameters, &state)).contains("initialState(for:)"))
  }

  @Test("layers may have learning rates of their own, by the longest path that fits")
  func rateFactors() async throws {
    let start: [String: Tensor] = [
      "base/a": .ones([2]), "base/b/c": .ones([2]), "head": .ones([2]),
    ]
    func moved(_ factors: [String: Double]) async throws -> [Float] {
      let optimizer = SGD(learningRate: 0.5).scalingRates(factors)
      var state = optimizer.initialState(for: start)
      let next = optimizer.update(start, start, &state)
      var values: [Float] = []
      for path in next.keys.sorted() {
        values.append(
          try await #require(next[path]).value(on: .reference).array(of: Float.self)[0])
      }
      return values
    }
    #expect(try await moved([:]) == [0.5, 0.5, 0.5])
    #expect(try await moved(["base": 0.5, "base/b": 0]) == [0.75, 1, 0.5])
    func text(_ factors: [String: Double]) -> String {
      let optimizer = SGD().scalingRates(factors)
      var state = optimizer.initialState(for: start)
      return self.text(optimizer.update(start, start, &state))
    }
    #expect(
      text(["bsae": 1]).contains(
        "a learning rate is set for \"bsae\", where nothing is trained. Did you mean \"base\"?"))
    #expect(text(["bas": 1]).contains("Did you mean"))
    let optimizer = SGD().scalingRates(["base": 0.5])
    var state = optimizer.initialState(for: Array(start.values))
    let next = optimizer.update(Array(start.values), Array(start.values), &state)
    #expect(next.first?.error?.description.contains("a dictionary of parameters") == true)
    let data = try JSONEncoder().encode(OptimizerBox(optimizer))
    let back = try JSONDecoder().decode(OptimizerBox.self, from: data).optimizer
    #expect(back.settings.rateFactors == ["base": 0.5])
  }

  @Test("zeros below some paths stay zeros")
  func keptZeros() async throws {
    let start: [String: Tensor] = [
      "a/kernel": Tensor(HostTensor([0, 2] as [Float])),
      "b": Tensor(HostTensor([0, 2] as [Float])),
    ]
    let gradient: [String: Tensor] = ["a/kernel": .ones([2]), "b": .ones([2])]
    let optimizer = SGD(learningRate: 0.5).keepingZeros(["a"])
    var state = optimizer.initialState(for: start)
    let next = optimizer.update(start, gradient, &state)
    #expect(
      try await #require(next["a/kernel"]).value(on: .reference) == HostTensor([0, 1.5] as [Float]))
    #expect(
      try await #require(next["b"]).value(on: .reference) == HostTensor([-0.5, 1.5] as [Float]))
    let wrong = SGD().keepingZeros(["a/kernle"])
    var other = wrong.initialState(for: start)
    #expect(
      text(wrong.update(start, gradient, &other)).contains(
        "zeros are kept for \"a/kernle\", where nothing is trained. Did you mean \"a/kernel\"?"))
    let data = try JSONEncoder().encode(OptimizerBox(optimizer))
    let back = try JSONDecoder().decode(OptimizerBox.self, from: data).optimizer
    #expect(back.settings.keptZeros == ["a"])
  }

  @Test("a factor that callbacks set scales the rate")
  func rateScale() async throws {
    let optimizer = SGD(learningRate: 0.5)
    var state = optimizer.initialState(for: parameters)
    state.rateScale = Tensor(HostTensor(Float(0.25)))
    let next = optimizer.update(parameters, ["a": .ones([2]), "b": .ones([2, 2])], &state)
    let values = try await #require(next["a"]).value(on: .reference)
    #expect(values == HostTensor([0.875, 1.875] as [Float]))
    #expect(try await state.iteration.value(on: .reference) == HostTensor(Int64(1)))
    #expect(try await optimizer.rate(in: state).value(on: .reference) == HostTensor(0.125))
  }

  @Test(
    "another learning rate changes nothing else", arguments: OptimizerCodingTests.optimizers.indices
  )
  func otherRate(place: Int) {
    let optimizer = OptimizerCodingTests.optimizers[place]
    let other = optimizer.withLearningRate(0.75)
    #expect(other.learningRate == 0.75)
    let back = other.withLearningRate(optimizer.learningRate)
    #expect(String(reflecting: back) == String(reflecting: optimizer))
  }

  @Test("Adam's first step is the learning rate, whatever the gradient's size")
  func firstStep() async throws {
    let start = ["w": Tensor(HostTensor([0, 0, 0] as [Float]))]
    let optimizer = Adam(learningRate: 0.001)
    var state = optimizer.initialState(for: start)
    let gradient = ["w": Tensor(HostTensor([1, -1000, 0] as [Float]))]
    let next = optimizer.update(start, gradient, &state)
    let values = try await #require(next["w"]).value(on: .reference).array(of: Float.self)
    // To Float32's precision, which a correction computed in Float32 would miss by 3e-5.
    #expect(abs(values[0] + 0.001 / (1 + 1e-7 / 0.0316227766)) < 1e-9)
    #expect(abs(values[1] - 0.001) < 1e-9)
    #expect(values[2] == 0)
  }
}

@Suite("What optimizers do around a step") struct UpdateSettingsTests {
  /// The weights after each of some steps along given gradients of one number.
  private func run(
    _ optimizer: any Optimizer, _ gradients: [Float]
  ) async throws -> (weights: [Float], state: OptimizerState) {
    var parameters = ["w": Tensor(HostTensor([1] as [Float]))]
    var state = optimizer.initialState(for: parameters)
    var weights: [Float] = []
    for gradient in gradients {
      let slope = optimizer.scaled(Tensor(HostTensor([gradient])), state)
      parameters = optimizer.update(parameters, ["w": slope], &state)
      weights += try await #require(parameters["w"]).value(on: .reference).array(of: Float.self)
    }
    return (weights, state)
  }

  @Test("a constant loss scale changes nothing")
  func constantScale() async throws {
    let plain = try await run(Adam(learningRate: 0.1), [1, -2, 3])
    let scaled = try await run(Adam(learningRate: 0.1).scalingLoss(.constant(1024)), [1, -2, 3])
    #expect(plain.weights == scaled.weights)
  }

  @Test("a dynamic loss scale skips steps that are not finite, and grows again")
  func dynamicScale() async throws {
    let optimizer = SGD(learningRate: 0.5, momentum: 0.5)
      .scalingLoss(.dynamic(initial: 8, growthSteps: 2))
    let (weights, state) = try await run(optimizer, [1, .infinity, .nan, 1, 0, 0])
    #expect(weights == [0.5, 0.5, 0.5, -0.25, -0.625, -0.8125])
    // 8, halved twice, doubled after two good steps, one more good step.
    let scale = try #require(state.lossScale)
    #expect(try await scale.factor.value(on: .reference) == HostTensor(Float(4)))
    #expect(try await state.iteration.value(on: .reference) == HostTensor(Int64(4)))
  }

  @Test("the running mean follows the weights, which it does not change")
  func means() async throws {
    let (weights, state) = try await run(
      SGD(learningRate: 1).averaging(momentum: 0.5), [1, 1, -2])
    #expect(weights == [0, -1, 1])
    // 0, then halfway to −1, then halfway to 1.
    #expect(try await state.means[0].value(on: .reference) == HostTensor([0.25] as [Float]))
  }

  @Test("gradients of infinite length are not made to look finite")
  func infiniteNorm() async throws {
    let clipped = try await run(SGD().clipping(globalNorm: 1), [.nan])
    #expect(clipped.weights[0].isNaN)
  }
}

@Suite("Optimizers in files") struct OptimizerCodingTests {
  static let optimizers: [any Optimizer] =
    optimizerCatalog + [
      SGD(learningRate: 0.1, momentum: 0.9, nesterov: true),
      RMSprop(learningRate: 0.1, rho: 0.8, momentum: 0.7, epsilon: 1e-3, centered: true),
      Adam(learningRate: 0.1, beta1: 0.8, beta2: 0.7, epsilon: 1e-3),
      AdamW(learningRate: 0.1, weightDecay: 0.2, beta1: 0.8, beta2: 0.7, epsilon: 1e-3),
      Adam(learningRate: .cosineDecay(initial: 0.1, steps: 5, alpha: 0.2, warmup: 3)),
      Adam(learningRate: .cosineDecay(initial: 0.1)),
      Adam(
        learningRate: .exponentialDecay(initial: 0.1, steps: 5, rate: 0.9, staircase: true)),
      SGD(learningRate: .inverseTimeDecay(initial: 0.1, steps: 5, rate: 2, staircase: true)),
      SGD(
        learningRate: .polynomialDecay(initial: 0.1, steps: 5, end: 0.01, power: 2, cycles: true)),
      SGD(
        learningRate: .cosineDecayRestarts(
          initial: 0.1, steps: 5, lengthFactor: 3, heightFactor: 0.5, alpha: 0.1)),
      SGD(learningRate: .piecewiseConstantDecay(boundaries: [3, 5], values: [0.1, 0.2, 0.3])),
      SGD(
        learningRate: .oneCycle(
          greatest: 0.1, steps: 50, riseFraction: 0.25, divisor: 5, lastDivisor: 10)),
      Adam(amsgrad: true), AdamW(weightDecay: 0, amsgrad: true),
      SGD().clipping(value: 0.5).decaying(weights: 0.1),
      Adam().clipping(norm: 0.5).averaging(momentum: 0.9, overwriteFrequency: 5),
      Lion(beta1: 0.8, beta2: 0.7).clipping(globalNorm: 1).scalingLoss(.constant(8)),
      Adamax(beta1: 0.8, beta2: 0.7, epsilon: 1e-3).scalingLoss(.dynamic(growthSteps: 7)),
      Nadam(beta1: 0.8, beta2: 0.7, epsilon: 1e-3), Lamb(beta1: 0.8, beta2: 0.7, epsilon: 1e-3),
      Adagrad(initialAccumulator: 0.5, epsilon: 1e-3), Adadelta(rho: 0.5, epsilon: 1e-3),
      Adafactor(beta2Decay: -0.5, epsilon1: 1e-20, epsilon2: 0.1, clipThreshold: 2),
      Ftrl(power: -0.25, initialAccumulator: 0.5, l1: 1, l2: 2, l2Shrinkage: 3, beta: 4),
      Muon(
        weightDecay: 0.1, excludeLayers: ["head"], excludeEmbeddings: false, adamWeightDecay: 0.2,
        momentum: 0.5, nesterov: false, iterations: 3,
        rmsRate: 1, beta1: 0.8, beta2: 0.7, epsilon: 1e-3),
    ]

  @Test("Muon leaves embeddings and the layers that are named to Adam")
  func leftToAdam() async throws {
    let value = Tensor(try HostTensor([[1, -2, 0.5], [0.25, 3, -1]] as [[Double]]))
    let slope = Tensor(try HostTensor([[0.5, 1, -1], [2, 0.125, 0.75]] as [[Double]]))
    func step(_ optimizer: any Optimizer, _ paths: [String]) async throws -> [HostTensor] {
      let parameters = Dictionary(uniqueKeysWithValues: paths.map { ($0, value) })
      var state = optimizer.initialState(for: parameters)
      let next = optimizer.update(parameters, parameters.map { _ in slope }, &state)
      return try await ReferenceExecutor().values(of: paths.compactMap { next[$0] })
    }
    let paths = ["token_embedding/embeddings", "head/kernel", "dense/kernel"]
    let adam = try await step(Adam(epsilon: 1e-7).decaying(weights: 0.004), ["dense/kernel"])[0]
    let some = try await step(Muon(excludeLayers: ["head"]), paths)
    #expect(some[0] == adam)
    #expect(some[1] == adam)
    #expect(some[2] != adam)
    let none = try await step(Muon(excludeEmbeddings: false), paths)
    for value in none { #expect(value == some[2]) }
  }

  private func decoded(_ json: String) throws -> any Optimizer {
    try JSONDecoder().decode([OptimizerBox].self, from: Data("[\(json)]".utf8))[0].optimizer
  }

  private func refusal(_ json: String) -> String {
    do {
      _ = try decoded(json)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("every optimizer and schedule comes back as it was", arguments: optimizers.indices)
  func roundTrip(place: Int) throws {
    let optimizer = Self.optimizers[place]
    let data = try JSONEncoder().encode([OptimizerBox(optimizer)])
    let back = try JSONDecoder().decode([OptimizerBox].self, from: data)[0].optimizer
    #expect(String(reflecting: back) == String(reflecting: optimizer))
  }

  @Test("a name or a kind alone has the standard settings", arguments: optimizerCatalog.indices)
  func defaults(place: Int) throws {
    let standard = optimizerCatalog[place]
    let kind = type(of: standard).kind
    for json in ["\"\(kind)\"", "{\"kind\":\"\(kind)\"}"] {
      #expect(String(reflecting: try decoded(json)) == String(reflecting: standard))
    }
  }

  @Test(
    "what is unknown or out of range is refused with its place and the nearest name",
    arguments: [
      (#""adm""#, #"[0]: There is no optimizer named "adm". Did you mean "adam"?"#),
      (
        #"{"kind":"adam","learningrate":0.1}"#,
        #"[0].learningrate: adam has no setting "learningrate". Did you mean "learningRate"?"#
      ),
      (
        #"{"kind":"adam","beta1":1}"#,
        "[0].beta1: adam: beta1 must be at least 0 and below 1, not 1.0. Change it."
      ),
      (
        #"{"kind":"sgd","momentum":-0.1}"#,
        "[0].momentum: sgd: momentum must be at least 0 and below 1, not -0.1. Change it."
      ),
      (
        #"{"kind":"sgd","clipNorm":0}"#,
        "[0].clipNorm: sgd: clipNorm must be above 0, not 0.0. Change it."
      ),
      (
        #"{"kind":"lion","clipnorm":1}"#,
        #"[0].clipnorm: lion has no setting "clipnorm". Did you mean "clipNorm"?"#
      ),
      (
        #"{"kind":"lamb","emaOverwriteFrequency":3}"#,
        "[0].emaOverwriteFrequency: lamb: emaOverwriteFrequency must be at least 1, beside an "
          + "emaMomentum. Change it."
      ),
      (
        #"{"kind":"sgd","learningRate":{"kind":"piecewiseConstantDecay","boundaries":[3]}}"#,
        "[0].learningRate.values: piecewiseConstantDecay: values must be numbers of at least 0, one "
          + "more than boundaries. Change it."
      ),
      (
        #"{"kind":"sgd","learningRate":-1}"#,
        "[0].learningRate: optimizer: learningRate must be a number of at least 0, not -1.0. "
          + "Change it."
      ),
      (
        #"{"kind":"sgd","learningRate":{"kind":"cosinDecay"}}"#,
        #"[0].learningRate.kind: There is no learning-rate schedule named "cosinDecay". "#
          + #"Did you mean "cosineDecay"?"#
      ),
      (
        #"{"kind":"sgd","learningRate":{"kind":"cosineDecay","rate":0.1}}"#,
        #"[0].learningRate.rate: cosineDecay has no setting "rate". "#
          + "Remove it, or use another: initial, steps, alpha, warmup."
      ),
      (
        #"{"kind":"sgd","learningRate":{"kind":"exponentialDecay","steps":5,"rate":0.5,"warmup":3}}"#,
        #"[0].learningRate.warmup: exponentialDecay has no setting "warmup". "#
          + "Remove it, or use another: initial, steps, rate, staircase."
      ),
      (
        #"{"kind":"sgd","learningRate":{"kind":"cosineDecay","steps":0}}"#,
        "[0].learningRate.steps: cosineDecay: steps must be at least 1. Change it."
      ),
    ])
  func refusals(json: String, text: String) {
    #expect(refusal(json) == text)
  }

  @Test("every file of the folder has a line in the catalogue")
  func catalog() throws {
    func files(_ folder: String) throws -> Set<String> {
      let folder = URL(filePath: #filePath).appending(path: "../../../Sources/\(folder)")
        .standardizedFileURL
      return Set(
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
          .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(".swift".count)) })
    }
    let others = [
      "Catalog", "Fields+Fraction", "LearningRate", "MomentOptimizer", "Optimizer",
      "Optimizer+Update", "OptimizerBox", "OptimizerProgress", "Schedule", "Tensor+Full",
      "UpdateSettings",
    ]
    #expect(
      try Set(files("MoruOptimizers").subtracting(others).map { $0.lowercased() })
        == Set(optimizerCatalog.map { type(of: $0).kind }))
    #expect(
      try files("MoruOptimizers/Schedules") == Set(scheduleCatalog.map { "\(type(of: $0))" }))
  }
}
