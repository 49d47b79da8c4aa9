import Foundation
import MoruTensors

/// Damages inputs as a careless copy or a hostile hand would: a pure function of the generator.
struct Mutation {
  /// What parts of other inputs are spliced in from.
  let seeds: [[UInt8]]

  /// Numbers at which lengths and counts go wrong, as bytes of one to eight.
  private static let numbers: [[UInt8]] = {
    let values: [Int64] = [
      0, 1, -1, 2, 16, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 1 << 24,
      Int64(Int32.max), Int64(Int32.max) + 1, Int64(UInt32.max), 1 << 32, .max, .min,
    ]
    return values.flatMap { value in
      [1, 2, 4, 8].flatMap { count -> [[UInt8]] in
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
        return [bytes, bytes.reversed()]
      }
    }
  }()

  /// Pieces of the languages that are read.
  private static let words: [[UInt8]] =
    [
      "\"", "\"\"", ",", "\n", "\r\n", "\r", "\t", "\0", ",,,,", "NA", "nan", "1e999", "-0",
      "1e-400",
      "0.1000000000000000055", "18446744073709551616", "999999999999999999999999", "\u{FEFF}", "모루",
      "{", "}", "[", "]", ":", "- ", "&a ", "*a", "<<: ", "!!", "|", "null", "true", "\\u0000",
      "\\ud800",
      "{'descr': '<f8'", "(9223372036854775807,)", "True", "PK\u{1}\u{2}", "PK\u{5}\u{6}",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xB8, 0xF0], [0xEB, 0xAA], [0xED, 0xA0, 0x80], [0x1F, 0x8B],
    ]

  /// The input damaged in one to six ways.
  func callAsFunction(_ input: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = input
    for _ in 0..<Int.random(in: 1...6, using: &generator) { change(&bytes, &generator) }
    return bytes
  }

  private func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let place = Int.random(in: 0...bytes.count, using: &generator)
    let length = Int.random(in: 1...16, using: &generator)
    let range = place..<min(bytes.count, place + length)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0 where !range.isEmpty:
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1 where !range.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeSubrange(range)
    case 3: bytes.insert(contentsOf: bytes[range], at: place)
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.insert(contentsOf: pick(Self.words, &generator), at: place)
    case 6, 7:
      let number = pick(Self.numbers, &generator)
      bytes.replaceSubrange(place..<min(bytes.count, place + number.count), with: number)
    case 8:
      let other = pick(seeds, &generator)
      let start = Int.random(in: 0...other.count, using: &generator)
      let end = min(other.count, start + Int.random(in: 0...256, using: &generator))
      bytes.replaceSubrange(range, with: other[start..<end])
    default: swapParts(&bytes, &generator)
    }
  }

  private func swapParts(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let first = Int.random(in: 0...bytes.count, using: &generator)
    let second = Int.random(in: first...bytes.count, using: &generator)
    let third = Int.random(in: second...bytes.count, using: &generator)
    bytes = Array(bytes[..<first] + bytes[second..<third] + bytes[first..<second] + bytes[third...])
  }

  private func pick(_ choices: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
    choices.isEmpty ? [] : choices[Int.random(in: 0..<choices.count, using: &generator)]
  }
}
