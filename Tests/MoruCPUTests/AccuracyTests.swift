import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Vector functions stay within a few units in the last place of the exact ones.
@Suite struct AccuracyTests {
  static let ranges: [(Unary, ClosedRange<Double>, Double)] = [
    (.exponential, -104...89, 2), (.exponentialMinusOne, -20...88, 4), (.tanh, -12...12, 4),
    (.logarithm, 1e-40...1e38, 3), (.logarithmPlusOne, -0.99...10, 4), (.logistic, -88...90, 4),
    (.erf, -5...5, 4), (.logarithm, 0.5...2, 4), (.exponentialMinusOne, -0.6...0.6, 4),
    (.logarithmPlusOne, -1e-3...1e-3, 4), (.tanh, -0.7...0.7, 4), (.erf, -1.1...1.1, 4),
  ]

  @Test(arguments: ranges.indices)
  func isClose(_ index: Int) async throws {
    let (function, range, units) = Self.ranges[index]
    let count = 40_001
    let width = range.upperBound - range.lowerBound
    let values = (0..<count).map {
      Float(range.lowerBound + width * Double($0) / Double(count - 1))
    }
    let x = HostTensor(values)
    let rule = try graph(.unary(function), [x.type])
    let found = try await CPUExecutor.shared.compile(rule).run([x])[0].array(of: Float.self)
    let exact = try await ReferenceExecutor(precision: .float64).compile(
      graph(.unary(function), [TensorType(.float64, x.shape)])
    ).run([x.converted(to: .float64)])[0].array(of: Double.self)
    for (place, (y, z)) in zip(found, exact).enumerated() {
      let unit = max(Double(Float(z).ulp), 1.5e-45)
      if abs(Double(y) - z) <= units * unit || y == Float(z) { continue }
      Issue.record("\(function)(\(values[place])) is \(y), not \(z)")
      return
    }
  }

  @Test(arguments: Unary.allCases)
  func handlesSpecialValues(_ function: Unary) async throws {
    guard function != .not else { return }
    let tiny = 8 * Float.leastNonzeroMagnitude
    let x = HostTensor([
      Float.nan, .infinity, -.infinity, 0, -0.0, 1, -1, tiny, -tiny, 3e38, -3e38, 89, -89, 104,
      -104, 1e-8, -1e-8, 0.5, -0.5, 2.5, 3.5, -2.5,
    ])
    try await check(.unary(function), [x], tolerance: 3e-7)
  }
}
