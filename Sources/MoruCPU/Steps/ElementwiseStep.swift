import CKernels
import MoruTensors

/// A fused chain of elementwise operations and reductions, as machine code or, where that cannot be,
/// run by the block interpreter.
final class ElementwiseStep: Step {
  private(set) var summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  let overwritable: Set<Int>
  let scratchBytes: Int

  private let source: FusedProgram
  private let threads: Int
  private let program: UnsafeMutablePointer<ck_program>
  private let operands: UnsafeMutableBufferPointer<ck_operand>
  private let registers: UnsafeMutableBufferPointer<ck_register>
  private let instructions: UnsafeMutableBufferPointer<ck_instruction>
  private let phases: UnsafeMutableBufferPointer<ck_phase>
  private let results: UnsafeMutableBufferPointer<ck_result>
  private let direct: UnsafeMutableBufferPointer<Int32>
  /// How machine code would walk over the domain, until it has been tried.
  private var plan: CodePlan?
  private var code: MachineCode?
  private var scratch: UnsafeMutableRawPointer?

  init(_ source: FusedProgram, policy: ThreadPolicy) {
    self.source = source
    let count = source.domain.shape.elementCount
    threads = policy.threads(forElements: count, operations: source.instructions.count)
    let domain = MergedDomain(source)
    operands = .filled(
      source.operands.indices.map { index in
        ck_operand(source.operands[index], source.operandPhases[index], index, domain)
      })
    registers = .filled(source.registers)
    instructions = .filled(source.instructions.map(ck_instruction.init))
    phases = .filled(source.phases)
    results = .filled(source.results.map(ck_result.init))
    direct = .filled(source.instructions.map { _ in -1 })

    var header = ck_program()
    header.rank = Int32(domain.sizes.count)
    header.outer_rank = Int32(domain.outerRank)
    withUnsafeMutableBytes(of: &header.dimensions) { bytes in
      let sizes = bytes.assumingMemoryBound(to: Int64.self)
      for (axis, size) in domain.sizes.enumerated() { sizes[axis] = Int64(size) }
    }
    header.count = Int64(count)
    header.row = Int64(domain.row)
    header.operand_count = Int32(operands.count)
    header.register_count = Int32(registers.count)
    header.instruction_count = Int32(instructions.count)
    header.phase_count = Int32(phases.count)
    header.result_count = Int32(results.count)
    header.operands = UnsafePointer(operands.baseAddress)
    header.registers = UnsafePointer(registers.baseAddress)
    header.instructions = UnsafePointer(instructions.baseAddress)
    header.phases = UnsafePointer(phases.baseAddress)
    header.results = UnsafePointer(results.baseAddress)
    header.direct = UnsafePointer(direct.baseAddress)
    header.copies = 1
    plan = policy.generatesCode ? CodePlan(source, domain, Array(operands)) : nil
    if let plan {
      header.walk = plan.walk
      header.copies = Int64(plan.copies)
      header.group = Int64(plan.group)
      header.saved_count = Int32(source.valuesBetweenPhases)
      for (index, distances) in plan.distances.enumerated() {
        operands[index].row_bytes = Int64(distances.row)
        operands[index].group_bytes = Int64(distances.group)
      }
    }
    program = .allocate(capacity: 1)
    program.initialize(to: header)

    let targets = source.results.flatMap { [$0.view] + ($0.squares.map { [$0] } ?? []) }
    reads = source.operands.map(\.view.buffer)
    writes = targets.map(\.buffer)
    var isLinear: [Int: Bool] = [:]
    for (operand, view) in zip(operands, source.operands.map(\.view)) {
      let fits = (operand.mode == CK_LINEAR || count == 1) && view.offset == 0
      isLinear[view.buffer] = (isLinear[view.buffer] ?? true) && fits
    }
    overwritable = Set(isLinear.filter(\.value).keys)
    scratchBytes = ck_program_scratch_bytes(program, Int32(threads))
    let names = source.instructions.map(\.name).joined(separator: " ")
    let views = source.operands.map(\.view)
    summary = StepSummary(
      kind: "elementwise", detail: "\(source.domain.shape) \(names)",
      layouts: views.contains { !$0.isContiguous && $0.count > 1 && !$0.isRepeated }
        ? ["strided"] : [],
      implementation: StepSummary.vectorKernel, bytesRead: views.touchedBytes,
      bytesWritten: targets.touchedBytes,
      flopCount: count * source.instructions.filter { $0.scope != CK_EACH_ROW }.count,
      threads: threads)
  }

  deinit {
    program.deallocate()
    operands.deallocate()
    registers.deallocate()
    instructions.deallocate()
    phases.deallocate()
    results.deallocate()
    direct.deallocate()
  }

  func bind(_ memory: MemoryMap) {
    scratch = memory.scratch
    for (index, operand) in source.operands.enumerated() {
      operands[index].data = UnsafeRawPointer(memory[operand.view])
    }
    for (index, result) in source.results.enumerated() {
      results[index].data = memory[result.view]
      results[index].squares = result.squares.map { memory[$0] }
    }
    bindDirectResults(memory)
    generateCode()
  }

  /// Writes the machine code, once, when it is known that the step will run.
  private func generateCode() {
    guard let plan else { return }
    self.plan = nil
    guard let code = FusedCode(source, plan).flatMap({ MachineCode($0.bytes) }) else { return }
    self.code = code
    program.pointee.code = code.function
    summary.implementation = StepSummary.generatedKernel
  }

