import CKernels
import MoruGraph
import MoruTensors

/// A fused pass while it is put together: operations first, then their order, then registers.
struct FusedPass {
  private struct Draft {
    var scope: ck_scope
    var operation: KernelOperation?
    var reduction = CK_SUM
    var dtype: DType
    var operands: [Place]
    /// Operands with elements as wide as the result's.
    var equallyWide: [Bool]
    var name: String
    var phase: Int

    var isOfRows: Bool { scope == CK_EACH_ROW }
  }

  /// An operand or the result of a draft.
  enum Place: Hashable {
    case operand(Int)
    case draft(Int)
  }

  private struct Kept {
    var source: Place
    var view: View
    var squares: View?
    var keep: ck_keep
    var reduction: ck_reduction
  }

  private let domain: RowDomain
  private var operands: [FusedProgram.Operand] = []
  private var drafts: [Draft] = []
  private var kept: [Kept] = []
  /// A row value as a register of the domain, by phase where rows are long.
  private var spreads: [Place: [Int: Place]] = [:]

  init(domain: RowDomain) { self.domain = domain }

  // MARK: - Operations

  /// A value in memory, one element for each row if `isPerRow`.
  mutating func load(_ view: View, isPerRow: Bool) -> Place {
    let operand = FusedProgram.Operand(view: view, isPerRow: isPerRow)
    if let known = operands.firstIndex(of: operand) { return .operand(known) }
    operands.append(operand)
    return .operand(operands.count - 1)
  }

  /// An elementwise operation, on rows' elements or on one element for each row.
  mutating func apply(
    _ operation: KernelOperation, _ name: String, _ type: DType, to operands: [(Place, DType)],
    isPerRow: Bool
  ) -> Place {
    let places = operands.map(\.0)
    return append(
      Draft(
        scope: isPerRow ? CK_EACH_ROW : CK_EACH, operation: operation, dtype: type,
        operands: places, equallyWide: operands.map { $0.1.byteCount == type.byteCount },
        name: name, phase: places.map(phase).max() ?? 0))
  }

  /// A reduction of each row.
  mutating func reduceRows(_ source: Place, _ reduction: ck_reduction, _ type: DType) -> Place {
    append(
      Draft(
        scope: CK_REDUCE, reduction: reduction, dtype: type, operands: [source],
        equallyWide: [false], name: "reduce", phase: phase(source)))
  }

  /// A value of each row, as elements of the row.
  ///
  /// - Parameter others: What it is computed with. Where rows are long, a later phase spreads it
  ///   again.
  mutating func spread(_ source: Place, _ type: DType, beside others: [Place]) -> Place {
    let first = phase(source) + (isComputed(source) ? 1 : 0)
    let phase = domain.hasLongRows ? max(first, others.map(phase).max() ?? 0) : first
    if let known = spreads[source]?[phase] { return known }
    let place = append(
      Draft(
        scope: CK_SPREAD, dtype: type, operands: [source], equallyWide: [false],
        name: "spread", phase: phase))
    spreads[source, default: [:]][phase] = place
    return place
  }

  /// Keeps a value, or what it reduces to.
  mutating func keep(
    _ source: Place, _ keep: ck_keep, _ reduction: ck_reduction = CK_SUM, into view: View,
    squares: View? = nil
  ) {
    kept.append(
      Kept(source: source, view: view, squares: squares, keep: keep, reduction: reduction))
  }

  private mutating func append(_ draft: Draft) -> Place {
    drafts.append(draft)
    return .draft(drafts.count - 1)
  }

  private func isComputed(_ place: Place) -> Bool {
    if case .draft = place { true } else { false }
  }

  private func phase(_ place: Place) -> Int {
    if case .draft(let index) = place { drafts[index].phase } else { 0 }
  }

  // MARK: - Order and registers

  /// The program: instructions in order, each value in a register that is freed after its last use.
  func finished() -> FusedProgram {
    var pass = self
    pass.delay()
    let order = pass.drafts.indices.sorted {
      let (a, b) = (pass.drafts[$0], pass.drafts[$1])
      return (a.phase, a.isOfRows ? 1 : 0, $0) < (b.phase, b.isOfRows ? 1 : 0, $1)
    }
    return pass.allocated(order)
  }

