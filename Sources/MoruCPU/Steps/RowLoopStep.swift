import CKernels
import MoruTensors

/// A loop over rows that do not depend on one another: every thread takes its rows through all
/// steps, and threads meet only at the end.
final class RowLoopStep: Step {
  private(set) var summary: StepSummary
  let reads: [Int]
  let writes: [Int]
  let scratchBytes: Int

  private let loop: RowLoop
  /// Where each matrix lies in the order that products read.
  private let packed: [View]
  private let threads: Int
  private let header: UnsafeMutablePointer<ck_row_loop>
  private let values: UnsafeMutablePointer<ck_row_value>
  private let instructions: UnsafeMutablePointer<ck_row_instruction>
  private let generatesCode: Bool
  /// What a step does; made once, when it is known that the loop will run.
  private lazy var pieces =
    generatesCode && MachineCode.isSupported
    ? loop.pieces() : loop.steps.map { .instruction($0) }
  /// The values that pieces of machine code read and write.
  private var codePlaces: [UnsafeMutableBufferPointer<Int32>] = []
  private var weights: [UnsafePointer<Float>] = []
  private var scratch: UnsafeMutableRawPointer?
  private var panels: [UnsafeMutablePointer<Float>] = []

  /// - Parameters:
  ///   - operands: The operands of the loop in the graph.
  ///   - results: Its results.
  ///   - packed: Memory for each matrix, of `ck_packed_bytes`.
  init(_ loop: RowLoop, operands: [View], results: [View], packed: [View], policy: ThreadPolicy) {
    self.loop = loop
    self.packed = packed
    let elements = loop.steps.reduce(0) { $0 + loop.values[$1.destination].width } * loop.rows
    let work = elements * loop.length + loop.flopCount / 16
    threads = policy.threads(forElements: work)
    generatesCode = policy.generatesCode
    let written = Set((results + packed).map(\.buffer))
    let used = loop.values.compactMap(\.view) + loop.weights.map(\.view)
    reads = Set((operands + used).map(\.buffer)).subtracting(written).sorted()
    writes = written.sorted()
    scratchBytes = threads * loop.localBytes
    header = .allocate(capacity: 1)
    values = .allocate(capacity: max(loop.values.count, 1))
    instructions = .allocate(
      capacity: max(loop.before.count + loop.steps.count + loop.after.count, 1))
    summary = StepSummary(
      kind: "scan",
      detail: "\(loop.length) steps of \(loop.rows) rows: "
        + loop.steps.map(\.name).joined(separator: " "),
      implementation: StepSummary.vectorKernel, bytesRead: operands.touchedBytes,
      bytesWritten: results.touchedBytes, flopCount: loop.flopCount + elements * loop.length,
      threads: threads)
  }

  deinit {
    header.deallocate()
    values.deallocate()
    instructions.deallocate()
    for places in codePlaces { places.deallocate() }
  }

  func bind(_ memory: MemoryMap) {
    scratch = memory.scratch
    weights = loop.weights.map { UnsafePointer(memory.pointer($0.view, as: Float.self)) }
    panels = packed.map { memory.pointer($0, as: Float.self) }
    for (place, value) in loop.values.enumerated() {
      values.advanced(by: place).initialize(
        to: ck_row_value(
          data: value.view.map { memory[$0] }, step_bytes: Int64(value.stepBytes),
          row_bytes: Int64(value.rowBytes), offset: Int64(value.offset),
          odd_offset: Int64(value.oddOffset)))
    }
    let list =
      loop.before.map(encoded) + pieces.map(encoded) + loop.after.map(encoded)
    for (place, instruction) in list.enumerated() {
      instructions.advanced(by: place).initialize(to: instruction)
    }
    header.initialize(
      to: ck_row_loop(
        rows: Int64(loop.rows), length: Int64(loop.length), is_reversed: loop.isReversed,
        chunk: Int64(loop.chunk), value_count: Int32(loop.values.count),
        before_count: Int32(loop.before.count), step_count: Int32(pieces.count),
        after_count: Int32(loop.after.count), values: values, before: instructions,
        steps: instructions + loop.before.count,
        after: instructions + loop.before.count + pieces.count,
        local_bytes: loop.localBytes))
  }

  private func encoded(_ piece: RowLoop.Piece) -> ck_row_instruction {
    switch piece {
    case .instruction(let instruction): return encoded(instruction)
    case .code(let part):
      summary.implementation = StepSummary.generatedKernel
      let places = UnsafeMutableBufferPointer<Int32>.allocate(
        capacity: part.operands.count + part.results.count)
      _ = places.initialize(from: (part.operands + part.results).map(Int32.init))
      codePlaces.append(places)
      var encoded = ck_row_instruction()
      encoded.kind = CK_ROW_CODE
      encoded.code = part.code.function
      encoded.places = UnsafePointer(places.baseAddress)
      encoded.operand_count = Int32(part.operands.count)
      encoded.place_count = Int32(places.count)
      encoded.width = Int64(loop.values[part.results[0]].width)
      encoded.is_flat = part.isFlat
      return encoded
    }
  }

  private func encoded(_ instruction: RowLoop.Instruction) -> ck_row_instruction {
    let target = loop.values[instruction.destination]
    let operands = instruction.operands
    func operand(_ place: Int) -> Int32 {
      Int32(place < operands.count ? operands[place] : operands[0])
    }
    var encoded = ck_row_instruction()
    encoded.destination = Int32(instruction.destination)
    (encoded.a, encoded.b, encoded.c) = (operand(0), operand(1), operand(2))
    encoded.width = Int64(target.width)
    encoded.element_bytes = Int32(target.dtype.byteCount)
    encoded.is_flat = target.isFlat && operands.allSatisfy { loop.values[$0].isFlat }
    switch instruction.kind {
    case .function(let operation):
      encoded.kind = CK_ROW_FUNCTION
      encoded.function = operation.function
    case .fill: encoded.kind = CK_ROW_FILL
    case .product(let number):
      encoded.kind = CK_ROW_PRODUCT
      encoded.c = operands.count > 1 ? operand(1) : -1
      encoded.weights = UnsafePointer(panels[number])
      encoded.inner = Int64(loop.weights[number].inner)
    }
    return encoded
  }

  func run() {
    for (place, matrix) in loop.weights.enumerated() {
      // Threads meet in the time in which one of them packs some thousand elements.
      let threads = matrix.inner * matrix.columns > 8192 ? threads : 1
      ck_pack_weights(
        panels[place], weights[place], Int64(matrix.inner), Int64(matrix.columns),
        Int64(matrix.rowStride), Int64(matrix.columnStride), Int32(threads))
    }
    ck_run_row_loop(header, Int32(threads), scratch)
  }
}