  /// Lets instructions write results to memory at once where no later instruction reads the old
  /// elements there.
  private func bindDirectResults(_ memory: MemoryMap) {
    func reads(_ register: Int, _ target: UnsafeMutableRawPointer) -> Bool {
      register < operands.count && memory[source.operands[register].view] == target
    }
    for (index, step) in source.instructions.enumerated() {
      direct[index] = -1
      guard
        let which = source.results.firstIndex(where: {
          $0.source == step.destination && $0.keep == CK_STORE
        }), step.scope == CK_EACH,
        source.instructions.filter({ $0.destination == step.destination }).count == 1
      else { continue }
      let target = memory[source.results[which].view]
      let isReadLater = source.instructions[(index + 1)...].contains { later in
        later.operands.contains { reads($0, target) }
      }
      let isKeptOtherwise = source.results.contains { reads($0.source, target) }
      if !isReadLater && !isKeptOtherwise { direct[index] = Int32(which) }
    }
  }

  func run() { ck_run(program, Int32(threads), scratch) }
}

/// A domain whose neighbouring axes are one where every operand walks them as one.
struct MergedDomain {
  var sizes: [Int] = []
  /// For each operand its distances between neighbours.
  var strides: [[Int]]
  /// The leading axes that number the rows.
  var outerRank = 0
  /// Elements that are walked together.
  var row: Int

  init(_ program: FusedProgram) {
    var domain = program.domain
    if domain.row == nil { domain.row = MergedDomain.repeatedRow(program) }
    let split = domain.row == nil ? 0 : domain.outerRank
    let shape = program.domain.shape
    let operands = program.operands.map { operand in
      operand.isPerRow
        ? operand.view.strides + [Int](repeating: 0, count: shape.rank - split)
        : operand.view.strides
    }
    row = domain.row ?? Int(CK_BLOCK)
    strides = [[Int]](repeating: [], count: operands.count)
    for (axis, size) in shape.enumerated() {
      if axis == split { outerRank = sizes.count }
      guard size != 1 else { continue }
      let isFree = sizes.count > (axis >= split ? outerRank : 0)
      let fits =
        isFree && operands.indices.allSatisfy { strides[$0].last == operands[$0][axis] * size }
      if fits {
        sizes[sizes.count - 1] *= size
        for index in operands.indices { strides[index][sizes.count - 1] = operands[index][axis] }
      } else {
        sizes.append(size)
        for index in operands.indices { strides[index].append(operands[index][axis]) }
      }
    }
    if split == shape.rank { outerRank = sizes.count }
    guard sizes.isEmpty else { return }
    sizes = [1]
    strides = operands.map { _ in [0] }
    outerRank = 0
  }

  /// Rows over which an operand repeats: of a block at most, which is then loaded but once, or at
  /// least so many that threads can share them.
  private static func repeatedRow(_ program: FusedProgram) -> Int? {
    let shape = program.domain.shape
    var rows: [Int] = []
    for operand in program.operands {
      let strides = operand.view.strides
      func isRepeated(_ axis: Int) -> Bool { strides[axis] == 0 && shape[axis] != 1 }
      let axes = strides.indices.filter { shape[$0] != 1 }
      guard let last = axes.last, let repeated = axes.last(where: isRepeated) else { continue }
      // The axes behind the last one over which it repeats, or those at the end over which it does.
      let first = repeated < last ? repeated : axes.last { !isRepeated($0) } ?? last
      let row = shape.dimensions[(first + 1)...].reduce(1, *)
      let isParallel = row <= Int(CK_BLOCK) || shape.elementCount >= 16 * row
      if row > 1, isParallel, row < shape.elementCount { rows.append(row) }
    }
    return rows.max()
  }
}

extension ck_operand {
  fileprivate init(
    _ operand: FusedProgram.Operand, _ phases: UInt64, _ index: Int, _ domain: MergedDomain
  ) {
    self.init()
    element_bytes = Int32(operand.view.dtype.byteCount)
    is_per_row = operand.isPerRow
    self.phases = phases
    let rank = operand.isPerRow ? domain.outerRank : domain.sizes.count
    let strides = Array(domain.strides[index][..<rank])
    let dense = Shape(Array(domain.sizes[..<rank])).strides
    let isRepeated =
      domain.row <= Int(CK_BLOCK) && domain.outerRank > 0
      && strides.prefix(domain.outerRank).allSatisfy { $0 == 0 }
    mode =
      if strides.allSatisfy({ $0 == 0 }) {
        CK_SINGLE
      } else if strides == dense {
        CK_LINEAR
      } else if isRepeated {
        CK_REPEATED
      } else {
        CK_STRIDED
      }
    withUnsafeMutableBytes(of: &self.strides) { bytes in
      let target = bytes.assumingMemoryBound(to: Int64.self)
      for (axis, stride) in strides.enumerated() { target[axis] = Int64(stride) }
    }
  }
}

extension ck_instruction {
  fileprivate init(_ step: FusedProgram.Instruction) {
    let places =
      step.operands + [Int](repeating: step.operands[0], count: 3 - step.operands.count)
    self.init(
      scope: step.scope, function: step.operation?.function, reduction: step.reduction,
      element_bytes: Int32(step.dtype.byteCount), destination: Int32(step.destination),
      a: Int32(places[0]), b: Int32(places[1]), c: Int32(places[2]))
  }
}

extension ck_result {
  fileprivate init(_ result: FusedProgram.Result) {
    self.init(
      data: nil, squares: nil, element_bytes: Int32(result.view.dtype.byteCount),
      source: Int32(result.source), phase: Int32(result.phase), mode: result.keep,
      reduction: result.reduction)
  }
}

extension UnsafeMutableBufferPointer {
  /// Memory of its own for a copy of an array.
  fileprivate static func filled(_ values: [Element]) -> Self {
    let buffer = Self.allocate(capacity: values.count)
    _ = buffer.initialize(from: values)
    return buffer
  }
}
