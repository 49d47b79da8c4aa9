import Foundation
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// A training step of a small convolutional network, compiled.
private func trainingStep(
  on executor: CPUExecutor
) async throws -> (program: any Program, inputs: [HostTensor], resident: [any Resident]) {
  let model = TestModel.convolutional(16, 32)
  let (graph, state) = try model.trainingGraph(batch: 4)
  let resident = try await executor.place(try await executor.values(of: state.leaves))
  let program = try await executor.compile(graph, resident: resident)
  return (program, model.batch(4, step: 0), resident)
}

@Test func aTrainingStepIsExplainedStepByStep() async throws {
  let executor = CPUExecutor(threads: 2)
  let (program, _, resident) = try await trainingStep(on: executor)
  let explanation = try await executor.explanation(of: program)
  #expect(explanation.threads == 2)
  #expect(explanation.seconds == nil)
  let convolution = try #require(
    explanation.steps.first { $0.kind == "convolution" && $0.detail.contains("32") })
  #expect(convolution.detail.contains("+ bias"))
  // The second convolution: 4 pictures of 5×5×16, a 3×3 kernel, 32 features.
  #expect(convolution.flopCount == 2 * 4 * 5 * 5 * 9 * 16 * 32)
  #expect(convolution.bytesWritten == 4 * 4 * 5 * 5 * 32)
  #expect(convolution.bytesRead == 4 * (4 * 5 * 5 * 16 + 9 * 16 * 32 + 32))
  #expect(convolution.layouts.count == 4)
  #expect(!convolution.implementation.isEmpty && convolution.seconds == nil)
  // Activations were moved behind the pooling: none has the size of a convolution's result.
  #expect(!explanation.steps.contains { $0.detail.contains("[4, 10, 10, 16] maximum") })

  #expect(explanation.reorderCount == explanation.steps.count { $0.kind == "reorder" })
  #expect(explanation.totals.reduce(0) { $0 + $1.count } == explanation.steps.count)
  #expect(abs(explanation.totals.reduce(0) { $0 + $1.share } - 1) < 1e-9)
  let bytes = resident.reduce(0) { $0 + $1.type.byteCount }
  #expect(explanation.memory.residentBytes >= bytes)
  #expect(explanation.memory.lowerBoundBytes > 0)
  #expect(explanation.memory.lowerBoundBytes <= explanation.memory.plannedPeakBytes)
}

@Test func timesAreMeasuredByRunningTheProgram() async throws {
  let executor = CPUExecutor(threads: 1)
  let (program, inputs, resident) = try await trainingStep(on: executor)
  let before = try await executor.read(resident)
  let timed = try await executor.explanation(of: program, timing: inputs, runs: 2)
  let plain = try await executor.explanation(of: program)
  #expect(timed.steps.map(\.detail) == plain.steps.map(\.detail))
  #expect(timed.steps.allSatisfy { $0.seconds != nil && $0.threads == 1 })
  let whole = try #require(timed.seconds)
  #expect(whole > 0 && timed.gigaflops == Double(timed.flopCount) / whole / 1e9)
  #expect(try await executor.read(resident) != before)
  let decoded = try JSONDecoder().decode(
    ProgramExplanation.self, from: JSONEncoder().encode(timed))
  #expect(decoded == timed)
}

@Test func foreignProgramsAndInputsAreRefused() async throws {
  let executor = CPUExecutor(threads: 1)
  let x = Tensor.placeholder(TensorType(.float32, [3]))
  let graph = try Graph(inputs: [x], results: [x + 1])
  let other = try await ReferenceExecutor().compile(graph)
  await #expect(throws: CPUError.foreignProgram) { try await executor.explanation(of: other) }
  let shared = try await CPUExecutor.shared.compile(graph)
  await #expect(throws: CPUError.foreignProgram) { try await executor.explanation(of: shared) }
  let own = try await executor.compile(graph)
  await #expect(throws: GraphError.self) {
    try await executor.explanation(of: own, timing: [HostTensor([Float(1)])])
  }
  #expect(CPUError.foreignProgram.description.contains("Compile the graph with it first"))
}

@Test func hintsNameWhatIsSlow() async throws {
  let executor = CPUExecutor(threads: 1)
  // A sum of whole numbers runs on a portable loop.
  let x = Tensor.placeholder(TensorType(.int32, [40, 30]))
  let graph = try Graph(inputs: [x], results: [x.sum(axes: [0])])
  let program = try await executor.compile(graph)
  let hints = try await executor.explanation(of: program).hints()
  #expect(hints.contains { $0.contains("without a vector kernel (reduce") })
}

@Test func theCeilingIsAProductsAndAPassesSpeed() async throws {
  let ceiling = try await CPUExecutor(threads: 1).ceiling()
  #expect(ceiling.gigaflops > 0 && ceiling.gigabytesPerSecond > 0)
}
