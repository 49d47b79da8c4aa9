import MoruGraph
import MoruTensors

/// What the machine can do at best, as far as this library can get it to.
public struct MachineCeiling: Sendable, Equatable, Codable {
  /// 10⁹ floating-point operations a second of a large Float32 matrix product.
  public let gigaflops: Double
  /// 10⁹ bytes a second, read and written together, of a pass over memory larger than the caches.
  public let gigabytesPerSecond: Double

  /// The fraction of the ceiling that a step reaches, 0 to 1: of the operations' or of memory's,
  /// whichever is greater; nil if no time was measured.
  ///
  /// More than 1 is possible for steps whose data stay in the caches.
  public func fraction(reachedBy step: ProgramExplanation.Step) -> Double? {
    guard let gigaflops = step.gigaflops, let gigabytes = step.gigabytesPerSecond else {
      return nil
    }
    return max(gigaflops / self.gigaflops, gigabytes / gigabytesPerSecond)
  }
}

extension CPUExecutor {
  /// Measures what the machine can do with this executor's threads; takes about a fifth of a second.
  public func ceiling() async throws -> MachineCeiling {
    let product = try await leastTime(of: Self.product(size: 1024), runs: 12)
    let pass = try await leastTime(of: Self.pass(elementCount: 16 << 20), runs: 6)
    return MachineCeiling(
      gigaflops: product.gigaflops ?? 0, gigabytesPerSecond: pass.gigabytesPerSecond ?? 0)
  }

  private func leastTime(of graph: Graph, runs: Int) async throws -> ProgramExplanation.Step {
    let resident = try await place(graph.resident.map { .zeros(graph.types[$0].shape) })
    let program = try await compile(graph, resident: resident)
    let explanation = try await explanation(of: program, timing: [], runs: runs)
    guard let step = explanation.steps.max(by: { ($0.byteCount) < ($1.byteCount) }) else {
      preconditionFailure("the graph computes something")
    }
    return step
  }

  private static func product(size: Int) throws -> Graph {
    let operands = (0..<3).map { _ in Tensor.placeholder(TensorType(.float32, [size, size])) }
    return try Graph(
      resident: operands, results: [], updates: [2: matmul(operands[0], operands[1])])
  }

  private static func pass(elementCount: Int) throws -> Graph {
    let values = Tensor.placeholder(TensorType(.float32, [elementCount]))
    return try Graph(resident: [values], results: [], updates: [0: values + 1])
  }
}
