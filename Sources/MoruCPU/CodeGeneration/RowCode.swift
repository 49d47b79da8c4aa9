import CKernels
import MoruTensors

/// Neighbouring elementwise instructions of a loop over rows as one piece of machine code: what they
/// hand to one another stays in registers.
struct RowCode {
  let code: MachineCode
  /// Values that it reads, and those that it writes, by their places in the loop.
  let operands: [Int]
  let results: [Int]
  /// Whether it walks over elements that all lie side by side, instead of from row to row.
  let isFlat: Bool

  /// - Parameter run: Instructions of a step that compute rows of one width, and whose values are
  ///   the same or have no element in common.
  /// - Returns: nil if vector code cannot compute them, or not with the registers there are.
  fileprivate init?(_ loop: RowLoop, _ run: Range<Int>) {
    var writer = RowProgramWriter(loop, run)
    guard let program = writer.program() else { return nil }
    (operands, results) = (writer.operands, writer.results)
    let values = (operands + results).map { loop.values[$0] }
    let strides = values.compactMap { Int32(exactly: $0.rowBytes) }
    isFlat = values.allSatisfy(\.isFlat)
    let plan =
      isFlat ? CodePlan(elementsOf: program) : CodePlan(rowsOf: program, strides: strides)
    guard strides.count == values.count,
      let code = FusedCode(program, plan).flatMap({ MachineCode($0.bytes) })
    else { return nil }
    self.code = code
  }
}

extension RowLoop {
  /// An instruction, or several of them in machine code.
  enum Piece {
    case instruction(Instruction)
    case code(RowCode)
  }

  /// What a step does, with all that can be in machine code.
  func pieces() -> [Piece] {
    var pieces: [Piece] = []
    var next = 0
    while next < steps.count {
      let run = run(from: next)
      if run.count > 1, let code = RowCode(self, run) {
        pieces.append(.code(code))
        next = run.upperBound
      } else {
        pieces.append(.instruction(steps[next]))
        next += 1
      }
    }
    return pieces
  }

  /// The longest run of instructions from one on that may become machine code.
  private func run(from first: Int) -> Range<Int> {
    let width = values[steps[first].destination].width
    var regions: Set<Region> = []
    var end = first
    while end < steps.count, case .function = steps[end].kind {
      let places = steps[end].operands + [steps[end].destination]
      for region in places.map(region) {
        let isApart = regions.allSatisfy { $0 == region || !$0.overlaps(region) }
        guard isApart, region.width == width else { return first..<end }
        regions.insert(region)
      }
      end += 1
    }
    return first..<end
  }

  /// Where a value's first row lies.
  fileprivate struct Region: Hashable {
    /// Shared memory; nil in a thread's own.
    var buffer: Int?
    var offset: Int
    var stepBytes: Int
    var rowBytes: Int
    var width: Int
    var dtype: DType

    func overlaps(_ other: Region) -> Bool {
      buffer == other.buffer && offset < other.offset + other.width * other.dtype.byteCount
        && other.offset < offset + width * dtype.byteCount
    }
  }

  fileprivate func region(of place: Int) -> Region {
    let value = values[place]
    return Region(
      buffer: value.view?.buffer, offset: value.view?.byteOffset ?? value.offset,
      stepBytes: value.stepBytes, rowBytes: value.rowBytes, width: value.width, dtype: value.dtype)
  }
}

/// Makes a fused program of a run of instructions.
private struct RowProgramWriter {
  private let loop: RowLoop
  private let run: Range<Int>
  private(set) var operands: [Int] = []
  private(set) var results: [Int] = []
  /// The register that holds what is in a region at present.
  private var registers: [RowLoop.Region: Int] = [:]

  init(_ loop: RowLoop, _ run: Range<Int>) {
    self.loop = loop
    self.run = run
  }

  /// - Returns: nil if nothing is needed after the run, and for more values than a call takes.
  mutating func program() -> FusedProgram? {
    findOperands()
    var program = FusedProgram(
      domain: RowDomain(shape: [loop.values[loop.steps[run.lowerBound].destination].width]))
    program.operands = operands.map { FusedProgram.Operand(view: view(of: $0), isPerRow: false) }
    var written: [RowLoop.Region: Int] = [:]
    for step in loop.steps[run] {
      guard case .function(let operation) = step.kind else { return nil }
      let sources = step.operands.compactMap { registers[loop.region(of: $0)] }
      let register = operands.count + program.instructions.count
      program.instructions.append(
        FusedProgram.Instruction(
          scope: CK_EACH, operation: operation, dtype: loop.values[step.destination].dtype,
          destination: register, operands: sources, name: step.name))
      registers[loop.region(of: step.destination)] = register
      written[loop.region(of: step.destination)] = step.destination
    }
    results = written.values.filter(isReadElsewhere).sorted()
    program.results = results.compactMap { place in
      registers[loop.region(of: place)].map {
        FusedProgram.Result(view: view(of: place), source: $0, phase: 0, keep: CK_STORE)
      }
    }
    let count = Int32(program.instructions.count)
    program.phases = [ck_phase(first: 0, rows_first: count, end: count)]
    let isSmall = operands.count + 3 * results.count <= Int(CK_MAX_ROW_PLACES)
    return isSmall && !results.isEmpty ? program : nil
  }

  /// What the run reads before it writes it.
  private mutating func findOperands() {
    var made: Set<RowLoop.Region> = []
    for step in loop.steps[run] {
      for place in step.operands {
        let region = loop.region(of: place)
        guard !made.contains(region), registers[region] == nil else { continue }
        registers[region] = operands.count
        operands.append(place)
      }
      made.insert(loop.region(of: step.destination))
    }
  }

  private func view(of place: Int) -> View {
    let value = loop.values[place]
    return View(buffer: 0, shape: [value.width], dtype: value.dtype)
  }

  /// Whether a value is needed after the run.
  private func isReadElsewhere(_ place: Int) -> Bool {
    let value = loop.values[place]
    // What lies in shared memory, and carries for the next step.
    if value.view != nil || value.offset != value.oddOffset { return true }
    let region = loop.region(of: place)
    let others = loop.steps[..<run.lowerBound] + loop.steps[run.upperBound...] + loop.after
    return others.contains { step in
      step.operands.contains { loop.region(of: $0).overlaps(region) }
    }
  }
}
