public import Foundation

/// Notes one after another, written as words: `c4:4` is middle C, a quarter long;
/// `f#5:2` an eighth, `r:8` a rest of a half; lengths are in sixteenths of a whole note. `|` ends a bar.
public struct Melody: Sendable, Equatable {
  /// A note, a rest or the end of a bar.
  public enum Element: Sendable, Equatable {
    /// A key of MIDI's, 0 to 127, of which 60 is `c4`, and its length in sixteenths.
    case note(key: Int, length: Int)
    /// Silence of so many sixteenths.
    case rest(length: Int)
    /// The end of a bar.
    case bar
  }

  /// What follows each other.
  public let elements: [Element]

  /// A melody of elements.
  ///
  /// - Throws: `GenerativeError.outOfRange` for keys that MIDI has not, and lengths below 1 or above 256.
  public init(_ elements: [Element]) throws(GenerativeError) {
    for element in elements {
      let (key, length) =
        switch element {
        case .note(let key, let length): (key, length)
        case .rest(let length): (0, length)
        case .bar: (0, 1)
        }
      guard (0...127).contains(key) else {
        throw .outOfRange("key", found: "\(key)", allowed: "0 to 127")
      }
      guard (1...256).contains(length) else {
        throw .outOfRange("length", found: "\(length)", allowed: "1 to 256")
      }
    }
    self.elements = elements
  }

  /// A melody of elements that are known to be in range.
  init(checked elements: [Element]) { self.elements = elements }

  /// Reads words.
  ///
  /// - Throws: `GenerativeError.notANote` naming a word that is none.
  public init(_ words: String) throws(GenerativeError) {
    elements = try words.split(whereSeparator: \.isWhitespace).map { word throws(GenerativeError) in
      guard let element = Self.element(word) else { throw .notANote(String(word)) }
      return element
    }
  }

  private static let names = ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]

  private static func element(_ word: Substring) -> Element? {
    if word == "|" { return .bar }
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let length = Int(parts[1]), (1...256).contains(length) else {
      return nil
    }
    if parts[0] == "r" { return .rest(length: length) }
    let letters = parts[0].prefix { !$0.isNumber && $0 != "-" }
    guard let name = names.firstIndex(of: String(letters)),
      let octave = Int(parts[0].dropFirst(letters.count)), (-1...9).contains(octave)
    else { return nil }
    let key = 12 * (octave + 1) + name
    return key <= 127 ? .note(key: key, length: length) : nil
  }

  /// The melody as words, as they are read.
  public var words: String {
    elements.map { element in
      switch element {
      case .note(let key, let length): "\(Self.names[key % 12])\(key / 12 - 1):\(length)"
      case .rest(let length): "r:\(length)"
      case .bar: "|"
      }
    }.joined(separator: " ")
  }

  /// The lengths of its bars in sixteenths; what stands behind the last `|` is none.
  public var barLengths: [Int] {
    var (lengths, sum) = ([Int](), 0)
    for element in elements {
      switch element {
      case .note(_, let length), .rest(let length): sum += length
      case .bar:
        lengths.append(sum)
        sum = 0
      }
    }
    return lengths
  }

  /// The melody as a MIDI file of one track, which any player plays: format 0, 480 ticks a quarter.
  ///
  /// - Parameters:
  ///   - tempo: Quarters a minute, 4 to 1000; others count as the nearest of these.
  ///   - program: The instrument of General MIDI, 0 (a piano) to 127.
  /// - Source: MIDI Manufacturers Association 1996, Standard MIDI Files 1.0.
  public func midi(tempo: Double = 100, program: UInt8 = 0) -> Data {
    let ticksPerSixteenth = 120
    let microseconds = Int(60_000_000 / min(max(tempo.isNaN ? 100 : tempo, 4), 1000))
    var track = Data([0, 0xFF, 0x51, 3]) + Self.bytes(microseconds, count: 3)
    track += [0, 0xC0, program & 0x7F]
    var wait = 0
    for element in elements {
      switch element {
      case .bar: continue
      case .rest(let length): wait += length * ticksPerSixteenth
      case .note(let key, let length):
        let key = UInt8(min(max(key, 0), 127))
        track += Self.variableLength(wait) + [0x90, key, 80]
        track += Self.variableLength(length * ticksPerSixteenth) + [0x80, key, 0]
        wait = 0
      }
    }
    track += Self.variableLength(wait) + [0xFF, 0x2F, 0]
    let header = Data("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1] + Self.bytes(480, count: 2)
    return header + Data("MTrk".utf8) + Self.bytes(track.count, count: 4) + track
  }

  private static func bytes(_ value: Int, count: Int) -> Data {
    Data((0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }

  /// Seven bits a byte, the greatest first; all but the last have the eighth bit.
  private static func variableLength(_ value: Int) -> Data {
    var (bytes, rest) = ([UInt8(value & 0x7F)], max(value, 0) >> 7)
    while rest > 0 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return Data(bytes.reversed())
  }
}
