import MoruData
import MoruModels
import MoruTensors
import Testing

@Test func aSampleAloneIsTheSampleInABatch() async throws {
  let predictor = Predictor(try pictureModel())
  let many = pictures(64)
  let together = try await predictor.predict([many])[0].array(of: Float.self)
  for row in [0, 31, 63] {
    let alone = try await predictor.predict([try many.slice(row..<row + 1)])[0]
      .array(of: Float.self)
    for (one, other) in zip(alone, together[row * 10..<row * 10 + 10]) {
      #expect(abs(one - other) <= 1e-6)
    }
  }
}

@Test(arguments: [0, 1, 3, 64, 65, 130])
func anyNumberOfSamplesIsAnswered(count: Int) async throws {
  let output = try await Predictor(try pictureModel()).predict([pictures(count)])[0]
  #expect(output.shape == [count, 10])
  let sums = stride(from: 0, to: count * 10, by: 10).map { start in
    (try? output.array(of: Float.self)[start..<start + 10].reduce(0, +)) ?? 0
  }
  #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
}

@Test func inputsThatDoNotFitAreToldWhatWasExpected() async throws {
  let predictor = Predictor(try pictureModel())
  await #expect(
    throws: ModelError.inputType(
      name: "input", expected: "f32[batch, 8, 8, 1]", found: "f32[2, 8, 8]")
  ) {
    try await predictor.predict([.zeros([2, 8, 8])])
  }
  await #expect(throws: ModelError.self) {
    try await predictor.predict([.zeros([2, 8, 8, 1], dtype: .uint8)])
  }
  await #expect(throws: ModelError.inputNames(expected: ["input"], found: [])) {
    try await predictor.predict([])
  }
}

@Test func picturesAreBroughtToTheInputsSizeAndRange() throws {
  let input = try pictureModel().signature.inputs[0]
  let white = HostTensor(repeating: UInt8(255), shape: [32, 16, 3])
  let encoded = try input.encode(image: white)
  #expect(encoded == HostTensor(repeating: Float(16), shape: [1, 8, 8, 1]))
  #expect(throws: DataError.self) { try input.encode(image: .zeros([2, 2])) }
}

@Test func numbersMayComeWithOrWithoutABatchAxis() throws {
  let input = try pictureModel().signature.inputs[0]
  let numbers = [Double](repeating: 1, count: 64)
  #expect(try input.encode(numbers: numbers, shape: [8, 8, 1]).shape == [1, 8, 8, 1])
  #expect(try input.encode(numbers: numbers, shape: [1, 8, 8, 1]).shape == [1, 8, 8, 1])
  #expect(throws: ModelError.self) { try input.encode(numbers: numbers, shape: [64]) }
  var broken = numbers
  broken[3] = .nan
  #expect(throws: ModelError.notFinite(name: "input")) {
    try input.encode(numbers: broken, shape: [8, 8, 1])
  }
}

@Test func answersAreWorded() throws {
  func output(_ shape: Shape, _ meaning: OutputMeaning) -> ModelOutput {
    ModelOutput(name: "output", dtype: .float32, shape: shape, meaning: meaning)
  }
  let classes = output([2], .probabilities(labels: ["no", "yes"]))
  #expect(
    try classes.judgements(HostTensor([[0.25, 0.75]] as [[Float]]))
      == [.label("yes", probabilities: [("no", 0.25), ("yes", 0.75)])])
  let binary = output([1], .probability(labels: ["no", "yes"]))
  #expect(
    try binary.judgements(HostTensor([[0.25], [0.5]] as [[Float]])) == [
      .label("no", probabilities: [("no", 0.75), ("yes", 0.25)]),
      .label("no", probabilities: [("no", 0.5), ("yes", 0.5)]),
    ])
  let value = output([1], .value(name: "mpg", unit: nil))
  #expect(
    try value.judgements(HostTensor([[21.5]] as [[Float]]))
      == [.value(21.5, name: "mpg", unit: nil)])
  #expect(
    try output([2], .scores(labels: ["a", "b"])).judgements(HostTensor([[3, -1]] as [[Float]]))
      == [.scoredLabel("a", scores: [("a", 3), ("b", -1)])])
}
