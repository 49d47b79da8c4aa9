/// Reads decimal numbers from bytes: `-12`, `3.5`, `6.02e23`, with spaces around them.
enum NumberParser {
  /// Powers of ten that a Float64 holds exactly.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Powers of five that 64 bits hold.
  private static let powersOfFive: [UInt64] = [
    1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125,
    244_140_625, 1_220_703_125, 6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125,
    3_814_697_265_625, 19_073_486_328_125, 95_367_431_640_625, 476_837_158_203_125,
    2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625, 298_023_223_876_953_125,
    1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
  ]

  /// `2^(63 + b) / 5^n`, rounded down, for powers of five of b bits: 64 bits, the highest of them 1. Not
  /// for 5^0. Spelt out, because a table that is computed would have to be looked for at every number.
  private static let reciprocals: [UInt64] = [
    0, 0xCCCC_CCCC_CCCC_CCCC, 0xA3D7_0A3D_70A3_D70A, 0x8312_6E97_8D4F_DF3B, 0xD1B7_1758_E219_652B,
    0xA7C5_AC47_1B47_8423, 0x8637_BD05_AF6C_69B5, 0xD6BF_94D5_E57A_42BC, 0xABCC_7711_8461_CEFC,
    0x8970_5F41_36B4_A597, 0xDBE6_FECE_BDED_D5BE, 0xAFEB_FF0B_CB24_AAFE, 0x8CBC_CC09_6F50_88CB,
    0xE12E_1342_4BB4_0E13, 0xB424_DC35_095C_D80F, 0x901D_7CF7_3AB0_ACD9, 0xE695_94BE_C44D_E15B,
    0xB877_AA32_36A4_B449, 0x9392_EE8E_921D_5D07, 0xEC1E_4A7D_B695_61A5, 0xBCE5_0864_9211_1AEA,
    0x971D_A050_74DA_7BEE, 0xF1C9_0080_BAF7_2CB1, 0xC16D_9A00_9592_8A27, 0x9ABE_14CD_4475_3B52,
    0xF796_87AE_D3EE_C551, 0xC612_0625_7658_9DDA, 0x9E74_D1B7_91E0_7E48,
  ]

  /// The most digits whose number always fits 64 bits.
  static let digitLimit = 19

  /// A number's sign, digits and what follows them, as far as they are spelt without exponent.
  struct Digits {
    var isNegative = false
    /// The digits as one whole number, right if there are at most `digitLimit`.
    var mantissa: UInt64 = 0
    /// How many digits there are.
    var count = 0
    /// How many of them stand behind the point.
    var fractionCount = 0

