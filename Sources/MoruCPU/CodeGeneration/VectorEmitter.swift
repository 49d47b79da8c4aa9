/// Writes a block's instructions, with a register for each value from its making to its last use.
///
/// Steady inputs that are used often keep a register for all rounds of a loop as long as there are
/// some left; instructions read the others from memory.
struct VectorEmitter {
  /// How inputs and results are reached.
  struct Frame {
    /// How many elements ahead of the present one memory is asked for; nil if it is not.
    var prefetchDistance: Int?
    /// A place's memory at the present element or column, or without an index.
    enum Index { case element, column, none }

    /// The register that holds a place's address; others are loaded from the table when needed.
    var bases: [Int: Assembler.General]
    /// Rows of one element each are numbered by this register.
    static let row = Assembler.General.rbx
    static let element = Assembler.General.rax
    static let column = Assembler.General.rcx
    static let table = Assembler.General.rdi
    static let temporary = Assembler.General.r8
  }

  /// The mask of the elements of the last, shorter step of a row, and one for moments in between.
  static let tailMask: UInt8 = 7
  static let spareMask: UInt8 = 6

  let block: VectorBlock
  let frame: Frame
  /// Whether elements are those of the tail mask.
  private(set) var isTail: Bool
  private var uses: [Int]
  private var registers: [UInt8?]
  private var isKept: [Bool]
  private var freeLanes: UInt32 = .max
  private var freeMasks: UInt8 = 0b0011_1110
  private var accumulators: [VectorBlock.Accumulator: [VectorBlock.Reduction: UInt8]] = [:]
  /// Whether there were always enough registers.
  private(set) var fits = true

  init(_ block: VectorBlock, _ frame: Frame, isTail: Bool) {
    self.block = block
    self.frame = frame
    self.isTail = isTail
    uses = block.useCounts()
    registers = [UInt8?](repeating: nil, count: block.operations.count)
    isKept = [Bool](repeating: false, count: block.operations.count)
  }

  // MARK: - Registers

  mutating func take() -> UInt8 {
    guard freeLanes != 0 else {
      fits = false
      return 0
    }
    let register = UInt8(freeLanes.trailingZeroBitCount)
    freeLanes &= freeLanes - 1
    return register
  }

  mutating func giveBack(_ register: UInt8) { freeLanes |= 1 << UInt32(register) }

  private mutating func takeMask() -> UInt8 {
    guard freeMasks != 0 else {
      fits = false
      return 1
    }
    let register = UInt8(freeMasks.trailingZeroBitCount)
    freeMasks &= freeMasks - 1
    return register
  }

  /// Counts a use; frees the register with the last one.
  private mutating func release(_ values: VectorBlock.Value...) {
    for value in values where value >= 0 {
      uses[value] -= 1
      guard uses[value] == 0, !isKept[value], let register = registers[value] else { continue }
      if block.isMask(value) { freeMasks |= 1 << register } else { giveBack(register) }
    }
  }

  /// Inputs that are the same in all rounds of a loop, the most used first.
  ///
  /// - Parameter alongColumn: Whether the loop walks along a column rather than a row.
  func steadyInputs(alongColumn: Bool) -> [VectorBlock.Value] {
    block.operations.indices.filter {
      guard case .input(let input) = block.operations[$0].kind, uses[$0] > 0 else { return false }
      if case .column = input, !alongColumn { return false }
      return input.isSteady
    }.sorted { (-uses[$0], $0) < (-uses[$1], $1) }
  }

  /// Begins the block again, with the same registers for what keeps one.
  mutating func restart(isTail: Bool) {
    self.isTail = isTail
    uses = block.useCounts()
    for value in registers.indices where !isKept[value] { registers[value] = nil }
  }

  /// Loads inputs into registers that they keep.
  mutating func keep(_ inputs: some Sequence<VectorBlock.Value>, _ code: inout Assembler) {
    for value in inputs {
      let register = take()
      loadSteady(value, register, &code)
      registers[value] = register
      isKept[value] = true
    }
  }

