import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

/// Planted errors: a checker that accepts them checks nothing.
@Suite struct CheckerTests {
  @Test("the reference agrees with itself and keeps the rules of residents")
  func referencePasses() async throws {
    try await checkExecutor(.reference)
  }

  @Test(
    "a tampered result is found",
    arguments: [
      Tampering(name: "another element type") {
        $0.converted(to: $0.dtype == .bool ? .uint8 : .bool)
      },
      Tampering(name: "one element less") {
        HostTensor(Array(repeating: Float(0), count: max($0.count - 1, 0)))
      },
      Tampering(name: "another shape") { try $0.reshaped(to: Shape([1] + $0.shape.dimensions)) },
      Tampering(name: "elements in another order") {
        guard $0.shape.rank > 0 else { return $0 }
        return try $0.rows(Array((0..<$0.shape[0]).reversed()))
      },
      Tampering(name: "zeros") { .zeros($0.shape, dtype: $0.dtype) },
      Tampering(name: "a small error") {
        guard $0.dtype == .float32 else { return $0 }
        return try HostTensor($0.array(of: Float.self).map { $0 * 1.0001 }, shape: $0.shape)
      },
      Tampering(name: "NaN made zero") {
        guard $0.dtype == .float32 else { return $0 }
        return try HostTensor($0.array(of: Float.self).map { $0.isNaN ? 0 : $0 }, shape: $0.shape)
      },
    ])
  func tamperingIsFound(tampering: Tampering) async {
    await #expect(throws: CheckFailure.self) {
      try await checkExecutor(TamperingExecutor(tampering: tampering))
    }
  }

  @Test("a wrong gradient is found")
  func wrongGradientIsFound() async {
    let samples = [
      Sample("slope too steep", [HostTensor([1.0, 2])], smoothDomain: "all numbers") { x in
        sin(x[0]).withGradient(to: [x[0]]) { [$0 * cos(x[0]) * 1.00001] }
      },
      Sample("gradient in another order", [HostTensor([1.0, 2])], smoothDomain: "all numbers") {
        x in
        sin(x[0]).withGradient(to: [x[0]]) { [($0 * cos(x[0])).reversed(axes: [0])] }
      },
      Sample("no gradient", [HostTensor([1.0, 2])], smoothDomain: "all numbers") { x in
        sin(x[0]).stoppingGradient()
      },
      Sample("gradient of another shape", [HostTensor([1.0, 2])], smoothDomain: "all numbers") {
        x in
        sin(x[0]).withGradient(to: [x[0]]) { [$0.sum()] }
      },
      Sample("gradient that is NaN", [HostTensor([1.0, 2])], smoothDomain: "all numbers") { x in
        sin(x[0]).withGradient(to: [x[0]]) { [$0 * Tensor(Double.nan)] }
      },
    ]
    for sample in samples {
      await #expect(throws: CheckFailure.self, "\(sample)") { try await checkGradient(sample) }
    }
  }

  @Test("a wrong second order is found")
  func wrongSecondOrderIsFound() async throws {
    let sample = Sample("no curvature", [HostTensor([1.0, 2])], smoothDomain: "all numbers") { x in
      square(x[0]).withGradient(to: [x[0]]) { [$0 * (2 * x[0]).stoppingGradient()] }
    }
    try await checkGradient(sample)
    await #expect(throws: CheckFailure.self) { try await checkGradient(sample, order: 2) }
  }
}

/// What is done to each result of a program.
struct Tampering: Sendable, CustomTestStringConvertible {
  let name: String
  let apply: @Sendable (HostTensor) throws -> HostTensor
  var testDescription: String { name }
}

/// The reference with its results changed.
private struct TamperingExecutor: Executor {
  struct Tampered: Program {
    let program: any Program
    let tampering: Tampering
    var graph: Graph { program.graph }

    func run(steps: [[HostTensor]]) async throws -> [[HostTensor]] {
      try await program.run(steps: steps).map { try $0.map(tampering.apply) }
    }
  }

  let name = "tampering"
  let tampering: Tampering
  private let reference = ReferenceExecutor()

  init(tampering: Tampering) { self.tampering = tampering }

  func place(_ values: [HostTensor]) async throws -> [any Resident] {
    await reference.place(values)
  }
  func read(_ residents: [any Resident]) async throws -> [HostTensor] {
    try await reference.read(residents)
  }
  func write(_ values: [HostTensor], to residents: [any Resident]) async throws {
    try await reference.write(values, to: residents)
  }
  func compile(_ graph: Graph, resident: [any Resident]) async throws -> any Program {
    Tampered(
      program: try await reference.compile(graph, resident: resident), tampering: tampering)
  }
}
