/// Machine code for x86-64 processors with AVX-512, instruction after instruction.
///
/// Encodings are those of Intel's Software Developer's Manual, volume 2: general instructions with
/// REX prefixes, masks with VEX prefixes, vectors of sixteen lanes with EVEX prefixes.
package struct Assembler {
  /// A general register, by its number.
  package enum General: UInt8 {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  }

  /// A place in memory: base + index · 2^scale + displacement.
  package struct Memory: Equatable {
    /// The base; nil for a constant behind the code, whose number is the displacement.
    package var base: General?
    package var index: General?
    package var scale: UInt8 = 0
    package var displacement = 0
    /// Whether one element is spread over all lanes.
    package var isSpread = false

    package init(
      base: General?, index: General? = nil, scale: UInt8 = 0, displacement: Int = 0,
      isSpread: Bool = false
    ) {
      self.base = base
      self.index = index
      self.scale = scale
      self.displacement = displacement
      self.isSpread = isSpread
    }

    static func constant(_ number: Int) -> Memory {
      Memory(base: nil, displacement: number, isSpread: true)
    }

    /// The same place, one element of which is read.
    package var single: Memory {
      var place = self
      place.isSpread = false
      return place
    }
  }

  /// A vector register or a place in memory.
  package enum Operand: Equatable {
    case register(UInt8)
    case memory(Memory)
  }

  /// How lanes that a mask leaves out come out: as before, or as zeros.
  package struct Masking: Equatable {
    package var mask: UInt8
    package var isZeroing: Bool
    package static let none = Masking(mask: 0)

    package init(mask: UInt8, isZeroing: Bool = false) {
      self.mask = mask
      self.isZeroing = isZeroing
    }
  }

  /// A place in the code that jumps lead to.
  package struct Label { fileprivate let number: Int }

  /// The condition of a jump, by its number.
  package enum Condition: UInt8 { case below = 2, notBelow = 3 }

  /// Operations of general registers: opcodes between registers, and numbers with constants.
  package enum Arithmetic: UInt8 {
    case add = 0, and = 4, subtract = 5, exclusiveOr = 6, compare = 7

    fileprivate var opcode: UInt8 { rawValue << 3 | 1 }
  }

  /// Operations between mask registers.
  package enum MaskLogic: UInt8 {
    case and = 0x41, andNot = 0x42, or = 0x45, exclusiveNor = 0x46, exclusiveOr = 0x47
  }

  private var bytes: [UInt8] = []
  private var labels: [Int] = []
  private var jumps: [(end: Int, label: Int)] = []
  private var constants: [UInt32] = []
  private var constantUses: [(end: Int, place: Int, number: Int)] = []

  package init() {}

  // MARK: - General instructions

  package mutating func push(_ register: General) { short(0x50, register) }
  package mutating func pop(_ register: General) { short(0x58, register) }
  package mutating func ret() { bytes.append(0xC3) }
  /// Makes non-temporal stores visible to what follows.
  package mutating func storeFence() { bytes += [0x0F, 0xAE, 0xF8] }
  package mutating func zeroUpper() { bytes += [0xC5, 0xF8, 0x77] }

  package mutating func move(_ target: General, _ source: General) { pair(0x89, source, target) }

  package mutating func move(_ target: General, constant: UInt32) {
    if target.rawValue >= 8 { bytes.append(0x41) }
    bytes.append(0xB8 | target.rawValue & 7)
    word(constant)
  }

  package mutating func load(_ target: General, _ source: Memory) {
    general([0x8B], target.rawValue, source, isWide: true)
  }

  /// Loads a byte as a number.
  package mutating func loadByte(_ target: General, _ source: Memory) {
    general([0x0F, 0xB6], target.rawValue, source, isWide: false)
  }

  /// Loads two bytes as a number.
  package mutating func loadHalf(_ target: General, _ source: Memory) {
    general([0x0F, 0xB7], target.rawValue, source, isWide: false)
  }

  /// The address itself.
  package mutating func address(_ target: General, _ place: Memory) {
    general([0x8D], target.rawValue, place, isWide: true)
  }

  /// Asks for a cache line, to be written if `isWritten`.
  package mutating func prefetch(_ place: Memory, isWritten: Bool) {
    general([0x0F, isWritten ? 0x0D : 0x18], 1, place, isWide: false)
  }

  package mutating func apply(_ operation: Arithmetic, _ target: General, _ source: General) {
    pair(operation.opcode, source, target)
  }

  package mutating func apply(_ operation: Arithmetic, _ target: General, constant: Int) {
    let short = Int8(exactly: constant)
    bytes += [
      0x48 | target.rawValue >> 3, short == nil ? 0x81 : 0x83,
      0xC0 | operation.rawValue << 3 | target.rawValue & 7,
    ]
    if let short {
      bytes.append(UInt8(bitPattern: short))
    } else {
      word(UInt32(bitPattern: Int32(constant)))
    }
  }

  /// Adds to eight bytes of memory.
  package mutating func add(_ constant: Int32, to place: Memory) {
    general([0x81], 0, place, isWide: true)
    word(UInt32(bitPattern: constant))
  }

  package mutating func negate(_ target: General) {
    bytes += [0x48 | target.rawValue >> 3, 0xF7, 0xD8 | target.rawValue & 7]
  }

  /// Shifts left by the number in `rcx`.
  package mutating func shiftLeft(_ target: General) {
    bytes += [0x48 | target.rawValue >> 3, 0xD3, 0xE0 | target.rawValue & 7]
  }

  /// Moves if the last comparison found its first operand above the second.
  package mutating func moveIfAbove(_ target: General, _ source: General) {
    let prefix = 0x48 | (target.rawValue >> 3) << 2 | source.rawValue >> 3
    bytes += [prefix, 0x0F, 0x47, 0xC0 | (target.rawValue & 7) << 3 | source.rawValue & 7]
  }

  // MARK: - Jumps

  package mutating func makeLabel() -> Label {
    labels.append(-1)
    return Label(number: labels.count - 1)
  }

  package mutating func place(_ label: Label) { labels[label.number] = bytes.count }

  /// A label for this place.
  package mutating func here() -> Label {
    let label = makeLabel()
    place(label)
    return label
  }

  package mutating func jump(_ condition: Condition, to label: Label) {
    bytes += [0x0F, 0x80 | condition.rawValue]
    jump(label)
  }

  package mutating func jump(to label: Label) {
    bytes.append(0xE9)
    jump(label)
  }

  private mutating func jump(_ label: Label) {
    word(0)
    jumps.append((bytes.count, label.number))
  }

  // MARK: - Masks

  package mutating func apply(_ operation: MaskLogic, _ target: UInt8, _ a: UInt8, _ b: UInt8) {
    bytes += [0xC5, 0x84 | (~a & 15) << 3, operation.rawValue, 0xC0 | target << 3 | b]
  }

  package mutating func complement(_ target: UInt8, _ source: UInt8) {
    bytes += [0xC5, 0xF8, 0x44, 0xC0 | target << 3 | source]
  }

  /// A mask of the low bits of one of the first eight general registers.
  package mutating func move(mask: UInt8, _ source: General) {
    bytes += [0xC5, 0xF8, 0x92, 0xC0 | mask << 3 | source.rawValue]
  }

  // MARK: - Vectors

  /// An instruction of sixteen lanes.
  ///
  /// - Parameters:
  ///   - first: The register of the reg field: the result, or what is stored.
  ///   - second: The register of the vvvv field; 0 if there is none.
  package mutating func vector(
    _ instruction: VectorInstruction, _ first: UInt8, _ second: UInt8, _ third: Operand,
    masking: Masking = .none, immediate: UInt8? = nil
  ) {
    var (x, b) = (UInt8(0), UInt8(0))
    var isSpread = false
    switch third {
    case .register(let register): (x, b) = (register >> 4 & 1, register >> 3 & 1)
    case .memory(let place):
      x = (place.index?.rawValue ?? 0) >> 3
      b = (place.base?.rawValue ?? 0) >> 3
      isSpread = place.isSpread
    }
    let (r, high) = (first >> 3 & 1, first >> 4 & 1)
    bytes += [
      0x62, (r << 7 | x << 6 | b << 5 | high << 4) ^ 0xF0 | instruction.map,
      (~second & 15) << 3 | 4 | instruction.prefix,
      (masking.isZeroing ? 0x80 : 0) | 0x40 | (isSpread ? 0x10 : 0) | (~second >> 4 & 1) << 3
        | masking.mask,
      instruction.opcode,
    ]
    switch third {
    case .register(let register): bytes.append(0xC0 | (first & 7) << 3 | register & 7)
    case .memory(let place):
      // A spread constant is four bytes long whatever the instruction loads otherwise.
      encode(
        place, first & 7, unit: isSpread ? 4 : instruction.memoryBytes,
        trailing: immediate == nil ? 0 : 1)
    }
    if let immediate { bytes.append(immediate) }
  }

  // MARK: - Encoding

  private mutating func word(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  private mutating func short(_ opcode: UInt8, _ register: General) {
    if register.rawValue >= 8 { bytes.append(0x41) }
    bytes.append(opcode | register.rawValue & 7)
  }

  private mutating func pair(_ opcode: UInt8, _ reg: General, _ rm: General) {
    bytes += [
      0x48 | (reg.rawValue >> 3) << 2 | rm.rawValue >> 3, opcode,
      0xC0 | (reg.rawValue & 7) << 3 | rm.rawValue & 7,
    ]
  }

  private mutating func general(
    _ opcode: [UInt8], _ reg: UInt8, _ place: Memory, isWide: Bool
  ) {
    let (x, b) = ((place.index?.rawValue ?? 0) >> 3, (place.base?.rawValue ?? 0) >> 3)
    bytes.append((isWide ? 0x48 : 0x40) | (reg >> 3) << 2 | x << 1 | b)
    bytes += opcode
    encode(place, reg & 7, unit: 1, trailing: 0)
  }

  /// The ModRM byte, the SIB byte and the displacement, which counts in units if it takes one byte.
  private mutating func encode(_ place: Memory, _ reg: UInt8, unit: Int, trailing: Int) {
    guard let base = place.base else {
      bytes.append(reg << 3 | 5)
      word(0)
      constantUses.append((bytes.count + trailing, bytes.count - 4, place.displacement))
      return
    }
    let low = base.rawValue & 7
    let displacement = place.displacement
    // Bases rbp and r13 have no form without displacement.
    let mode: UInt8 =
      displacement == 0 && low != 5
      ? 0 : displacement % unit == 0 && Int8(exactly: displacement / unit) != nil ? 1 : 2
    // rsp and r12 as bases, and any index, need a SIB byte.
    if place.index != nil || low == 4 {
      bytes.append(mode << 6 | reg << 3 | 4)
      bytes.append(place.scale << 6 | (place.index?.rawValue ?? 4) << 3 & 0x38 | low)
    } else {
      bytes.append(mode << 6 | reg << 3 | low)
    }
    switch mode {
    case 1: bytes.append(UInt8(bitPattern: Int8(displacement / unit)))
    case 2: word(UInt32(bitPattern: Int32(displacement)))
    default: break
    }
  }

  // MARK: - Constants and the end

  /// A constant of four bytes behind the code.
  package mutating func constant(_ bits: UInt32) -> Memory {
    if let known = constants.firstIndex(of: bits) { return .constant(known) }
    constants.append(bits)
    return .constant(constants.count - 1)
  }

  /// The code with its jumps resolved and its constants behind it.
  package func finished() -> [UInt8] {
    var code = self
    while code.bytes.count % 4 != 0 { code.bytes.append(0xCC) }
    let start = code.bytes.count
    for constant in constants { code.word(constant) }
    for jump in jumps { code.patch(jump.end - 4, labels[jump.label] - jump.end) }
    for use in constantUses { code.patch(use.place, start + 4 * use.number - use.end) }
    return code.bytes
  }

  private mutating func patch(_ place: Int, _ distance: Int) {
    for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: distance >> (8 * byte)) }
  }
}