  /// A register that holds a reduction in all rounds of a loop.
  mutating func hold(_ accumulator: VectorBlock.Accumulator, _ reduction: VectorBlock.Reduction)
    -> UInt8
  {
    let register = take()
    accumulators[accumulator, default: [:]][reduction] = register
    return register
  }

  // MARK: - Memory

  /// A place's memory; loads its address if no register holds it.
  func memory(
    _ place: Int, _ index: Frame.Index, byteCount: Int = 4, _ code: inout Assembler
  ) -> Assembler.Memory {
    let base = frame.bases[place] ?? Frame.temporary
    if base == Frame.temporary {
      code.load(base, Assembler.Memory(base: Frame.table, displacement: 8 * place))
    }
    let register: Assembler.General? =
      switch index {
      case .element: Frame.element
      case .column: Frame.column
      case .none: nil
      }
    return Assembler.Memory(
      base: base, index: register,
      scale: index == .none ? 0 : UInt8(byteCount.trailingZeroBitCount))
  }

  static func slot(_ number: Int) -> Assembler.Memory {
    Assembler.Memory(base: .rsp, displacement: 64 * number)
  }

  private var masking: Assembler.Masking {
    isTail ? Assembler.Masking(mask: Self.tailMask, isZeroing: true) : .none
  }

  private func steadyMemory(_ input: VectorBlock.Input, _ code: inout Assembler) -> Assembler.Memory
  {
    switch input {
    case .constant(let bits): code.constant(bits)
    case .slot(let number, _): Self.slot(number)
    case .column(let place, _): memory(place, .column, &code)
    case .element: preconditionFailure("elements are loaded one after the other")
    }
  }

  private func loadSteady(
    _ value: VectorBlock.Value, _ register: UInt8, _ code: inout Assembler
  ) {
    guard case .input(let input) = block.operations[value].kind else { return }
    switch input {
    case .constant(0):
      code.vector(.exclusiveOr, register, register, .register(register))
    case .constant:
      code.vector(.spread, register, 0, .memory(steadyMemory(input, &code).single))
    case .column:
      code.vector(.load, register, 0, .memory(steadyMemory(input, &code)), masking: masking)
    default: code.vector(.load, register, 0, .memory(steadyMemory(input, &code)))
    }
  }

  /// Whether instructions have to read a value from memory.
  private func isInMemory(_ value: VectorBlock.Value) -> Bool { registers[value] == nil }

  /// A value as the last operand of an instruction, and the register to give back afterwards.
  private mutating func operand(
    _ value: VectorBlock.Value, _ code: inout Assembler
  ) -> (Assembler.Operand, UInt8?) {
    if let register = registers[value] { return (.register(register), nil) }
    guard case .input(let input) = block.operations[value].kind else {
      preconditionFailure("computed values are in registers")
    }
    if case .column = input, isTail {
      let register = take()
      loadSteady(value, register, &code)
      return (.register(register), register)
    }
    return (.memory(steadyMemory(input, &code)), nil)
  }

  /// A value in a register: its own, or one that is given back afterwards.
  private mutating func register(
    _ value: VectorBlock.Value, _ code: inout Assembler
  ) -> (UInt8, UInt8?) {
    if let register = registers[value] { return (register, nil) }
    let register = take()
    loadSteady(value, register, &code)
    return (register, register)
  }

  private mutating func giveBack(_ registers: UInt8?...) {
    for case let register? in registers { giveBack(register) }
  }

  // MARK: - Instructions

  /// Writes all instructions that have an effect in the end.
  mutating func emit(_ code: inout Assembler) {
    for index in block.operations.indices {
      let operation = block.operations[index]
      guard uses[index] > 0 || operation.kind.isEffect else { continue }
      emit(operation, index, &code)
      if !fits { return }
    }
  }

