import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruReference
import MoruServing
import MoruTensors

/// Lets tests hold back a model's runs.
actor Gate {
  private var isOpen: Bool
  private var waiters: [CheckedContinuation<Void, Never>] = []

  init(isOpen: Bool) { self.isOpen = isOpen }

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

struct Refusal: Error, CustomStringConvertible { let description: String }

/// The reference, held back by a gate, which refuses inputs as a test says.
struct GatedExecutor: Executor {
  private struct Gated: Program {
    let inner: any Program
    let gate: Gate
    let refuses: @Sendable (HostTensor) -> Bool
    var graph: Graph { inner.graph }

    func run(steps: [[HostTensor]]) async throws -> [[HostTensor]] {
      await gate.pass()
      guard !steps.joined().contains(where: refuses) else {
        throw Refusal(description: "this input is refused")
      }
      return try await inner.run(steps: steps)
    }
  }

  var name: String { inner.name }
  private let inner = ReferenceExecutor()
  var gate = Gate(isOpen: true)
  var refuses: @Sendable (HostTensor) -> Bool = { _ in false }
  var compiles = true

  func place(_ values: [HostTensor]) async throws -> [any Resident] { await inner.place(values) }

  func read(_ residents: [any Resident]) async throws -> [HostTensor] {
    try await inner.read(residents)
  }

  func write(_ values: [HostTensor], to residents: [any Resident]) async throws {
    try await inner.write(values, to: residents)
  }

  func compile(_ graph: Graph, resident: [any Resident]) async throws -> any Program {
    guard compiles else { throw Refusal(description: "nothing compiles here") }
    return Gated(
      inner: try await inner.compile(graph, resident: resident), gate: gate, refuses: refuses)
  }
}

/// `[batch, 3] → [batch, 2]`, with weights that a seed decides.
func smallModel(dtype: DType = .float32) throws -> TrainedModel {
  let layer = Sequential { Dense(2) }
  let input = ModelInput(name: "input", dtype: dtype, shape: [3], content: InputContent())
  let output = ModelOutput(name: "output", dtype: dtype, shape: [2], meaning: .numbers)
  return try TrainedModel(
    layer: layer,
    weights: layer.declaration(inputs: [input.type]).initialValues(seed: 7),
    signature: ModelSignature(inputs: [input], outputs: [output]))
}

func sample(_ first: Float) throws -> [String: HostTensor] {
  ["input": try HostTensor([first, 2, 3] as [Float], shape: [1, 3])]
}

/// Waits until a model has this many samples waiting, however long that takes.
func wait(_ model: ServedModel, for samples: Int) async {
  while await model.waitingSamples != samples { await Task.yield() }
}
