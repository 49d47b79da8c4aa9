import MoruGraph
import MoruTensors
import Testing

@Suite("multiply-adds of a graph") struct MultiplyAddsTests {
  private static func placeholder(_ shape: Shape) -> Tensor {
    .placeholder(TensorType(.float32, shape))
  }

  private let picture = placeholder([2, 6, 6, 3])
  private let kernel = placeholder([3, 3, 3, 5])

  private func count(_ inputs: [Tensor], _ result: Tensor) throws -> Int {
    try Graph(inputs: inputs, results: [result]).multiplyAdds
  }

  private var convolved: Tensor {
    convolution(picture, kernel, strides: [1, 1], padding: .valid, dilation: [1, 1])
  }

  @Test("a convolution and its two gradients take the same ones")
  func convolutions() throws {
    let once = 2 * 4 * 4 * 5 * 3 * 3 * 3
    #expect(try count([picture, kernel], convolved) == once)
    let slopes = gradients(of: convolved.sum(), at: [picture, kernel])
    #expect(try count([picture, kernel], slopes[0]) == once)
    #expect(try count([picture, kernel], slopes[1]) == once)
  }

  @Test("products of matrices count their inner sizes, and loops their turns")
  func products() throws {
    let (h, w) = (Self.placeholder([4, 3]), Self.placeholder([3, 3]))
    let rows = Self.placeholder([7, 4, 3])
    #expect(try count([h, w], matmul(h, w)) == 4 * 3 * 3)
    let last = scan(h, over: rows) { h, row in (matmul(h, w) + row, [Tensor]()) }.carry
    #expect(try count([h, rows, w], last) == 7 * 4 * 3 * 3)
  }

  @Test("what cannot be counted is the greatest number")
  func great() throws {
    let (left, right) = (
      Self.placeholder([1 << 28, 1 << 28]), Self.placeholder([1 << 28, 1 << 28])
    )
    #expect(try count([left, right], matmul(left, right)) == .max)
  }
}