  private mutating func emit(
    _ operation: VectorBlock.Operation, _ index: Int, _ code: inout Assembler
  ) {
    let (a, b) = (operation.a, operation.b)
    switch operation.kind {
    case .input(let input): if !input.isSteady { load(input, index, &code) }
    case .lanes(let instruction, let immediate):
      emitLanes(instruction, immediate, operation, index, &code)
    case .multiplyAdd(let signs): emitMultiplyAdd(signs, operation, index, &code)
    case .compare(let instruction, let immediate):
      let (first, spare) = register(a, &code)
      let (second, other) = a == b ? (.register(first), nil) : operand(b, &code)
      release(a, b)
      registers[index] = takeMask()
      code.vector(instruction, mask(index), first, second, immediate: immediate)
      giveBack(spare, other)
    case .logic(let logic):
      let (first, second) = (mask(a), mask(b))
      release(a, b)
      registers[index] = takeMask()
      code.apply(logic, mask(index), first, second)
    case .not:
      let first = mask(a)
      release(a)
      registers[index] = takeMask()
      code.complement(mask(index), first)
    case .choose: emitChoice(operation, index, &code)
    case .expand:
      let first = mask(a)
      release(a)
      let result = take()
      code.vector(.lanesOfMask, result, 0, .register(first))
      registers[index] = result
    case .store, .storeRow, .storeSlot: emitStore(operation, &code)
    case .accumulate(let accumulator, let reduction):
      let (value, spare) = register(a, &code)
      accumulate(value, accumulator, reduction, &code)
      release(a)
      giveBack(spare)
    }
  }

  private func mask(_ value: VectorBlock.Value) -> UInt8 { registers[value] ?? 1 }

  private mutating func load(
    _ input: VectorBlock.Input, _ index: Int, _ code: inout Assembler
  ) {
    let element: VectorBlock.Element
    let place: Assembler.Memory
    switch input {
    case .element(let number, let kind):
      element = kind
      place = memory(number, .element, byteCount: kind.byteCount, &code)
    case .column(let number, let kind):
      element = kind
      place = memory(number, .column, byteCount: kind.byteCount, &code)
    case .slot(let number, _):
      element = .wordTruth
      place = Self.slot(number)
    case .constant: return
    }
    var isSlot = false
    if case .slot = input { isSlot = true }
    let register = take()
    let loading: VectorInstruction =
      switch element.byteCount {
      case 1: .wordFromByte
      case 2: .wordFromHalf
      default: .load
      }
    code.vector(loading, register, 0, .memory(place), masking: isSlot ? .none : masking)
    registers[index] = register
    guard element.isMask else { return }
    registers[index] = takeMask()
    code.vector(.test, mask(index), register, .register(register))
    giveBack(register)
  }

  private mutating func emitLanes(
    _ instruction: VectorInstruction, _ immediate: UInt8?, _ operation: VectorBlock.Operation,
    _ index: Int, _ code: inout Assembler
  ) {
    var (a, b) = (operation.a, operation.b)
    if instruction.form == .commutative, isInMemory(a), !isInMemory(b) { swap(&a, &b) }
    switch instruction.form {
    case .shift(let digit):
      let (first, spare) = register(a, &code)
      release(a)
      let result = take()
      code.vector(instruction, digit, result, .register(first), immediate: immediate)
      registers[index] = result
      giveBack(spare)
    case .unary:
      let (first, spare) = operand(a, &code)
      release(a)
      let result = take()
      code.vector(instruction, result, 0, first, immediate: immediate)
      registers[index] = result
      giveBack(spare)
    case .binary, .commutative:
      let (first, spare) = register(a, &code)
      let (second, other) = a == b ? (.register(first), nil) : operand(b, &code)
      release(a, b)
      let result = take()
      code.vector(instruction, result, first, second, immediate: immediate)
      registers[index] = result
      giveBack(spare, other)
    }
  }

