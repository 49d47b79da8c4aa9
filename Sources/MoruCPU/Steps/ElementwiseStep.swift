import CKernels
import MoruGraph
import MoruTensors

/// A fused chain of elementwise operations and reductions, run by the block interpreter.
final class ElementwiseStep: Step {
  /// One operation between registers.
  struct Instruction {
    var function: ck_function
    var destination: Int
    var operands: [Int]
    var name: String
  }

  /// A register that is stored, or reduced and stored.
  struct Result {
    var view: View
    var source: Int
    var keep: ck_keep
    var reduction: ck_reduction
  }

  let summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  let overwritable: Set<Int>
  let scratchBytes: Int

  private let operands: [View]
  private let instructions: [Instruction]
  private let results: [Result]
  private let threads: Int
  private let program: UnsafeMutablePointer<ck_program>
  private let operandTable: UnsafeMutablePointer<ck_operand>
  private let instructionTable: UnsafeMutablePointer<ck_instruction>
  private let resultTable: UnsafeMutablePointer<ck_result>
  private let directTable: UnsafeMutablePointer<Int32>
  private var scratch: UnsafeMutableRawPointer?

  /// - Parameters:
  ///   - dimensions: The domain that all operands are broadcast to.
  ///   - row: Length of the inner axis of the reductions.
  ///   - registerCount: Registers beyond the operands'.
  init(
    dimensions: [Int], row: Int, operands: [View], instructions: [Instruction],
    registerCount: Int, results: [Result], policy: ThreadPolicy
  ) {
    self.operands = operands
    self.instructions = instructions
    self.results = results
    let count = dimensions.reduce(1, *)
    threads = policy.threads(forElements: count, operations: instructions.count)
    program = .allocate(capacity: 1)
    operandTable = .allocate(capacity: max(operands.count, 1))
    instructionTable = .allocate(capacity: max(instructions.count, 1))
    resultTable = .allocate(capacity: max(results.count, 1))
    directTable = .allocate(capacity: max(instructions.count, 1))

    var header = ck_program()
    let domain = ElementwiseStep.merge(dimensions, operands.map(\.strides))
    header.rank = Int32(domain.dimensions.count)
    withUnsafeMutableBytes(of: &header.dimensions) { bytes in
      let sizes = bytes.assumingMemoryBound(to: Int64.self)
      for (axis, size) in domain.dimensions.enumerated() { sizes[axis] = Int64(size) }
    }
    header.count = Int64(count)
    header.row = Int64(row)
    header.operand_count = Int32(operands.count)
    header.instruction_count = Int32(instructions.count)
    header.result_count = Int32(results.count)
    header.register_count = Int32(registerCount)
    header.operands = UnsafePointer(operandTable)
    header.instructions = UnsafePointer(instructionTable)
    header.results = UnsafePointer(resultTable)
    header.direct = UnsafePointer(directTable)

    var linear: [Int: Bool] = [:]
    for (index, view) in operands.enumerated() {
      var operand = ck_operand()
      operand.element_bytes = Int32(view.dtype.byteCount)
      let strides = domain.strides[index]
      if strides.allSatisfy({ $0 == 0 }) {
        operand.mode = CK_SINGLE
      } else if strides == Shape(domain.dimensions).strides {
        operand.mode = CK_LINEAR
      } else {
        operand.mode = CK_STRIDED
      }
      withUnsafeMutableBytes(of: &operand.strides) { bytes in
        let target = bytes.assumingMemoryBound(to: Int64.self)
        for (axis, stride) in strides.enumerated() { target[axis] = Int64(stride) }
      }
      let fits = (operand.mode == CK_LINEAR || count == 1) && view.offset == 0
      linear[view.buffer] = (linear[view.buffer] ?? true) && fits
      operandTable.advanced(by: index).initialize(to: operand)
    }
    for (index, step) in instructions.enumerated() {
      let places =
        step.operands + [Int](repeating: step.operands[0], count: 3 - step.operands.count)
      instructionTable.advanced(by: index).initialize(
        to: ck_instruction(
          function: step.function, destination: Int32(step.destination), a: Int32(places[0]),
          b: Int32(places[1]), c: Int32(places[2])))
      directTable.advanced(by: index).initialize(to: -1)
    }
    for (index, result) in results.enumerated() {
      resultTable.advanced(by: index).initialize(
        to: ck_result(
          data: nil, element_bytes: Int32(result.view.dtype.byteCount),
          source: Int32(result.source), mode: result.keep, reduction: result.reduction,
          is_double: result.view.dtype == .float64))
    }
    program.initialize(to: header)

    reads = operands.map(\.buffer)
    writes = results.map(\.view.buffer)
    overwritable = Set(linear.filter(\.value).keys)
    scratchBytes = ck_program_scratch_bytes(program, Int32(threads))
    let names = instructions.map(\.name).joined(separator: " ")
    summary = StepSummary(
      kind: "elementwise", detail: "\(dimensions) \(names)",
      layouts: operands.contains { !$0.isContiguous && $0.count > 1 && !$0.isRepeated }
        ? ["strided"] : [],
      implementation: StepSummary.vectorKernel, bytesRead: operands.touchedBytes,
      bytesWritten: results.map(\.view).touchedBytes, flopCount: count * instructions.count,
      threads: threads)
  }

  deinit {
    program.deallocate()
    operandTable.deallocate()
    instructionTable.deallocate()
    resultTable.deallocate()
    directTable.deallocate()
  }

  func bind(_ memory: MemoryMap) {
    scratch = memory.scratch
    for (index, view) in operands.enumerated() {
      operandTable[index].data = UnsafeRawPointer(memory[view])
    }
    for (index, result) in results.enumerated() {
      resultTable[index].data = memory[result.view]
    }
    bindDirectResults(memory)
  }

  /// Lets instructions write results to memory at once where no later instruction reads the old
  /// elements there.
  private func bindDirectResults(_ memory: MemoryMap) {
    for (index, step) in instructions.enumerated() {
      directTable[index] = -1
      guard
        let which = results.firstIndex(where: {
          $0.source == step.destination && $0.keep == CK_STORE
        }),
        instructions.filter({ $0.destination == step.destination }).count == 1
      else { continue }
      let target = memory[results[which].view]
      let isReadLater = instructions[(index + 1)...].contains { later in
        later.operands.contains { $0 < operands.count && memory[operands[$0]] == target }
      }
      let isKeptOtherwise = results.contains {
        $0.source < operands.count && memory[operands[$0.source]] == target
      }
      if !isReadLater && !isKeptOtherwise { directTable[index] = Int32(which) }
    }
  }

  func run() { ck_run(program, Int32(threads), scratch) }

  /// Merges neighbouring axes that every operand walks as one.
  private static func merge(
    _ dimensions: [Int], _ strides: [[Int]]
  ) -> (dimensions: [Int], strides: [[Int]]) {
    var sizes: [Int] = []
    var merged = [[Int]](repeating: [], count: strides.count)
    for (axis, size) in dimensions.enumerated() where size != 1 {
      let fits =
        !sizes.isEmpty
        && strides.indices.allSatisfy { merged[$0].last == strides[$0][axis] * size }
      if fits {
        sizes[sizes.count - 1] *= size
        for index in strides.indices { merged[index][sizes.count - 1] = strides[index][axis] }
      } else {
        sizes.append(size)
        for index in strides.indices { merged[index].append(strides[index][axis]) }
      }
    }
    if sizes.isEmpty { return ([1], strides.map { _ in [0] }) }
    return (sizes, merged)
  }
}
