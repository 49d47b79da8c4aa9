import MoruGraph
import MoruReference
import MoruTensors

/// Lets tests hold back a model's runs.
actor Gate {
  private var isOpen = false
  private var waiters: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    guard !isOpen else { return }
    await withCheckedContinuation { waiters.append($0) }
  }

  /// Returns once a run stands before the gate.
  func held() async {
    while waiters.isEmpty { await Task.yield() }
  }

  func open() {
    isOpen = true
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}

/// The reference, held back by a gate.
struct GatedExecutor: Executor {
  private struct Gated: Program {
    let inner: any Program
    let gate: Gate
    var graph: Graph { inner.graph }

    func run(steps: [[HostTensor]]) async throws -> [[HostTensor]] {
      await gate.pass()
      return try await inner.run(steps: steps)
    }
  }

  var name: String { inner.name }
  private let inner = ReferenceExecutor()
  private let gate: Gate

  init(gate: Gate) { self.gate = gate }

  func place(_ values: [HostTensor]) async throws -> [any Resident] { await inner.place(values) }

  func read(_ residents: [any Resident]) async throws -> [HostTensor] {
    try await inner.read(residents)
  }

  func write(_ values: [HostTensor], to residents: [any Resident]) async throws {
    try await inner.write(values, to: residents)
  }

  func compile(_ graph: Graph, resident: [any Resident]) async throws -> any Program {
    Gated(inner: try await inner.compile(graph, resident: resident), gate: gate)
  }
}
