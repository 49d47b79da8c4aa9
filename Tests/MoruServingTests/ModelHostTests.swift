import MoruArchive
import MoruGraph
import MoruLayers
import MoruModels
import MoruServing
import MoruTensors
import Testing

@Suite struct ModelHostTests {
  @Test func requestsWithoutAVersionGoToTheDefault() async throws {
    let host = ModelHost(on: GatedExecutor())
    let name = try SafeName("digits")
    #expect(await !host.isReady)
    try await host.load(smallModel(), name: name, version: 1)
    try await host.load(smallModel(), name: name, version: 3, isDefault: false)
    try await host.load(smallModel(), name: name, version: 2)
    #expect(await host.isReady)
    #expect(try await host.model("digits").version == 2)
    #expect(try await host.model("digits", version: "3").version == 3)
    #expect(try await host.versions(of: "digits").map(\.version) == [1, 2, 3])
    #expect(await host.models.map(\.version) == [1, 2, 3])
    #expect(await host.defaults.map(\.version) == [2])
    try await host.stop(name, version: 2)
    #expect(try await host.model("digits").version == 3)
  }

  @Test func unknownModelsAndVersionsAreNamedWithWhatThereIs() async throws {
    let host = ModelHost(on: GatedExecutor())
    let name = try SafeName("digits")
    try await host.load(smallModel(), name: name, version: 4)
    await #expect(throws: ServingError.unknownModel("digit", nearest: "digits", served: ["digits"]))
    {
      try await host.model("digit")
    }
    let far = await #expect(throws: ServingError.self) { try await host.model("../x") }
    #expect(far?.description == "There is no model '../x'. Served are: digits.")
    let version = await #expect(throws: ServingError.self) {
      try await host.model("digits", version: "latest")
    }
    #expect(
      version?.description == "Model 'digits' has no version 'latest'. Served are: 4.")
    await #expect(throws: ServingError.alreadyServed(name, version: 4)) {
      try await host.load(smallModel(), name: name, version: 4)
    }
  }

  @Test func aModelThatDoesNotCompileIsNotServed() async throws {
    let host = ModelHost(on: GatedExecutor(compiles: false))
    let name = try SafeName("digits")
    await #expect(throws: ServingError.failed(name, reason: "nothing compiles here")) {
      try await host.load(smallModel(), name: name)
    }
    #expect(await host.models.isEmpty)
  }

  @Test func aModelThatKeepsStatesIsNotServed() async throws {
    let host = ModelHost(on: GatedExecutor())
    let layer = GRU(2, statefulBatchSize: 1)
    let declaration = try layer.declaration(inputs: [TensorType(.float32, [3, 1])])
    let model = try TrainedModel(
      layer: layer, weights: declaration.initialValues(seed: 0),
      signature: ModelSignature(
        inputs: [ModelInput(name: "x", dtype: .float32, shape: [3, 1], content: InputContent())],
        outputs: [ModelOutput(name: "y", dtype: .float32, shape: [2], meaning: .numbers)]))
    let name = try SafeName("walk")
    let error = await #expect(throws: ServingError.self) { try await host.load(model, name: name) }
    #expect(
      error?.description == "Model 'walk' could not be run: It keeps states from batch to batch, "
        + "which would mix the sequences of different callers. Give its weights to the same "
        + "layers without statefulBatchSize.")
    #expect(await host.models.isEmpty)
  }

  @Test func inputsAreCheckedAgainstTheSignature() throws {
    let signature = try smallModel().signature
    func check(_ inputs: [String: HostTensor]) -> ServingError? {
      do throws(ServingError) {
        _ = try signature.checked(inputs)
        return nil
      } catch { return error }
    }
    #expect(
      check([:])?.description == "Input 'input' is missing. Pass numbers f32[batch, 3].")
    #expect(
      check(["inputs": .zeros([1, 3])])?.description
        == "There is no input 'inputs'. Did you mean 'input'?")
    #expect(
      check(["input": .zeros([1, 4])])?.description
        == "Input 'input' must be of shape [batch, 3], not of shape [1, 4].")
    #expect(check(["input": .zeros([3])]) != nil)
    #expect(
      check(["input": HostTensor(repeating: Float.nan, shape: [1, 3])])
        == .notFinite(input: "input"))
    #expect(
      check(["input": HostTensor(repeating: Double(0.1), shape: [1, 3])])
        == .inexact(input: "input", found: .float64, expected: .float32))
    #expect(check(["input": HostTensor(repeating: Double(0.5), shape: [1, 3])]) == nil)
    #expect(check(["input": HostTensor(repeating: UInt8(200), shape: [1, 3])]) == nil)
    #expect(check(["input": HostTensor(repeating: true, shape: [1, 3])]) == nil)
  }

  @Test(arguments: [
    (HostTensor([Int64(1) << 24 + 1]), DType.float32), (HostTensor([Int64.max]), .float64),
    (HostTensor([-1.0]), .uint8), (HostTensor([256.0]), .uint8), (HostTensor([Int64(2)]), .bool),
    (HostTensor([1.5]), .int64), (HostTensor([Double(Int64.max)]), .int64),
    (HostTensor([Int64(1) << 31]), .int32),
  ])
  func valuesThatWouldChangeAreRefused(_ values: HostTensor, _ dtype: DType) throws {
    let signature = try smallModel().signature.inputs[0]
    let input = ModelInput(
      name: "input", dtype: dtype, shape: [], content: signature.content)
    #expect(throws: ServingError.inexact(input: "input", found: values.dtype, expected: dtype)) {
      try input.checked(values)
    }
  }

  @Test func aHistogramCountsABoundAsWithin() {
    var histogram = Histogram(bounds: [1, 2])
    for value in [0.5, 1, 1.5, 2, 9] { histogram.observe(value) }
    #expect(histogram.counts == [2, 2, 1])
    #expect(histogram.count == 5)
    #expect(histogram.sum == 14)
  }
}