  /// The result takes the place of an operand that is not needed any more, or of a copy of the term.
  private mutating func emitMultiplyAdd(
    _ signs: MultiplyAdd, _ operation: VectorBlock.Operation, _ index: Int,
    _ code: inout Assembler
  ) {
    var (a, b) = (operation.a, operation.b)
    let c = operation.c
    func isLast(_ value: VectorBlock.Value) -> Bool {
      let count = [operation.a, operation.b, c].filter { $0 == value }.count
      return count == 1 && uses[value] == 1 && !isKept[value] && !isInMemory(value)
    }
    if isInMemory(a), !isInMemory(b) { swap(&a, &b) }
    let (first, spare) = register(a, &code)
    if isLast(c), let result = registers[c] {
      let (second, other) = a == b ? (.register(first), nil) : operand(b, &code)
      code.vector(signs.intoTerm, result, first, second)
      finish(result, index, a, b, c, spare, other)
      return
    }
    if spare != nil || isLast(a) {
      let (second, other) = register(b, &code)
      let (term, third) = c == a ? (.register(first), nil) : operand(c, &code)
      code.vector(signs.intoFactor, first, second, term)
      finish(first, index, a, b, c, nil, other)
      giveBack(third)
      return
    }
    if isLast(b), let result = registers[b] {
      let (term, third) = operand(c, &code)
      code.vector(signs.intoFactor, result, first, term)
      finish(result, index, a, b, c, spare, third)
      return
    }
    let result = take()
    if let term = registers[c] {
      code.vector(.move, result, 0, .register(term))
    } else {
      loadSteady(c, result, &code)
    }
    let (second, other) = a == b ? (.register(first), nil) : operand(b, &code)
    code.vector(signs.intoTerm, result, first, second)
    finish(result, index, a, b, c, spare, other)
  }

  /// Counts the operands' uses, of which one gave its register to the result.
  private mutating func finish(
    _ result: UInt8, _ index: Int, _ a: Int, _ b: Int, _ c: Int, _ spare: UInt8?, _ other: UInt8?
  ) {
    release(a, b, c)
    giveBack(spare, other)
    freeLanes &= ~(1 << UInt32(result))
    registers[index] = result
  }

  private mutating func emitChoice(
    _ operation: VectorBlock.Operation, _ index: Int, _ code: inout Assembler
  ) {
    let (choice, yes, no) = (operation.a, operation.b, operation.c)
    let mask = mask(choice)
    if case .input(.constant(0)) = block.operations[no].kind {
      // Lanes that are left out become zeros.
      let (source, spare) = operand(yes, &code)
      release(choice, yes, no)
      let result = take()
      var place = source
      var instruction = VectorInstruction.move
      if case .memory(let memory) = source {
        place = .memory(memory.single)
        instruction = memory.isSpread ? .spread : .load
      }
      code.vector(
        instruction, result, 0, place, masking: Assembler.Masking(mask: mask, isZeroing: true))
      registers[index] = result
      giveBack(spare)
      return
    }
    let (first, spare) = register(no, &code)
    let (second, other) = yes == no ? (.register(first), nil) : operand(yes, &code)
    release(choice, yes, no)
    let result = take()
    code.vector(.blend, result, first, second, masking: Assembler.Masking(mask: mask))
    registers[index] = result
    giveBack(spare, other)
  }

  private mutating func emitStore(
    _ operation: VectorBlock.Operation, _ code: inout Assembler
  ) {
    let storing =
      isTail ? Assembler.Masking(mask: Self.tailMask) : Assembler.Masking.none
    switch operation.kind {
    case .store(let number, .truth, let isColumn, _):
      // Bytes of 1 where the mask is set.
      let lanes = take()
      let one = code.constant(1)
      code.vector(
        .spread, lanes, 0, .memory(one.single),
        masking: Assembler.Masking(mask: mask(operation.a), isZeroing: true))
      let place = memory(number, isColumn ? .column : .element, byteCount: 1, &code)
      code.vector(.storeBytes, lanes, 0, .memory(place), masking: storing)
      giveBack(lanes)
    case .store(let number, .half, let isColumn, _):
      let (lanes, spare) = register(operation.a, &code)
      let place = memory(number, isColumn ? .column : .element, byteCount: 2, &code)
      code.vector(.storeHalves, lanes, 0, .memory(place), masking: storing)
      giveBack(spare)
    case .store(let number, _, let isColumn, let pastCaches):
      let (lanes, spare) = register(operation.a, &code)
      let place = memory(number, isColumn ? .column : .element, &code)
      code.vector(
        pastCaches && !isTail ? .storePastCaches : .store, lanes, 0, .memory(place),
        masking: storing)
      giveBack(spare)
    case .storeRow(let number):
      let (lanes, spare) = register(operation.a, &code)
      var place = memory(number, .none, &code)
      place.index = Frame.row
      place.scale = 2
      code.vector(.storeOne, lanes, 0, .memory(place))
      giveBack(spare)
    case .storeSlot(let number):
      let (lanes, spare) = register(operation.a, &code)
      code.vector(.store, lanes, 0, .memory(Self.slot(number)))
      giveBack(spare)
    default: break
    }
    release(operation.a)
  }

