import CKernels
import MoruTensors

/// A fused program as a function in machine code.
///
/// The function walks over a domain of rows in one of four ways: over elements where nothing
/// depends on rows, from row to row where these lie apart; along columns of some rows at a time, with
/// what belongs to a column in registers; or row by row, once for each phase. It gets a table of
/// addresses (operands; for each result its memory, squares and shift; saved values) and how much to
/// walk over.
struct FusedCode {
  /// Vectors on which each walk's loops work.
  private static let lanes = 16
  /// How many elements ahead memory is asked for: time enough for it to come.
  private static let prefetchDistance = 1024
  /// Registers for addresses that are needed all the time.
  private static let baseRegisters: [Assembler.General] = [.r9, .r10, .r11, .r12, .r13, .r14, .r15]

  private let translation: FusedTranslation
  private let walk: ck_walk
  /// Elements of a row.
  private let row: Int
  /// Rows that a walk along columns takes at a time.
  private let blockRows: Int
  /// For each operand and each result the bytes from one row to the next, if rows lie apart.
  private let rowStrides: [Int32]?
  private let frame: VectorEmitter.Frame
  private var code = Assembler()
  private var fits = true

  /// The machine code.
  private(set) var bytes: [UInt8] = []

  /// - Returns: nil if vector code cannot compute the program, or not with the registers there are.
  init?(_ program: FusedProgram, _ plan: CodePlan) {
    guard
      let translation = FusedTranslation(
        program, plan.patterns, pastCaches: plan.storesPastCaches), translation.slotCount <= 64
    else { return nil }
    self.translation = translation
    walk = plan.walk
    row = plan.row
    blockRows = plan.blockRows
    rowStrides = plan.rowStrides
    frame = VectorEmitter.Frame(
      prefetchDistance: plan.isLarge ? FusedCode.prefetchDistance : nil,
      bases: FusedCode.bases(translation))
    emitEntry()
    switch (walk, rowStrides) {
    case (CK_WALK_ELEMENTS, nil): emitElements()
    case (CK_WALK_ELEMENTS, let strides?): emitRows(strides: strides)
    case (CK_WALK_COLUMNS, _): emitColumns()
    default: emitRows()
    }
    emitExit(pastCaches: plan.storesPastCaches)
    guard fits else { return nil }
    bytes = code.finished()
  }

  /// Registers for the addresses that are used most.
  private static func bases(_ translation: FusedTranslation) -> [Int: Assembler.General] {
    var uses: [Int: Int] = [:]
    for block in translation.bodies {
      for operation in block.operations {
        switch operation.kind {
        case .input(.element(let place, _)), .input(.column(let place, _)),
          .store(let place, _, _, _), .accumulate(.column(let place), _),
          .accumulate(.lanes(let place), _):
          uses[place, default: 0] += 1
        default: continue
        }
      }
    }
    let sorted = uses.keys.sorted { (-(uses[$0] ?? 0), $0) < (-(uses[$1] ?? 0), $1) }
    return Dictionary(uniqueKeysWithValues: zip(sorted, baseRegisters))
  }

  // MARK: - Entry and exit

  private static let saved: [Assembler.General] = [.rbx, .r12, .r13, .r14, .r15]

  private mutating func emitEntry() {
    code.push(.rbp)
    code.move(.rbp, .rsp)
    for register in FusedCode.saved { code.push(register) }
    if translation.slotCount > 0 {
      code.apply(.subtract, .rsp, constant: 64 * translation.slotCount)
      code.apply(.and, .rsp, constant: -64)
    }
    for (place, register) in frame.bases.sorted(by: { $0.key < $1.key }) {
      code.load(
        register, Assembler.Memory(base: VectorEmitter.Frame.table, displacement: 8 * place))
    }
    for single in translation.singles { emitSpread(single, index: nil) }
    if walk != CK_WALK_ELEMENTS || rowStrides != nil, row % FusedCode.lanes != 0 {
      code.move(.rax, constant: 1 << UInt32(row % FusedCode.lanes) - 1)
      code.move(mask: VectorEmitter.tailMask, .rax)
    }
  }

  private mutating func emitExit(pastCaches: Bool) {
    if pastCaches { code.storeFence() }
    code.zeroUpper()
    code.address(.rsp, Assembler.Memory(base: .rbp, displacement: -8 * FusedCode.saved.count))
    for register in FusedCode.saved.reversed() { code.pop(register) }
    code.pop(.rbp)
    code.ret()
  }