  /// Moves elementwise operations to the phase of their first reader, so that fewer long rows are
  /// kept from one phase to another.
  private mutating func delay() {
    guard domain.hasLongRows else { return }
    var first = [Int?](repeating: nil, count: drafts.count)
    func note(_ place: Place, _ phase: Int) {
      if case .draft(let index) = place { first[index] = min(first[index] ?? phase, phase) }
    }
    for entry in kept where entry.keep != CK_STORE { note(entry.source, phase(entry.source)) }
    for index in drafts.indices.reversed() {
      let isFree = drafts[index].scope == CK_EACH || drafts[index].scope == CK_SPREAD
      if isFree, let phase = first[index] {
        drafts[index].phase = max(drafts[index].phase, phase)
      }
      for operand in drafts[index].operands { note(operand, drafts[index].phase) }
    }
  }

  private func allocated(_ order: [Int]) -> FusedProgram {
    let phaseCount = (drafts.map(\.phase).max() ?? 0) + 1
    var lastUse = [Int](repeating: -1, count: drafts.count)
    var lastPhase = drafts.map(\.phase)
    for (position, index) in order.enumerated() {
      for case .draft(let operand) in drafts[index].operands {
        lastUse[operand] = position
        lastPhase[operand] = max(lastPhase[operand], drafts[index].phase)
      }
    }
    // What is stored keeps its register to the end, because it may lie in the result's memory.
    for entry in kept {
      guard case .draft(let source) = entry.source else { continue }
      lastUse[source] = order.count
      if entry.keep == CK_STORE { lastPhase[source] = phaseCount - 1 }
    }

    var program = FusedProgram(domain: domain)
    program.operands = operands
    program.operandPhases = operands.map { _ in 0 }
    var registers = [Int](repeating: 0, count: drafts.count)
    var free: [ck_register.RawValue: [Int]] = [:]
    func register(_ place: Place) -> Int {
      switch place {
      case .operand(let index): index
      case .draft(let index): registers[index]
      }
    }
    for (position, index) in order.enumerated() {
      let draft = drafts[index]
      let kind = kind(of: index, lastPhase[index])
      var finished: [(kind: ck_register, register: Int, isEquallyWide: Bool)] = []
      for (place, isEquallyWide) in zip(draft.operands, draft.equallyWide) {
        switch place {
        case .operand(let operand): program.operandPhases[operand] |= 1 << UInt64(draft.phase)
        case .draft(let operand):
          guard lastUse[operand] == position,
            !finished.contains(where: { $0.register == registers[operand] })
          else { continue }
          finished.append(
            (self.kind(of: operand, lastPhase[operand]), registers[operand], isEquallyWide))
        }
      }
      // The result may overwrite an operand element by element only if they are equally wide.
      for entry in finished where entry.isEquallyWide {
        free[entry.kind.rawValue, default: []].append(entry.register)
      }
      // Rows' registers are small, and a long row needs them until its last block.
      let mayReuse = lastUse[index] < order.count && kind != CK_ROW_REGISTER
      if mayReuse, let reused = free[kind.rawValue]?.popLast() {
        registers[index] = reused
      } else {
        registers[index] = operands.count + program.registers.count
        program.registers.append(kind)
      }
      for entry in finished where !entry.isEquallyWide {
        free[entry.kind.rawValue, default: []].append(entry.register)
      }
      program.instructions.append(
        FusedProgram.Instruction(
          scope: draft.scope, operation: draft.operation, reduction: draft.reduction,
          dtype: draft.dtype, destination: registers[index],
          operands: draft.operands.map(register), name: draft.name))
    }
    for entry in kept {
      if case .operand(let operand) = entry.source {
        program.operandPhases[operand] |= 1 << UInt64(entry.keep == CK_STORE ? phaseCount - 1 : 0)
      }
      program.results.append(
        FusedProgram.Result(
          view: entry.view, squares: entry.squares, source: register(entry.source),
          phase: phase(entry.source), keep: entry.keep, reduction: entry.reduction))
    }
    program.phases = phases(order, count: phaseCount)
    return program
  }

  private func kind(of draft: Int, _ lastPhase: Int) -> ck_register {
    switch drafts[draft].scope {
    case CK_EACH_ROW, CK_REDUCE: CK_ROW_REGISTER
    default:
      domain.hasLongRows && lastPhase > drafts[draft].phase ? CK_LONG_REGISTER : CK_BLOCK_REGISTER
    }
  }

  private func phases(_ order: [Int], count: Int) -> [ck_phase] {
    var place = 0
    return (0..<count).map { phase in
      let steps = order.filter { drafts[$0].phase == phase }
      let rows = steps.filter { drafts[$0].isOfRows }.count
      defer { place += steps.count }
      return ck_phase(
        first: Int32(place), rows_first: Int32(place + steps.count - rows),
        end: Int32(place + steps.count))
    }
  }
}