  /// Asks for the memory of elements that are read or written later.
  func prefetch(_ code: inout Assembler) {
    guard let distance = frame.prefetchDistance else { return }
    for operation in block.operations {
      let found: (place: Int, byteCount: Int, isWritten: Bool)? =
        switch operation.kind {
        case .input(.element(let place, let element)) where element.byteCount > 1:
          (place, element.byteCount, false)
        case .store(let place, .word, isColumn: false, pastCaches: false): (place, 4, true)
        case .store(let place, .half, isColumn: false, _): (place, 2, true)
        default: nil
        }
      guard let found else { continue }
      var place = memory(found.place, .element, byteCount: found.byteCount, &code)
      place.displacement = found.byteCount * distance
      code.prefetch(place, isWritten: found.isWritten)
    }
  }

  // MARK: - Reductions

  private mutating func accumulate(
    _ value: UInt8, _ accumulator: VectorBlock.Accumulator, _ reduction: VectorBlock.Reduction,
    _ code: inout Assembler
  ) {
    if let register = accumulators[accumulator]?[reduction] {
      Self.accumulate(value, register, reduction, isTail: isTail, &code)
      return
    }
    let register = take()
    load(accumulator, register, &code)
    Self.accumulate(value, register, reduction, isTail: isTail, &code)
    store(accumulator, register, &code)
    giveBack(register)
  }

  /// Combines lanes into a register.
  static func accumulate(
    _ value: UInt8, _ register: UInt8, _ reduction: VectorBlock.Reduction, isTail: Bool,
    _ code: inout Assembler
  ) {
    let masking = Assembler.Masking(mask: isTail ? tailMask : 0)
    switch reduction {
    case .sum: code.vector(.add, register, register, .register(value), masking: masking)
    case .product: code.vector(.multiply, register, register, .register(value), masking: masking)
    case .squares:
      code.vector(MultiplyAdd().intoTerm, register, value, .register(value), masking: masking)
    case .maximum, .minimum:
      // What is NaN stays; if the other is, it is the result.
      code.vector(
        .compare, spareMask, register, .register(register), masking: masking,
        immediate: VectorComparison.ordered.rawValue)
      code.vector(
        reduction == .maximum ? .maximum : .minimum, register, register, .register(value),
        masking: Assembler.Masking(mask: spareMask))
    }
  }

  func load(
    _ accumulator: VectorBlock.Accumulator, _ register: UInt8, _ code: inout Assembler
  ) {
    switch accumulator {
    case .column(let place):
      code.vector(.load, register, 0, .memory(memory(place, .column, &code)), masking: masking)
    case .lanes(let place):
      code.vector(.load, register, 0, .memory(memory(place, .none, &code)))
    case .slot(let number): code.vector(.load, register, 0, .memory(Self.slot(number)))
    }
  }

  func store(
    _ accumulator: VectorBlock.Accumulator, _ register: UInt8, _ code: inout Assembler
  ) {
    let storing = isTail ? Assembler.Masking(mask: Self.tailMask) : Assembler.Masking.none
    switch accumulator {
    case .column(let place):
      code.vector(.store, register, 0, .memory(memory(place, .column, &code)), masking: storing)
    case .lanes(let place):
      code.vector(.store, register, 0, .memory(memory(place, .none, &code)))
    case .slot(let number): code.vector(.store, register, 0, .memory(Self.slot(number)))
    }
  }
}
