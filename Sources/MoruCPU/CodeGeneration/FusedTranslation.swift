import CKernels
import MoruTensors

/// A fused program as blocks of vector code: one for the elements of each phase, and one for what
/// follows on one element for each row.
struct FusedTranslation {
  /// How an operand's elements lie along the walk.
  enum Pattern {
    case single, linear
    /// One element for each column, or for each row.
    case column, row
  }

  /// A value that the code spreads into a slot of its own memory.
  struct Spread {
    var slot: Int
    var place: Int
    var element: VectorBlock.Element
  }

  /// Where a register's value is.
  private enum Source {
    case operand(Int)
    case element(phase: Int, VectorBlock.Value)
    /// A value of each row, made by a phase's row operations or a reduction.
    case row(slot: Int, isMask: Bool, phase: Int, VectorBlock.Value?)
  }

  let program: FusedProgram
  private let patterns: [Pattern]
  private(set) var bodies: [VectorBlock]
  private(set) var rowBlocks: [VectorBlock]
  /// Operands with one element, and with one element for each row.
  private(set) var singles: [Spread] = []
  private(set) var rows: [Spread] = []
  private(set) var slotCount = 0
  /// Values of a row that a later phase reads again.
  private(set) var savedCount = 0

  private var sources: [Int: Source] = [:]
  private var operandSlots: [Int: Int] = [:]
  private var savedPlaces: [[Int]: Int] = [:]
  /// Slots of row values that their block stores.
  private var storedSlots: Set<Int> = []
  /// For each register the instruction that made its present value.
  private var makers: [Int: Int] = [:]
  private let readCounts: [Int]

  /// - Parameter pastCaches: Whether results are stored past the caches.
  /// - Returns: nil if vector code cannot compute the program.
  init?(_ program: FusedProgram, _ patterns: [Pattern], pastCaches: Bool) {
    self.program = program
    self.patterns = patterns
    bodies = program.phases.map { _ in VectorBlock() }
    rowBlocks = bodies
    readCounts = FusedTranslation.readCounts(program)
    for index in program.operands.indices { sources[index] = .operand(index) }
    for (phase, range) in program.phases.enumerated() {
      for index in Int(range.first)..<Int(range.end) {
        guard translate(index, phase) else { return nil }
      }
    }
    guard translateReductions(), translateStores(pastCaches: pastCaches) else { return nil }
  }

  /// How often each instruction's value is read.
  private static func readCounts(_ program: FusedProgram) -> [Int] {
    var counts = [Int](repeating: 0, count: program.instructions.count)
    var makers: [Int: Int] = [:]
    for (index, step) in program.instructions.enumerated() {
      for operand in step.operands { if let maker = makers[operand] { counts[maker] += 1 } }
      makers[step.destination] = index
    }
    for result in program.results { if let maker = makers[result.source] { counts[maker] += 1 } }
    return counts
  }

  // MARK: - Places

  /// The place of a result in the table: its memory, or that of sums; squares and a shift follow.
  func place(ofResult index: Int) -> Int { program.operands.count + 3 * index }

  private func place(ofSaved index: Int) -> Int {
    program.operands.count + 3 * program.results.count + index
  }

  private static func element(_ type: DType) -> VectorBlock.Element? {
    switch type {
    case .float32, .int32: .word
    case .bfloat16: .half
    case .uint8: .byte
    case .bool: .truth
    case .float64, .int64, .int8: nil
    }
  }

  private mutating func newSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  /// The slot that an operand with one element, or one for each row, is spread into.
  private mutating func slot(ofOperand index: Int, _ element: VectorBlock.Element) -> Int {
    if let known = operandSlots[index] { return known }
    let slot = newSlot()
    let spread = Spread(slot: slot, place: index, element: element)
    if patterns[index] == .row { rows.append(spread) } else { singles.append(spread) }
    operandSlots[index] = slot
    return slot
  }

  // MARK: - Reading

  /// A register's value in the block of a phase's elements.
  private mutating func element(_ register: Int, _ phase: Int) -> VectorBlock.Value? {
    switch sources[register] {
    case .operand(let index):
      guard let element = FusedTranslation.element(program.operands[index].view.dtype) else {
        return nil
      }
      switch patterns[index] {
      case .linear: return bodies[phase].input(.element(place: index, element))
      case .column: return bodies[phase].input(.column(place: index, element))
      case .single, .row:
        let slot = slot(ofOperand: index, element)
        return bodies[phase].input(.slot(slot, isMask: element.isMask))
      }
    case .element(let made, let value):
      return made == phase ? value : saved(value, of: made, in: phase)
    case .row(let slot, let isMask, let made, let value):
      keepSlot(slot, made, value)
      return bodies[phase].input(.slot(slot, isMask: isMask))
    case nil: return nil
    }
  }

  /// A value of an earlier phase, through memory.
  private mutating func saved(
    _ value: VectorBlock.Value, of made: Int, in phase: Int
  ) -> VectorBlock.Value {
    let isMask = bodies[made].isMask(value)
    let element: VectorBlock.Element = isMask ? .wordTruth : .word
    if savedPlaces[[made, value]] == nil {
      let place = place(ofSaved: savedCount)
      savedCount += 1
      let lanes = isMask ? bodies[made].append(.expand, value) : value
      bodies[made].store(lanes, place: place, .word, isColumn: true)
      savedPlaces[[made, value]] = place
    }
    return bodies[phase].input(.column(place: savedPlaces[[made, value]] ?? 0, element))
  }

