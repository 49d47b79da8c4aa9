import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Zeros around pictures are drawn as a convolution's or a pooling's own where that is the same.
@Suite("zeros around pictures")
struct PaddingTests {
  private let x = Tensor.placeholder(TensorType(.float32, [1, 5, 6, 2]))
  private let kernel = Tensor.placeholder(TensorType(.float32, [3, 3, 2, 4]))

  private func isPadded(_ result: Tensor) throws -> Bool {
    try Graph(inputs: [x, kernel], results: [result]).nodes.contains { node in
      if case .pad = node.primitive { true } else { false }
    }
  }

  private func padded(_ x: Tensor, value: Tensor = 0) -> Tensor {
    x.padded(low: [0, 1, 2, 0], high: [0, 0, 1, 0], value: value)
  }

  private func convolved(_ x: Tensor) -> Tensor {
    convolution(x, kernel, strides: [2, 2], padding: .same, dilation: [1, 1])
  }

  private func pooled(_ x: Tensor, size: Int = 3) -> Tensor {
    maxPool(x, sizes: [size, size], strides: [2, 2], padding: .valid)
  }

  @Test("a convolution takes them over, and nothing but zeros")
  func convolutions() throws {
    #expect(try !isPadded(convolved(padded(x))))
    #expect(try isPadded(convolved(padded(x, value: 1))))
    #expect(convolved(padded(x)).shape == [1, 3, 5, 4])
  }

  @Test("padded numbers and rows are no pictures", arguments: [0, 1])
  func fewAxes(rank: Int) {
    let zeros = [Int](repeating: 0, count: rank)
    let x = Tensor.placeholder(TensorType(.float32, Shape(zeros.map { _ in 4 })))
      .padded(low: zeros, high: zeros)
    #expect(maxPool(x, sizes: [2], strides: [2], padding: .valid).error != nil)
  }

  @Test("pooling takes them over after a rectifier, if no window is outside")
  func pooling() throws {
    #expect(try !isPadded(pooled(padded(relu(x)))))
    #expect(try isPadded(pooled(padded(x))))
    #expect(try isPadded(pooled(padded(relu(x)), size: 2)))
  }

  @Test("the numbers and the gradients are those of padding first")
  func numbers() async throws {
    let values = (0..<60).map { Float(($0 * 37) % 23) / 10 - 1 }
    let weights = (0..<72).map { Float(($0 * 17) % 19) / 10 - 1 }
    let x = Tensor(try HostTensor(values, shape: [1, 5, 6, 2]))
    let kernel = Tensor(try HostTensor(weights, shape: [3, 3, 2, 4]))
    // A value that is no constant keeps the padding where it is.
    let zero = Tensor(HostTensor([Float(0)])).sum()
    func results(_ padding: Tensor) -> [Tensor] {
      let around = { (x: Tensor) in
        x.padded(low: [0, 1, 2, 0], high: [0, 0, 1, 0], value: padding)
      }
      let maps = convolution(
        around(x), kernel, strides: [2, 2], padding: .same, dilation: [1, 1])
      let greatest = maxPool(around(relu(x)), sizes: [3, 3], strides: [2, 2], padding: .valid)
      let loss = (maps * maps).sum() + (greatest * greatest).sum()
      return [maps, greatest] + gradients(of: loss, at: [x, kernel])
    }
    let found = try await ReferenceExecutor().values(of: results(0))
    let expected = try await ReferenceExecutor().values(of: results(zero))
    for (one, other) in zip(found, expected) {
      let pairs = zip(try one.array(of: Float.self), try other.array(of: Float.self))
      #expect(one.shape == other.shape && pairs.allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }
}