    /// Reads from `position` on, and leaves it behind the last digit or the point.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, from position: inout Int) {
      isNegative = bytes[position] == UInt8(ascii: "-")
      if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }
      let start = position
      readDigits(bytes, &position)
      count = position - start
      guard bytes[position] == UInt8(ascii: ".") else { return }
      position += 1
      let point = position
      while let eight = NumberParser.eightDigits(bytes + position) {
        mantissa = mantissa &* 100_000_000 &+ eight
        position += 8
      }
      readDigits(bytes, &position)
      fractionCount = position - point
      count += fractionCount
    }

    @inline(__always)
    private mutating func readDigits(_ bytes: UnsafePointer<UInt8>, _ position: inout Int) {
      while true {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit <= 9 else { return }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        position += 1
      }
    }
  }

  /// The number that the next eight bytes spell if all are digits.
  ///
  /// Digits are 0x30 to 0x39: the upper half is 3, and stays so when 6 is added. Neighbours are then
  /// joined to pairs, fours and eight by one multiplication each.
  @inline(__always)
  private static func eightDigits(_ bytes: UnsafePointer<UInt8>) -> UInt64? {
    let word = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
    let upper: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    let threes: UInt64 = 0x3030_3030_3030_3030
    guard word & upper == threes, (word &+ 0x0606_0606_0606_0606) & upper == threes else {
      return nil
    }
    var value = word &- threes
    value = (value &* 10 &+ value >> 8) & 0x00FF_00FF_00FF_00FF
    value = (value &* 100 &+ value >> 16) & 0x0000_FFFF_0000_FFFF
    value = (value &* 10_000 &+ value >> 32) & 0xFFFF_FFFF
    return value
  }

  /// `mantissa · 10^exponent`, correctly rounded; nil outside the exponents that are quick.
  ///
  /// Up to 2^53 and 10^±22 one exact multiplication or division rounds correctly. A longer number is
  /// multiplied by the reciprocal of the power of five, which tells 62 bits at least of the quotient but
  /// for the last. Where that could decide the rounding, whole numbers of 128 and 64 bits are divided;
  /// what remains only decides whether the quotient lies above a tie.
  ///
  /// - Source: Clinger 1990, "How to read floating point numbers accurately",
  ///   doi:10.1145/93542.93557.
  @inline(__always)
  static func value(_ mantissa: UInt64, exponent: Int) -> Double? {
    if mantissa <= 1 << 53 {
      if exponent == 0 { return Double(mantissa) }
      if exponent < 0, exponent >= -22 { return Double(mantissa) / powersOfTen[-exponent] }
      if exponent > 0, exponent <= 22 { return Double(mantissa) * powersOfTen[exponent] }
    }
    guard exponent <= 0, exponent >= -27 else { return nil }
    if exponent == 0 { return Double(mantissa) }
    let shift = mantissa.leadingZeroBitCount
    let product = (mantissa << UInt64(shift)).multipliedFullWidth(by: reciprocals[-exponent]).high
    // The true quotient lies above, by less than two; ties and their neighbours end in nine bits alike.
    guard case 1..<0x1FE = product & 0x1FF else { return quotient(mantissa, exponent: exponent) }
    let bits = 64 - powersOfFive[-exponent].leadingZeroBitCount
    return Double(product) * powerOfTwo(1 - shift - bits + exponent)
  }

  /// `2^exponent`, far from the ends of Float64's range.
  @inline(__always)
  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(1023 + exponent) << 52)
  }

  @inline(never)
  private static func quotient(_ mantissa: UInt64, exponent: Int) -> Double {
    guard mantissa > 0 else { return 0 }
    let divisor = powersOfFive[-exponent]
    let (shift, divisorShift) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
    let dividend = mantissa << UInt64(shift)
    let result = (divisor << UInt64(divisorShift)).dividingFullWidth(
      (high: dividend >> 1, low: dividend << 63))
    let rounded = Double(result.quotient | (result.remainder != 0 ? 1 : 0))
    return rounded * powerOfTwo(exponent + divisorShift - shift - 63)
  }

  /// The finite number that the bytes spell, correctly rounded, or nil. Eight bytes that are no
  /// digits can be read behind their end.
  static func number(_ bytes: UnsafeRawBufferPointer) -> Double? {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    var (position, end) = (0, bytes.count)
    while position < end, isSpace(base[position]) { position += 1 }
    while end > position, isSpace(base[end - 1]) { end -= 1 }
    let start = position
    guard start < end, mayBegin(base[start]) else { return nil }
    let digits = Digits(base, from: &position)
    guard digits.count > 0, position <= end else { return nil }
    var exponent = -digits.fractionCount
    if position < end {
      guard base[position] | 0x20 == UInt8(ascii: "e") else { return nil }
      position += 1
      guard let written = wholeNumber(base, from: &position, to: end), position == end else {
        return nil
      }
      exponent += written
    }
    if digits.count <= digitLimit, let magnitude = value(digits.mantissa, exponent: exponent) {
      return digits.isNegative ? -magnitude : magnitude
    }
    // Only decimal spelling is left, so that the standard library sees no `inf` or hexadecimal.
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// The same for bytes behind whose end nothing can be read.
  static func number(alone bytes: UnsafeRawBufferPointer) -> Double? {
    guard let first = bytes.first, mayBegin(first) || isSpace(first) else { return nil }
    let padded = Array(bytes) + [UInt8](repeating: 0, count: 8)
    return padded.withUnsafeBytes { number(UnsafeRawBufferPointer(rebasing: $0.dropLast(8))) }
  }

  /// An exponent: beyond 10^5 it does not matter how large it is.
  private static func wholeNumber(
    _ bytes: UnsafePointer<UInt8>, from position: inout Int, to end: Int
  ) -> Int? {
    let isNegative = position < end && bytes[position] == UInt8(ascii: "-")
    if isNegative || (position < end && bytes[position] == UInt8(ascii: "+")) { position += 1 }
    let start = position
    var value = 0
    while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit <= 9 {
      value = min(value * 10 + Int(digit), 100_000)
      position += 1
    }
    return position > start ? (isNegative ? -value : value) : nil
  }

  @inline(__always)
  private static func mayBegin(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") <= 9 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "+")
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