  /// A register's value in the block of a phase's rows.
  private mutating func row(_ register: Int, _ phase: Int) -> VectorBlock.Value? {
    switch sources[register] {
    case .operand(let index):
      guard let element = FusedTranslation.element(program.operands[index].view.dtype),
        patterns[index] == .row || patterns[index] == .single
      else { return nil }
      let slot = slot(ofOperand: index, element)
      return rowBlocks[phase].input(.slot(slot, isMask: element.isMask))
    case .row(let slot, let isMask, let made, let value):
      if let value, made == phase { return value }
      keepSlot(slot, made, value)
      return rowBlocks[phase].input(.slot(slot, isMask: isMask))
    case .element, nil: return nil
    }
  }

  /// Lets the block that makes a row value store it.
  private mutating func keepSlot(_ slot: Int, _ phase: Int, _ value: VectorBlock.Value?) {
    guard let value, storedSlots.insert(slot).inserted else { return }
    let lanes =
      rowBlocks[phase].isMask(value) ? rowBlocks[phase].append(.expand, value) : value
    _ = rowBlocks[phase].append(.storeSlot(slot), lanes)
  }

  // MARK: - Instructions

  private mutating func translate(_ index: Int, _ phase: Int) -> Bool {
    let step = program.instructions[index]
    defer { makers[step.destination] = index }
    switch step.scope {
    case CK_SPREAD:
      sources[step.destination] = sources[step.operands[0]]
      return true
    case CK_REDUCE:
      guard step.dtype == .float32, let value = element(step.operands[0], phase) else {
        return false
      }
      let slot = newSlot()
      bodies[phase].accumulate(value, step.reduction.ofVectors, into: .slot(slot))
      sources[step.destination] = .row(slot: slot, isMask: false, phase: phase, nil)
      return true
    case CK_EACH_ROW:
      let operands = step.operands.compactMap { row($0, phase) }
      guard operands.count == step.operands.count,
        let value = rowBlocks[phase].apply(step, to: operands, isOnce(step.operands))
      else { return false }
      sources[step.destination] = .row(
        slot: newSlot(), isMask: rowBlocks[phase].isMask(value), phase: phase, value)
    default:
      let operands = step.operands.compactMap { element($0, phase) }
      guard operands.count == step.operands.count,
        let value = bodies[phase].apply(step, to: operands, isOnce(step.operands))
      else { return false }
      sources[step.destination] = .element(phase: phase, value)
    }
    return true
  }

  /// For each register whether its value is read but once.
  private func isOnce(_ registers: [Int]) -> [Bool] {
    registers.map { register in makers[register].map { readCounts[$0] == 1 } ?? false }
  }

  // MARK: - Results

  private mutating func translateReductions() -> Bool {
    for (index, result) in program.results.enumerated() {
      let place = place(ofResult: index)
      let reduction = result.reduction.ofVectors
      guard result.view.dtype == .float32 || result.keep == CK_STORE else { return false }
      switch result.keep {
      case CK_STORE: continue
      case CK_STORE_ROWS:
        let last = rowBlocks.count - 1
        guard let value = row(result.source, last) else { return false }
        _ = rowBlocks[last].append(.storeRow(place: place), value)
      case CK_REDUCE_ALL_ROWS:
        let last = rowBlocks.count - 1
        guard let value = row(result.source, last) else { return false }
        rowBlocks[last].accumulate(value, reduction, into: .lanes(place: place))
      case CK_REDUCE_ALL, CK_REDUCE_OUTER:
        guard let value = element(result.source, result.phase) else { return false }
        bodies[result.phase].accumulate(
          value, reduction,
          into: result.keep == CK_REDUCE_ALL ? .lanes(place: place) : .column(place: place))
      default:
        guard let value = element(result.source, result.phase) else { return false }
        let shift = bodies[result.phase].input(.column(place: place + 2, .word))
        let distance = bodies[result.phase].subtract(value, shift)
        bodies[result.phase].accumulate(distance, .sum, into: .column(place: place))
        bodies[result.phase].accumulate(distance, .squares, into: .column(place: place + 1))
      }
    }
    return true
  }

  /// All operands are read before anything is stored, since a result may take an operand's place.
  private mutating func translateStores(pastCaches: Bool) -> Bool {
    let last = bodies.count - 1
    var stores: [(value: VectorBlock.Value, place: Int, element: VectorBlock.Element)] = []
    for (index, result) in program.results.enumerated() where result.keep == CK_STORE {
      guard let element = FusedTranslation.element(result.view.dtype), element != .byte,
        let value = self.element(result.source, last)
      else { return false }
      stores.append((value, place(ofResult: index), element))
    }
    for store in stores {
      bodies[last].store(
        store.value, place: store.place, store.element, isColumn: false, pastCaches: pastCaches)
    }
    return true
  }
}

extension ck_reduction {
  var ofVectors: VectorBlock.Reduction {
    switch self {
    case CK_MAX: .maximum
    case CK_MIN: .minimum
    case CK_PRODUCT: .product
    default: .sum
    }
  }
}
