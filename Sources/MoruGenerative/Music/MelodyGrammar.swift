public import MoruTensors

/// Draws simple tunes by a grammar: something to learn from that nobody owns.
///
/// ```text
/// tune   → phrase(I IV V V) phrase(I IV V I) phrase(vi IV I V) phrase(I IV V I)
/// phrase → one bar for each chord; the first bars of the first, second and fourth phrase are the same
/// bar    → a rhythm of sixteenths: 4 4 4 4 | 4 4 8 | 8 4 4 | 2 2 4 4 4 | 4 2 2 4 4 | 6 2 4 4
/// note   → on beats 1 and 3 the chord's note nearest to the one before, or the next one to it;
///          elsewhere a step up or down in C major, or the same note
/// end    → a phrase that ends on I ends with c5 of a whole bar
/// ```
///
/// All notes lie from g4 to g5.
public struct MelodyGrammar: Sendable {
  private static let rhythms = [
    [4, 4, 4, 4], [4, 4, 8], [8, 4, 4], [2, 2, 4, 4, 4], [4, 2, 2, 4, 4], [6, 2, 4, 4],
  ]
  private static let scale = [67, 69, 71, 72, 74, 76, 77, 79]
  private static let chords = [
    "I": [0, 4, 7], "IV": [5, 9, 0], "V": [7, 11, 2], "vi": [9, 0, 4],
  ]
  private static let phrases = [
    ["I", "IV", "V", "V"], ["I", "IV", "V", "I"], ["vi", "IV", "I", "V"], ["I", "IV", "V", "I"],
  ]

  private var generator: SeededGenerator

  /// A grammar whose draws the seed decides.
  public init(seed: Seed) { generator = seed.generator }

  /// The next tune: 16 bars of four quarters.
  public mutating func tune() -> Melody {
    var key = 72
    let opening = bar("I", after: &key)
    var elements: [Melody.Element] = []
    for phrase in Self.phrases {
      for (place, chord) in phrase.enumerated() {
        if place == 3, chord == "I" {
          key = 72
          elements += [.note(key: key, length: 16), .bar]
        } else if place == 0, chord == "I" {
          elements += opening
          if case .note(let last, _) = opening[opening.count - 2] { key = last }
        } else {
          elements += bar(chord, after: &key)
        }
      }
    }
    return Melody(checked: elements)
  }

  private mutating func bar(_ chord: String, after key: inout Int) -> [Melody.Element] {
    let rhythm = Self.rhythms[Int.random(in: 0..<Self.rhythms.count, using: &generator)]
    var elements: [Melody.Element] = []
    var time = 0
    for length in rhythm {
      key = time.isMultiple(of: 8) ? chordNote(chord, near: key) : step(from: key)
      elements.append(.note(key: key, length: length))
      time += length
    }
    return elements + [.bar]
  }

  private mutating func chordNote(_ chord: String, near key: Int) -> Int {
    let notes = Self.scale.filter { Self.chords[chord]?.contains($0 % 12) == true }
      .sorted { (abs($0 - key), $0) < (abs($1 - key), $1) }
    return notes[Int.random(in: 0..<2, using: &generator)]
  }

  private mutating func step(from key: Int) -> Int {
    let place = Self.scale.firstIndex(of: key) ?? 0
    let next = place + Int.random(in: -1...1, using: &generator)
    return Self.scale[min(max(next, 0), Self.scale.count - 1)]
  }
}
