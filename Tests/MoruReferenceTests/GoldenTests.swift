import Foundation
import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

/// The oracle itself, compared with PyTorch: Golden/generate.py.
@Suite struct GoldenTests {
  private struct Golden: Decodable {
    struct Values: Decodable {
      let shape: Shape
      let values: [Double]
      func tensor() throws -> HostTensor { try HostTensor(values, shape: shape) }
    }

    struct Case: Decodable {
      let name: String
      let inputs: [Values]
      let results: [Values]
    }

    let cases: [Case]
  }

  private let golden: Golden

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Golden/primitives.json"))
    golden = try JSONDecoder().decode(Golden.self, from: data)
  }

  /// Computes a golden case and compares every result.
  private func check(_ name: String, _ draw: ([Tensor]) -> [Tensor]) async throws {
    let expected = try #require(golden.cases.first { $0.name == name })
    let inputs = try expected.inputs.map { Tensor(try $0.tensor()) }
    let found = try await ReferenceExecutor().values(of: draw(inputs))
    #expect(found.count == expected.results.count)
    for (place, (found, expected)) in zip(found, expected.results).enumerated() {
      #expect(
        difference(found, from: try expected.tensor(), tolerance: 1e-13) == nil,
        "\(name), result \(place)")
    }
  }

  @Test(
    "convolutions and their gradients",
    arguments: [
      ("plain", [1, 1], [0, 0], [1, 1], 1), ("full", [2, 1], [1, 2], [2, 1], 2),
      ("depthwise", [1, 2], [1, 1], [1, 1], 3), ("sequence", [3], [2], [1], 1),
      ("volume", [1, 1, 2], [1, 0, 1], [1, 1, 1], 1),
    ])
  func convolutions(
    name: String, strides: [Int], padding: [Int], dilation: [Int], groups: Int
  ) async throws {
    let rule = Convolution(
      strides: strides, padding: padding.map { Padding($0, $0) }, dilation: dilation,
      groups: groups)
    try await check("convolution \(name)") { inputs in
      let (x, kernel, cotangent) = (inputs[0], inputs[1], inputs[2])
      let y = Tensor.apply(.convolution(rule), x, kernel)
      return [y] + gradients(of: (y * cotangent).sum(), at: [x, kernel])
    }
  }

  @Test(
    "pooling and its gradients",
    arguments: [
      ("plain", [2, 2], [2, 2], [0, 0]), ("full", [3, 2], [2, 1], [1, 1]),
      ("sequence", [3], [2], [1]), ("volume", [2, 2, 2], [1, 2, 1], [1, 0, 0]),
    ])
  func pooling(name: String, sizes: [Int], strides: [Int], padding: [Int]) async throws {
    let window = PoolingWindow(
      sizes: sizes, strides: strides, padding: padding.map { Padding($0, $0) })
    try await check("pooling \(name)") { inputs in
      [.maxPool(MaxPool(window: window)), .averagePool(AveragePool(window: window))].flatMap {
        (primitive: Primitive) in
        let y = Tensor.apply(primitive, inputs[0])
        return [y] + gradients(of: (y * inputs[1]).sum(), at: [inputs[0]])
      }
    }
  }

  @Test("dot with a batch axis, two contracted axes and axes out of order")
  func dot() async throws {
    let rule = DotGeneral(
      leftBatch: [0], rightBatch: [2], leftContracting: [2, 3], rightContracting: [0, 3])
    try await check("dot") { [.apply(.dot(rule), $0[0], $0[1])] }
  }

  @Test("sums along axes")
  func sums() async throws {
    try await check("cumulativeSum") {
      [$0[0].cumulativeSum(axis: 1), $0[0].cumulativeSum(axis: 1, reversed: true)]
    }
    try await check("reduce") {
      [
        $0[0].sum(axes: [0, 2]), $0[0].product(axes: [1]), $0[0].max(axes: [1, 2]),
        $0[0].min(axes: [0]),
      ]
    }
  }

  @Test("gathering and scattering")
  func indexing() async throws {
    let matrix = Tensor(try HostTensor([2, 0, 2, 1] as [Int32], shape: [2, 2]))
    try await check("gather") { [$0[0].gathered(matrix, axis: 1)] }
    let vector = matrix.reshaped(to: [4])
    try await check("scatterAdd") {
      [.apply(.scatterAdd(ScatterAdd(axis: 1, size: 3)), vector, $0[0])]
    }
  }

  @Test("elementwise functions")
  func elementwise() async throws {
    try await check("unary") { inputs in
      let (x, p) = (inputs[0], inputs[1])
      return [
        exp(x), expm1(x), log(p), log1p(p), sqrt(p), rsqrt(p), sin(x), cos(x), tanh(x), sigmoid(x),
        erf(x), floor(x), ceil(x), round(x), sign(x), abs(x),
      ]
    }
    try await check("binary") { inputs in
      let (x, y) = (inputs[0], inputs[1])
      return [x + y, x - y, x * y, x / y, x % y, pow(y, x), maximum(x, y), minimum(x, y)]
    }
  }
}