  /// Spreads one element into a slot.
  private mutating func emitSpread(
    _ spread: FusedTranslation.Spread, index: Assembler.General?
  ) {
    let base = frame.bases[spread.place] ?? VectorEmitter.Frame.temporary
    if base == VectorEmitter.Frame.temporary {
      code.load(
        base, Assembler.Memory(base: VectorEmitter.Frame.table, displacement: 8 * spread.place))
    }
    var place = Assembler.Memory(base: base, index: index)
    let byteCount = spread.element.byteCount
    if index != nil { place.scale = UInt8(byteCount.trailingZeroBitCount) }
    if byteCount == 4 {
      code.vector(.spread, 0, 0, .memory(place))
    } else {
      let temporary = VectorEmitter.Frame.temporary
      if byteCount == 2 {
        code.loadHalf(temporary, place)
      } else {
        code.loadByte(temporary, place)
      }
      if spread.element.isMask { code.negate(temporary) }
      code.vector(.spreadGeneral, 0, 0, .register(temporary.rawValue))
    }
    code.vector(.store, 0, 0, .memory(VectorEmitter.slot(spread.slot)))
  }

  // MARK: - Loops

  /// Writes a loop with as many inputs in registers as there is room for.
  private mutating func emitLoop(
    _ block: VectorBlock, isTail: Bool = false, keeping: Bool, alongColumn: Bool,
    _ body: (inout VectorEmitter, inout Assembler, ArraySlice<VectorBlock.Value>) -> Void
  ) {
    let inputs =
      keeping
      ? VectorEmitter(block, frame, isTail: isTail).steadyInputs(alongColumn: alongColumn) : []
    var count = min(inputs.count, 24)
    while true {
      var emitter = VectorEmitter(block, frame, isTail: isTail)
      var attempt = code
      body(&emitter, &attempt, inputs[..<count])
      if emitter.fits {
        code = attempt
        return
      }
      if count == 0 {
        fits = false
        return
      }
      count /= 2
    }
  }

  private mutating func emitElements() {
    let block = translation.bodies[0]
    code.apply(.exclusiveOr, .rax, .rax)
    code.move(.rdx, .rsi)
    code.apply(.and, .rdx, constant: -FusedCode.lanes)
    emitLoop(block, keeping: true, alongColumn: false) { emitter, code, inputs in
      emitter.keep(inputs, &code)
      let held = block.accumulators.map { ($0.0, emitter.hold($0.0, $0.1)) }
      for (accumulator, register) in held { emitter.load(accumulator, register, &code) }
      let (tail, end) = (code.makeLabel(), code.makeLabel())
      code.apply(.compare, .rax, .rdx)
      code.jump(.notBelow, to: tail)
      let top = code.here()
      emitter.prefetch(&code)
      emitter.emit(&code)
      code.apply(.add, .rax, constant: FusedCode.lanes)
      code.apply(.compare, .rax, .rdx)
      code.jump(.below, to: top)
      code.place(tail)
      code.apply(.compare, .rax, .rsi)
      code.jump(.notBelow, to: end)
      // The mask of what is left.
      code.move(.rcx, .rsi)
      code.apply(.subtract, .rcx, .rax)
      code.move(.rdx, constant: 1)
      code.shiftLeft(.rdx)
      code.apply(.subtract, .rdx, constant: 1)
      code.move(mask: VectorEmitter.tailMask, .rdx)
      emitter.restart(isTail: true)
      emitter.emit(&code)
      code.place(end)
      for (accumulator, register) in held { emitter.store(accumulator, register, &code) }
    }
  }

  /// The elements of rows that lie apart: the addresses in the table go from row to row.
  private mutating func emitRows(strides: [Int32]) {
    let (row, bases, translation) = (row, frame.bases, translation)
    let operandCount = translation.program.operands.count
    code.apply(.exclusiveOr, .rbx, .rbx)
    emitLoop(translation.bodies[0], keeping: true, alongColumn: false) { emitter, code, inputs in
      emitter.keep(inputs, &code)
      let next = code.here()
      code.apply(.exclusiveOr, .rax, .rax)
      FusedCode.emitElements(of: row, &emitter, &code)
      for (index, stride) in strides.enumerated() {
        let place =
          index < operandCount ? index : translation.place(ofResult: index - operandCount)
        if let register = bases[place] {
          code.apply(.add, register, constant: Int(stride))
        } else {
          code.add(
            stride, to: Assembler.Memory(base: VectorEmitter.Frame.table, displacement: 8 * place))
        }
      }
      code.apply(.add, .rbx, constant: 1)
      code.apply(.compare, .rbx, .rsi)
      code.jump(.below, to: next)
    }
  }

  /// A walk over the elements of a row from that in `rax` on, with the column in `rcx`.
  private static func emitElements(
    of row: Int, _ emitter: inout VectorEmitter, _ code: inout Assembler
  ) {
    let whole = row / lanes * lanes
    code.apply(.exclusiveOr, .rcx, .rcx)
    if whole > 0 {
      let top = code.here()
      emitter.prefetch(&code)
      emitter.emit(&code)
      code.apply(.add, .rax, constant: lanes)
      code.apply(.add, .rcx, constant: lanes)
      code.apply(.compare, .rcx, constant: whole)
      code.jump(.below, to: top)
    }
    if whole < row {
      emitter.restart(isTail: true)
      emitter.emit(&code)
    }
  }

