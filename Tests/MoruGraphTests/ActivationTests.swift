import Foundation
import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct ActivationTests {
  private static let points = [-6.5, -2, -0.3, 0, 0.4, 1.7, 7]

  @Test(
    "activations are their closed forms",
    arguments: [
      Activation("relu", { relu($0) }, { max($0, 0) }),
      Activation("relu6", { relu6($0) }, { min(max($0, 0), 6) }),
      Activation("leakyRelu", { leakyRelu($0) }, { $0 > 0 ? $0 : 0.2 * $0 }),
      Activation("elu", { elu($0, alpha: 1.5) }, { $0 > 0 ? $0 : 1.5 * (Foundation.exp($0) - 1) }),
      Activation(
        "selu", { selu($0) },
        {
          1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (Foundation.exp($0) - 1))
        }),
      Activation("gelu", { gelu($0) }, { 0.5 * $0 * Foundation.erfc(-$0 / 2.0.squareRoot()) }),
      Activation(
        "gelu approximate", { gelu($0, approximate: true) },
        {
          0.5 * $0
            * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        }),
      Activation("silu", { silu($0) }, { $0 / (1 + Foundation.exp(-$0)) }),
      Activation("softplus", { softplus($0) }, { Foundation.log(1 + Foundation.exp($0)) }),
      Activation("softsign", { softsign($0) }, { $0 / (1 + Swift.abs($0)) }),
      Activation(
        "mish", { mish($0) }, { $0 * Foundation.tanh(Foundation.log(1 + Foundation.exp($0))) }),
      Activation("hardSigmoid", { hardSigmoid($0) }, { min(max($0 / 6 + 0.5, 0), 1) }),
      Activation("steepHardSigmoid", { steepHardSigmoid($0) }, { min(max($0 / 5 + 0.5, 0), 1) }),
    ])
  func closedForms(activation: Activation) async throws {
    let expected = Self.points.map(activation.form)
    let found = try await elements(activation.draw(try constant(Self.points)))
    #expect(agree(found, expected))
    let single = Tensor(HostTensor(Self.points.map { Float($0) }))
    #expect(agree(try await elements(activation.draw(single)), expected, within: 2e-6))
  }

  @Test("softmax and logSoftmax along either axis")
  func softmaxes() async throws {
    let x = try constant([1, 2, 3, 5], [2, 2])
    let e = Foundation.exp(1.0)
    #expect(
      agree(
        try await elements(softmax(x)),
        [1 / (1 + e), e / (1 + e), 1 / (1 + e * e), e * e / (1 + e * e)]))
    let columns = try await elements(softmax(x, axis: 0))
    #expect(agree([columns[0] + columns[2], columns[1] + columns[3]], [1, 1]))
    #expect(agree(try await elements(logSoftmax(x)), try await elements(log(softmax(x)))))
  }

  @Test("huge logits and forbidden classes do not overflow")
  func extremes() async throws {
    for dtype in [DType.float32, .float64] {
      let x = Tensor(HostTensor([1e30, 0, -1e30, -.infinity]).converted(to: dtype))
      #expect(try await elements(softmax(x)) == [1, 0, 0, 0])
      let logarithms = try await elements(logSoftmax(x))
      #expect(logarithms[0] == 0 && logarithms[3] == -.infinity)
      #expect(logarithms[1] < -1e29 && logarithms[2] < -1e29)
      let y = Tensor(HostTensor([-1e4, 1e4, -100, 100]).converted(to: dtype))
      #expect(try await elements(softplus(y))[1] == 1e4)
      #expect(try await elements(softplus(y))[0] == 0)
      #expect(try await elements(sigmoid(y)).prefix(2) == [0, 1])
      #expect(try await elements(elu(y)) == [-1, 1e4, -1, 100])
      #expect(try await elements(gelu(y)).last == 100)
      #expect(try await elements(gelu(y, approximate: true)).prefix(2) == [0, 1e4])
      #expect(try await elements(tanh(y)) == [-1, 1, -1, 1])
    }
  }

  @Test("small probabilities keep their logarithms")
  func smallProbabilities() async throws {
    let x = Tensor(HostTensor([0, -200, 200] as [Float]))
    #expect(try await elements(softmax(x)) == [0, 0, 1])
    #expect(try await elements(logSoftmax(x)) == [-200, -400, 0])
  }

  @Test("losses find the logits behind probabilities")
  func logits() async throws {
    let x = try constant([1, 2, 3])
    #expect(try await elements(try #require(softmax(x).softmaxLogits)) == [1, 2, 3])
    #expect(try await elements(try #require(sigmoid(x).sigmoidLogits)) == [1, 2, 3])
    #expect(softmax(x.reshaped(to: [3, 1]), axis: 0).softmaxLogits?.type == nil)
    #expect((2 * softmax(x)).softmaxLogits?.type == nil)
    #expect(relu(x).sigmoidLogits?.type == nil)
  }
}

/// An activation and its formula.
struct Activation: Sendable, CustomTestStringConvertible {
  let name: String
  let draw: @Sendable (Tensor) -> Tensor
  let form: @Sendable (Double) -> Double
  var testDescription: String { name }

  init(
    _ name: String, _ draw: @escaping @Sendable (Tensor) -> Tensor,
    _ form: @escaping @Sendable (Double) -> Double
  ) {
    self.name = name
    self.draw = draw
    self.form = form
  }
}
