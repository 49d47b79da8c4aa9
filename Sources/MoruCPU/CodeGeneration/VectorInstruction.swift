/// An instruction of sixteen lanes with an EVEX prefix: its opcode map, mandatory prefix and opcode.
package struct VectorInstruction: Equatable {
  /// The roles of its registers.
  package enum Form: Equatable {
    /// reg ← rm.
    case unary
    /// reg ← vvvv, rm.
    case binary
    /// reg ← vvvv, rm, which may change places.
    case commutative
    /// vvvv ← rm shifted by a constant; the number goes into the reg field.
    case shift(UInt8)
  }

  let map, prefix, opcode: UInt8
  let form: Form
  /// Bytes that it reads or writes in memory.
  var memoryBytes = 64

  private init(_ map: UInt8, _ prefix: UInt8, _ opcode: UInt8, _ form: Form, memoryBytes: Int = 64)
  {
    self.map = map
    self.prefix = prefix
    self.opcode = opcode
    self.form = form
    self.memoryBytes = memoryBytes
  }

  // Float32.
  package static let add = Self(1, 0, 0x58, .commutative)
  package static let multiply = Self(1, 0, 0x59, .commutative)
  package static let subtract = Self(1, 0, 0x5C, .binary)
  /// The second operand if either is NaN or both are zeros.
  package static let minimum = Self(1, 0, 0x5D, .binary)
  package static let divide = Self(1, 0, 0x5E, .binary)
  /// The second operand if either is NaN or both are zeros.
  package static let maximum = Self(1, 0, 0x5F, .binary)
  package static let squareRoot = Self(1, 0, 0x51, .unary)
  /// Rounds as its constant says: 8 to even, 9 down, 10 up.
  package static let round = Self(3, 1, 0x08, .unary)
  /// a · 2^⌊b⌋, rounded once.
  package static let scale = Self(2, 1, 0x2C, .binary)
  package static let compare = Self(1, 0, 0xC2, .binary)

  // Int32 and bits.
  package static let addWords = Self(1, 1, 0xFE, .commutative)
  package static let subtractWords = Self(1, 1, 0xFA, .binary)
  package static let multiplyWords = Self(2, 1, 0x40, .commutative)
  package static let maximumWords = Self(2, 1, 0x3D, .commutative)
  package static let minimumWords = Self(2, 1, 0x39, .commutative)
  package static let absoluteWords = Self(2, 1, 0x1E, .unary)
  package static let compareWords = Self(3, 1, 0x1F, .binary)
  package static let and = Self(1, 1, 0xDB, .commutative)
  package static let or = Self(1, 1, 0xEB, .commutative)
  package static let exclusiveOr = Self(1, 1, 0xEF, .commutative)
  package static let shiftLeft = Self(1, 1, 0x72, .shift(6))
  package static let shiftRight = Self(1, 1, 0x72, .shift(4))

  // Conversions.
  package static let floatFromWord = Self(1, 0, 0x5B, .unary)
  package static let wordTruncated = Self(1, 2, 0x5B, .unary)
  package static let wordFromByte = Self(2, 1, 0x31, .unary, memoryBytes: 16)
  package static let wordFromHalf = Self(2, 1, 0x33, .unary, memoryBytes: 32)
  /// Stores the low half of each lane.
  package static let storeHalves = Self(2, 2, 0x33, .unary, memoryBytes: 32)
  /// Stores the low byte of each lane.
  package static let storeBytes = Self(2, 2, 0x31, .unary, memoryBytes: 16)

  // Moves.
  package static let load = Self(1, 0, 0x10, .unary)
  package static let store = Self(1, 0, 0x11, .unary)
  /// Past the caches; the place is aligned.
  package static let storePastCaches = Self(1, 0, 0x2B, .unary)
  package static let storeOne = Self(1, 2, 0x11, .unary, memoryBytes: 4)
  package static let move = Self(1, 0, 0x28, .unary)
  package static let spread = Self(2, 1, 0x18, .unary, memoryBytes: 4)
  package static let spreadGeneral = Self(2, 1, 0x7C, .unary)
  /// Quarters, or numbers of each quarter, in the order of a constant.
  package static let shuffleQuarters = Self(3, 1, 0x23, .binary)
  package static let shuffle = Self(1, 0, 0xC6, .binary)

  // Masks.
  package static let blend = Self(2, 1, 0x65, .binary)
  /// A mask of the lanes in which both operands have a common bit.
  package static let test = Self(2, 1, 0x27, .commutative)
  /// All ones in the lanes of a mask.
  package static let lanesOfMask = Self(2, 2, 0x38, .unary)
}

/// ±(a · b) ± c, rounded once.
package struct MultiplyAdd: Equatable {
  let negatesProduct, negatesTerm: Bool

  package init(negatesProduct: Bool = false, negatesTerm: Bool = false) {
    self.negatesProduct = negatesProduct
    self.negatesTerm = negatesTerm
  }

  /// The result takes the place of the term.
  package var intoTerm: VectorInstruction { .init(multiplyAdd: 0xB8 | variant) }
  /// The result takes the place of one factor, the term is the last operand.
  package var intoFactor: VectorInstruction { .init(multiplyAdd: 0xA8 | variant) }

  private var variant: UInt8 { (negatesProduct ? 4 : 0) | (negatesTerm ? 2 : 0) }
}

extension VectorInstruction {
  fileprivate init(multiplyAdd opcode: UInt8) { self.init(2, 1, opcode, .binary) }
}

/// What a comparison finds, as the constant of the instruction.
package enum VectorComparison: UInt8 {
  case equal = 0, notEqual = 4
  case less = 0x11, lessOrEqual = 0x12, greaterOrEqual = 0x1D, greater = 0x1E
  case unordered = 3, ordered = 7

  /// The constant for whole numbers.
  package var ofWords: UInt8 {
    switch self {
    case .equal: 0
    case .less: 1
    case .lessOrEqual: 2
    case .notEqual: 4
    case .greaterOrEqual: 5
    case .greater: 6
    case .unordered: 3
    case .ordered: 7
    }
  }
}