  private mutating func emitColumns() {
    let rows = blockRows
    let whole = row / FusedCode.lanes * FusedCode.lanes
    let (block, end) = (code.makeLabel(), code.makeLabel())
    code.apply(.exclusiveOr, .rbx, .rbx)
    code.place(block)
    code.apply(.compare, .rbx, .rsi)
    code.jump(.notBelow, to: end)
    code.move(.rdx, .rbx)
    code.apply(.add, .rdx, constant: rows * row)
    code.apply(.compare, .rdx, .rsi)
    code.moveIfAbove(.rdx, .rsi)
    code.apply(.exclusiveOr, .rcx, .rcx)
    if whole > 0 {
      let column = code.here()
      emitColumn(isTail: false, keeping: rows > 2)
      code.apply(.add, .rcx, constant: FusedCode.lanes)
      code.apply(.compare, .rcx, constant: whole)
      code.jump(.below, to: column)
    }
    if whole < row { emitColumn(isTail: true, keeping: rows > 2) }
    code.move(.rbx, .rdx)
    code.jump(to: block)
    code.place(end)
  }

  /// One step of columns, down some rows.
  private mutating func emitColumn(isTail: Bool, keeping: Bool) {
    let block = translation.bodies[0]
    let row = row
    emitLoop(block, isTail: isTail, keeping: keeping, alongColumn: true) { emitter, code, inputs in
      emitter.keep(inputs, &code)
      let held = block.accumulators.map { ($0.0, emitter.hold($0.0, $0.1)) }
      for (accumulator, register) in held { emitter.load(accumulator, register, &code) }
      code.address(.rax, Assembler.Memory(base: .rbx, index: .rcx))
      let top = code.here()
      emitter.prefetch(&code)
      emitter.emit(&code)
      code.apply(.add, .rax, constant: row)
      code.apply(.compare, .rax, .rdx)
      code.jump(.below, to: top)
      for (accumulator, register) in held { emitter.store(accumulator, register, &code) }
    }
  }

  private mutating func emitRows() {
    code.apply(.exclusiveOr, .rbx, .rbx)
    code.apply(.exclusiveOr, .rdx, .rdx)
    let next = code.here()
    for spread in translation.rows { emitSpread(spread, index: VectorEmitter.Frame.row) }
    for (body, rowBlock) in zip(translation.bodies, translation.rowBlocks) {
      if !body.isEmpty { emitRow(body) }
      if rowBlock.isEmpty { continue }
      emitLoop(rowBlock, keeping: false, alongColumn: false) { emitter, code, _ in
        emitter.emit(&code)
      }
    }
    code.apply(.add, .rdx, constant: row)
    code.apply(.add, .rbx, constant: 1)
    code.apply(.compare, .rbx, .rsi)
    code.jump(.below, to: next)
  }

  /// A phase's walk over the elements of a row.
  private mutating func emitRow(_ block: VectorBlock) {
    let row = row
    code.move(.rax, .rdx)
    let isLong = row > 4 * FusedCode.lanes
    emitLoop(block, keeping: isLong, alongColumn: false) { emitter, code, inputs in
      emitter.keep(inputs, &code)
      var held: [(accumulator: VectorBlock.Accumulator, VectorBlock.Reduction, register: UInt8)] =
        []
      for case (.slot(let slot), let reduction) in block.accumulators {
        let register = emitter.hold(.slot(slot), reduction)
        let identity = code.constant(reduction.identity.bitPattern)
        code.vector(.spread, register, 0, .memory(identity.single))
        held.append((.slot(slot), reduction, register))
      }
      FusedCode.emitElements(of: row, &emitter, &code)
      let spare = emitter.take()
      for (accumulator, reduction, register) in held {
        FusedCode.emitReduction(register, reduction, spare, &code)
        emitter.store(accumulator, register, &code)
      }
    }
  }

  /// Brings the reduction of all lanes into each of them.
  private static func emitReduction(
    _ register: UInt8, _ reduction: VectorBlock.Reduction, _ spare: UInt8,
    _ code: inout Assembler
  ) {
    // Halves, quarters, pairs, neighbours.
    let orders: [(VectorInstruction, UInt8)] = [
      (.shuffleQuarters, 0x4E), (.shuffleQuarters, 0xB1), (.shuffle, 0x4E), (.shuffle, 0xB1),
    ]
    for (instruction, order) in orders {
      code.vector(instruction, spare, register, .register(register), immediate: order)
      VectorEmitter.accumulate(spare, register, reduction, isTail: false, &code)
    }
  }
}

extension VectorBlock {
  /// The reductions that the block adds to.
  fileprivate var accumulators: [(Accumulator, Reduction)] {
    operations.compactMap {
      if case .accumulate(let accumulator, let reduction) = $0.kind {
        (accumulator, reduction)
      } else {
        nil
      }
    }
  }
}

extension VectorBlock.Reduction {
  fileprivate var identity: Float {
    switch self {
    case .sum, .squares: 0
    case .product: 1
    case .maximum: -.infinity
    case .minimum: .infinity
    }
  }
}
