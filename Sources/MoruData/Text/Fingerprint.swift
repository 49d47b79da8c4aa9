/// A 64-bit hash of bytes that is the same on every machine and in every version: FarmHash's
/// `Fingerprint64`, by which Keras and TensorFlow spread unknown tokens.
///
/// - Source: Pike, Alakuijala 2014, https://github.com/google/farmhash; implemented from its
///   definition.
struct Fingerprint {
  let value: UInt64

  init(of bytes: [UInt8]) {
    value = bytes.withUnsafeBytes { buffer in
      let reader = Reader(bytes: buffer)
      return switch bytes.count {
      case 0...16: reader.upTo16
      case 17...32: reader.upTo32
      case 33...64: reader.upTo64
      default: reader.long
      }
    }
  }
}

private let primes: (UInt64, UInt64, UInt64) = (
  0xC3A5_C85C_97CB_3127, 0xB492_B66F_BE98_F273, 0x9AE1_6A3B_2F90_404F
)

private struct Reader {
  let bytes: UnsafeRawBufferPointer

  private var count: Int { bytes.count }

  private func word(_ place: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  private func half(_ place: Int) -> UInt64 {
    UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }

  /// A factor that depends on the length.
  private var factor: UInt64 { primes.2 &+ UInt64(count) &* 2 }

  var upTo16: UInt64 {
    if count >= 8 {
      let (a, b) = (word(0) &+ primes.2, word(count - 8))
      let c = b.turned(37) &* factor &+ a
      let d = (a.turned(25) &+ b) &* factor
      return mixed(c, d, factor)
    }
    if count >= 4 { return mixed(UInt64(count) &+ half(0) << 3, half(count - 4), factor) }
    guard count > 0 else { return primes.2 }
    let first = UInt64(bytes[0]) &+ UInt64(bytes[count / 2]) << 8
    let last = UInt64(count) &+ UInt64(bytes[count - 1]) << 2
    return (first &* primes.2 ^ last &* primes.0).folded &* primes.2
  }

  var upTo32: UInt64 {
    let (a, b) = (word(0) &* primes.1, word(8))
    let (c, d) = (word(count - 8) &* factor, word(count - 16) &* primes.2)
    return mixed(
      (a &+ b).turned(43) &+ c.turned(30) &+ d, a &+ (b &+ primes.2).turned(18) &+ c, factor)
  }

  var upTo64: UInt64 {
    let (a, b) = (word(0) &* primes.2, word(8))
    let (c, d) = (word(count - 8) &* factor, word(count - 16) &* primes.2)
    let y = (a &+ b).turned(43) &+ c.turned(30) &+ d
    let z = mixed(y, a &+ (b &+ primes.2).turned(18) &+ c, factor)
    let (e, f) = (word(16) &* factor, word(24))
    let g = (y &+ word(count - 32)) &* factor
    let h = (z &+ word(count - 24)) &* factor
    return mixed(
      (e &+ f).turned(43) &+ g.turned(30) &+ h, e &+ (f &+ a).turned(18) &+ g, factor)
  }

  var long: UInt64 {
    let seed: UInt64 = 81
    var x = seed &* primes.2 &+ word(0)
    var y = seed &* primes.1 &+ 113
    var z = (y &* primes.2 &+ 113).folded &* primes.2
    var (v, w): (Pair, Pair) = ((0, 0), (0, 0))
    let end = (count - 1) / 64 * 64
    for start in stride(from: 0, to: end, by: 64) {
      x = (x &+ y &+ v.0 &+ word(start + 8)).turned(37) &* primes.1
      y = (y &+ v.1 &+ word(start + 48)).turned(42) &* primes.1
      x ^= w.1
      y = y &+ v.0 &+ word(start + 40)
      z = (z &+ w.0).turned(33) &* primes.1
      v = pair(at: start, v.1 &* primes.1, x &+ w.0)
      w = pair(at: start + 32, z &+ w.1, y &+ word(start + 16))
      (x, z) = (z, x)
    }
    let factor = primes.1 &+ (z & 0xFF) << 1
    let start = count - 64
    w.0 = w.0 &+ UInt64((count - 1) & 63)
    v.0 = v.0 &+ w.0
    w.0 = w.0 &+ v.0
    x = (x &+ y &+ v.0 &+ word(start + 8)).turned(37) &* factor
    y = (y &+ v.1 &+ word(start + 48)).turned(42) &* factor
    x ^= w.1 &* 9
    y = y &+ v.0 &* 9 &+ word(start + 40)
    z = (z &+ w.0).turned(33) &* factor
    v = pair(at: start, v.1 &* factor, x &+ w.0)
    w = pair(at: start + 32, z &+ w.1, y &+ word(start + 16))
    return mixed(
      mixed(v.0, w.0, factor) &+ y.folded &* primes.0 &+ x,
      mixed(v.1, w.1, factor) &+ z, factor)
  }

  private typealias Pair = (UInt64, UInt64)

  /// 32 bytes mixed into two numbers.
  private func pair(at place: Int, _ first: UInt64, _ second: UInt64) -> Pair {
    let start = first &+ word(place)
    let b = (second &+ start &+ word(place + 24)).turned(21)
    let a = start &+ word(place + 8) &+ word(place + 16)
    return (a &+ word(place + 24), b &+ a.turned(44) &+ start)
  }

  private func mixed(_ one: UInt64, _ other: UInt64, _ factor: UInt64) -> UInt64 {
    let a = ((one ^ other) &* factor).folded
    return ((other ^ a) &* factor).folded &* factor
  }
}

extension UInt64 {
  fileprivate func turned(_ bits: UInt64) -> UInt64 { self >> bits | self << (64 - bits) }
  fileprivate var folded: UInt64 { self ^ self >> 47 }
}
