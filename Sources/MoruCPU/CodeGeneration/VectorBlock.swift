/// Straight-line code on sixteen lanes, in which each value is made once.
///
/// A value is sixteen Float32 or Int32 lanes, or a mask of sixteen truths.
struct VectorBlock {
  /// The number of the operation that makes it.
  typealias Value = Int

  /// How elements lie in memory.
  enum Element {
    /// Float32 or Int32.
    case word
    /// BFloat16, as the low halves of lanes; what the upper ones hold does not matter.
    case half
    /// UInt8, as Int32 lanes.
    case byte
    /// A byte of 0 or 1, as a mask.
    case truth
    /// A mask as words of all ones or zeros.
    case wordTruth

    var byteCount: Int {
      switch self {
      case .word, .wordTruth: 4
      case .half: 2
      case .byte, .truth: 1
      }
    }
    var isMask: Bool { self == .truth || self == .wordTruth }
  }

  /// What comes from memory. Places are numbers in the table that the code is given.
  enum Input: Hashable {
    /// The same bits in all lanes.
    case constant(UInt32)
    /// Lanes in the code's own memory.
    case slot(Int, isMask: Bool)
    /// At the present element of the domain.
    case element(place: Int, Element)
    /// At the present column of the row.
    case column(place: Int, Element)

    var isMask: Bool {
      switch self {
      case .constant: false
      case .slot(_, let isMask): isMask
      case .element(_, let element), .column(_, let element): element.isMask
      }
    }

    /// Whether it is the same for a whole walk along a column (or a row, if it is no column), so
    /// that it may stay in a register; and whether instructions can read it from memory.
    var isSteady: Bool {
      switch self {
      case .constant, .slot(_, isMask: false), .column(_, .word): true
      default: false
      }
    }
  }

  /// Where a reduction is kept.
  enum Accumulator: Hashable {
    /// A slot, for the reduction of a row.
    case slot(Int)
    /// An element for each column.
    case column(place: Int)
    /// Sixteen lanes.
    case lanes(place: Int)
  }

  enum Reduction { case sum, product, maximum, minimum, squares }

  enum Kind {
    case input(Input)
    case lanes(VectorInstruction, immediate: UInt8?)
    /// a · b + c.
    case multiplyAdd(MultiplyAdd)
    /// A mask of a and b.
    case compare(VectorInstruction, immediate: UInt8?)
    case logic(Assembler.MaskLogic)
    case not
    /// b where the mask a is set, c elsewhere.
    case choose
    /// All ones where the mask a is set.
    case expand
    case store(place: Int, Element, isColumn: Bool, pastCaches: Bool)
    case storeRow(place: Int)
    case storeSlot(Int)
    case accumulate(Accumulator, Reduction)

    var isEffect: Bool {
      switch self {
      case .store, .storeRow, .storeSlot, .accumulate: true
      default: false
      }
    }
  }

  struct Operation {
    var kind: Kind
    var a = -1
    var b = -1
    var c = -1

    var isMask: Bool {
      switch kind {
      case .input(let input): input.isMask
      case .compare, .logic, .not: true
      default: false
      }
    }
  }

  private(set) var operations: [Operation] = []
  private var inputs: [Input: Value] = [:]

  var isEmpty: Bool { operations.isEmpty }

  func isMask(_ value: Value) -> Bool { operations[value].isMask }

  mutating func append(_ kind: Kind, _ a: Value = -1, _ b: Value = -1, _ c: Value = -1) -> Value {
    operations.append(Operation(kind: kind, a: a, b: b, c: c))
    return operations.count - 1
  }

  mutating func input(_ input: Input) -> Value {
    if let known = inputs[input] { return known }
    let value = append(.input(input))
    inputs[input] = value
    return value
  }

  // MARK: - Lanes

  mutating func constant(_ value: Float) -> Value { input(.constant(value.bitPattern)) }
  mutating func constant(bits: UInt32) -> Value { input(.constant(bits)) }

  mutating func apply(
    _ instruction: VectorInstruction, _ a: Value, _ b: Value = -1, immediate: UInt8? = nil
  ) -> Value {
    append(.lanes(instruction, immediate: immediate), a, b)
  }

  mutating func add(_ a: Value, _ b: Value) -> Value { apply(.add, a, b) }
  mutating func subtract(_ a: Value, _ b: Value) -> Value { apply(.subtract, a, b) }
  mutating func multiply(_ a: Value, _ b: Value) -> Value { apply(.multiply, a, b) }
  mutating func divide(_ a: Value, _ b: Value) -> Value { apply(.divide, a, b) }

  /// a · b + c.
  mutating func fused(
    _ a: Value, _ b: Value, _ c: Value, _ signs: MultiplyAdd = MultiplyAdd()
  ) -> Value {
    append(.multiplyAdd(signs), a, b, c)
  }

  /// c₀xⁿ + c₁xⁿ⁻¹ + … + cₙ.
  mutating func polynomial(_ x: Value, _ coefficients: [Float]) -> Value {
    var sum = constant(coefficients[0])
    for coefficient in coefficients.dropFirst() { sum = fused(sum, x, constant(coefficient)) }
    return sum
  }

  mutating func absolute(_ x: Value) -> Value { apply(.and, x, constant(bits: 0x7FFF_FFFF)) }

  /// The magnitude of one value with the sign of another.
  mutating func copySign(_ magnitude: Value, of x: Value) -> Value {
    let sign = apply(.and, x, constant(bits: 0x8000_0000))
    return apply(.or, absolute(magnitude), sign)
  }

  /// The greater one; NaN if either is.
  mutating func maximum(_ x: Value, _ y: Value) -> Value {
    choose(compare(.unordered, x, x), x, apply(.maximum, x, y))
  }

  mutating func minimum(_ x: Value, _ y: Value) -> Value {
    choose(compare(.unordered, x, x), x, apply(.minimum, x, y))
  }

  // MARK: - Masks

  mutating func compare(_ comparison: VectorComparison, _ a: Value, _ b: Value) -> Value {
    append(.compare(.compare, immediate: comparison.rawValue), a, b)
  }

  mutating func compareWords(_ comparison: VectorComparison, _ a: Value, _ b: Value) -> Value {
    append(.compare(.compareWords, immediate: comparison.ofWords), a, b)
  }

  /// Where a whole number is not zero.
  mutating func test(_ a: Value) -> Value { append(.compare(.test, immediate: nil), a, a) }

  mutating func logic(_ operation: Assembler.MaskLogic, _ a: Value, _ b: Value) -> Value {
    append(.logic(operation), a, b)
  }

  mutating func choose(_ mask: Value, _ yes: Value, _ no: Value) -> Value {
    append(.choose, mask, yes, no)
  }

  // MARK: - Effects

  mutating func store(
    _ value: Value, place: Int, _ element: Element, isColumn: Bool, pastCaches: Bool = false
  ) {
    _ = append(
      .store(place: place, element, isColumn: isColumn, pastCaches: pastCaches), value)
  }

  mutating func accumulate(_ value: Value, _ reduction: Reduction, into accumulator: Accumulator) {
    _ = append(.accumulate(accumulator, reduction), value)
  }

  // MARK: - Uses

  /// How often each operation's value is read by what has an effect in the end.
  func useCounts() -> [Int] {
    var uses = [Int](repeating: 0, count: operations.count)
    for index in operations.indices.reversed() {
      let operation = operations[index]
      guard uses[index] > 0 || operation.kind.isEffect else { continue }
      for operand in [operation.a, operation.b, operation.c] where operand >= 0 {
        uses[operand] += 1
      }
    }
    return uses
  }
}
