import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct ShapingTests {
  private let matrix: Tensor

  init() throws { matrix = try constant([1, 2, 3, 4, 5, 6], [2, 3]) }

  @Test("zeros, ones and indices")
  func creating() async throws {
    for dtype in DType.allCases {
      #expect(
        try await Tensor.zeros([2], dtype: dtype).value(on: .reference) == .zeros([2], dtype: dtype)
      )
      #expect(try await elements(.ones([2, 1], dtype: dtype)) == [1, 1])
    }
    #expect(try await elements(.iota([2, 3], axis: 1)) == [0, 1, 2, 0, 1, 2])
    #expect(Tensor.iota([2]).dtype == .int32)
  }

  @Test("shapes change, elements stay")
  func moving() async throws {
    #expect(try await elements(matrix.transposed([1, 0])) == [1, 4, 2, 5, 3, 6])
    #expect(matrix.reshaped(to: [3, 2]).shape == [3, 2])
    #expect(matrix.expanded(at: 1).shape == [2, 1, 3])
    #expect(matrix.expanded(at: -1).shape == [2, 3, 1])
    #expect(
      try await elements(matrix.broadcast(to: [2, 2, 3])) == [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    #expect(try await elements(matrix.reversed(axes: [-1])) == [3, 2, 1, 6, 5, 4])
    #expect(try await elements(matrix.sliced(0..<3, axis: 1, stride: 2)) == [1, 3, 4, 6])
    #expect(try await elements(matrix.sliced(1..<2)) == [4, 5, 6])
    #expect(matrix.sliced(1..<1).shape == [0, 3])
    #expect(
      try await elements(matrix.padded(low: [0, 1], high: [1, 0], value: 9))
        == [9, 1, 2, 3, 9, 4, 5, 6, 9, 9, 9, 9])
    #expect(
      try await elements(concatenate([matrix, matrix.sliced(0..<1, axis: 1)], axis: -1))
        == [1, 2, 3, 1, 4, 5, 6, 4])
    #expect(try await elements(matrix.converted(to: .uint8) - 2) == [255, 0, 1, 2, 3, 4])
  }

  @Test("rows by index, clamped, and ones at an index")
  func indexing() async throws {
    let rows = Tensor(HostTensor([1, 0, 7, -1] as [Int32]))
    #expect(try await elements(matrix.gathered(rows)) == [4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3])
    #expect(
      try await elements(matrix.gathered(Tensor(HostTensor(2 as Int64)), axis: -1)) == [3, 6])
    let labels = Tensor(HostTensor([2, 0, 3] as [Int64]))
    #expect(try await elements(labels.oneHot(depth: 3)) == [0, 0, 1, 1, 0, 0, 0, 0, 0])
    #expect(labels.oneHot(depth: 3, dtype: .float64).dtype == .float64)
    let bytes = Tensor(HostTensor([1] as [UInt8])).oneHot(depth: 300)
    #expect(try await elements(bytes.sum()) == [1])
  }

  @Test("reductions over one axis, several, all and none")
  func reductions() async throws {
    #expect(try await elements(matrix.sum()) == [21])
    #expect(try await elements(matrix.sum(axes: [0])) == [5, 7, 9])
    #expect(try await elements(matrix.sum(axes: [-1, 0])) == [21])
    #expect(matrix.sum(axes: [1], keepingAxes: true).shape == [2, 1])
    #expect(try await elements(matrix.product(axes: [1])) == [6, 120])
    #expect(try await elements(matrix.max(axes: [1])) == [3, 6])
    #expect(try await elements(matrix.min(axes: [0])) == [1, 2, 3])
    #expect(try await elements(matrix.mean()) == [3.5])
    #expect(try await elements(matrix.mean(axes: [0])) == [2.5, 3.5, 4.5])
    #expect(agree(try await elements(matrix.variance()), [35.0 / 12]))
    #expect(
      agree(try await elements(matrix.variance(axes: [1], keepingAxes: true)), [2.0 / 3, 2.0 / 3]))
    #expect(try await elements(matrix.argMax()) == [2, 2])
    #expect(try await elements(matrix.argMax(axis: 0)) == [1, 1, 1])
    #expect(try await elements(matrix.cumulativeSum(axis: -1)) == [1, 3, 6, 4, 9, 15])
    #expect(
      try await elements(matrix.cumulativeSum(axis: 0, exclusive: true)) == [0, 0, 0, 1, 2, 3])
    #expect(
      try await elements(matrix.cumulativeSum(axis: 1, reversed: true)) == [6, 5, 3, 15, 11, 6])
  }

  @Test("nothing sums to 0, multiplies to 1, has no mean and the least of maxima")
  func empty() async throws {
    let none = try constant([], [0, 2])
    #expect(try await elements(none.sum(axes: [0])) == [0, 0])
    #expect(try await elements(none.product(axes: [0])) == [1, 1])
    #expect(try await elements(none.max(axes: [0])) == [-.infinity, -.infinity])
    #expect(try await elements(none.min(axes: [0])) == [.infinity, .infinity])
    #expect(try await elements(none.mean(axes: [0])).allSatisfy { $0.isNaN })
    #expect(none.mean(axes: [1]).shape == [0])
    #expect(try await elements(none.converted(to: .int32).max()) == [Double(Int32.min)])
  }

  @Test("matrix products, also of stacks and with a vector")
  func products() async throws {
    let other = try constant([1, 0, 0, 1, 1, 1], [3, 2])
    #expect(try await elements(matmul(matrix, other)) == [4, 5, 10, 11])
    #expect(try await elements(matmul(try constant([1, 1, 1]), other)) == [2, 2])
    let stack = matrix.reshaped(to: [1, 2, 3]).broadcast(to: [2, 2, 3])
    #expect(matmul(stack, other).shape == [2, 2, 2])
    let both = matmul(stack, other.expanded(at: 0).broadcast(to: [2, 3, 2]))
    #expect(try await elements(both) == [4, 5, 10, 11, 4, 5, 10, 11])
  }

  @Test("same padding gives ⌈size / stride⌉ outputs, the odd one after")
  func padding() {
    #expect(PaddingMode.same.padding(size: 5, window: 3, stride: 1) == Padding(1, 1))
    #expect(PaddingMode.same.padding(size: 5, window: 2, stride: 1) == Padding(0, 1))
    #expect(PaddingMode.same.padding(size: 6, window: 3, stride: 2) == Padding(0, 1))
    #expect(PaddingMode.same.padding(size: 5, window: 3, stride: 1, dilation: 2) == Padding(2, 2))
    #expect(PaddingMode.same.padding(size: 4, window: 1, stride: 3) == Padding(0, 0))
    #expect(PaddingMode.valid.padding(size: 5, window: 3, stride: 1) == Padding(0, 0))
    for size in 1...9 {
      for stride in 1...3 {
        let x = Tensor.zeros([1, size, 1])
        let y = convolution(
          x, .zeros([3, 1, 1]), strides: [stride], padding: .same, dilation: [1])
        #expect(y.shape == [1, (size + stride - 1) / stride, 1])
      }
    }
  }

  @Test("convolution correlates, pooling chooses and averages")
  func windows() async throws {
    let x = try constant([1, 2, 3, 4], [1, 4, 1])
    let kernel = try constant([1, 10], [2, 1, 1])
    let valid = convolution(x, kernel, strides: [1], padding: .valid, dilation: [1])
    #expect(try await elements(valid) == [21, 32, 43])
    let same = convolution(x, kernel, strides: [2], padding: .same, dilation: [2])
    #expect(try await elements(same) == [31, 3])
    #expect(
      try await elements(maxPool(x, sizes: [3], strides: [1], padding: .same)) == [2, 3, 4, 4])
    #expect(
      try await elements(averagePool(x, sizes: [3], strides: [1], padding: .same))
        == [1.5, 2, 3, 3.5])
  }
}
