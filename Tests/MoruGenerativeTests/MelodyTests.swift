import Foundation
import GoldenKit
import MoruGenerative
import MoruTensors
import Testing

/// Melodies as words and as files.
@Suite struct MelodyTests {
  @Test func wordsComeBack() throws {
    let words = "c4:4 f#5:2 r:8 a#3:16 | g9:1"
    let melody = try Melody(words)
    #expect(melody.words == words)
    #expect(melody.elements[0] == .note(key: 60, length: 4))
    #expect(melody.elements[1] == .note(key: 78, length: 2))
    #expect(melody.barLengths == [30])
  }

  @Test func everyKeyComesBackAndOthersAreRefused() throws {
    let melody = try Melody((0...127).map { .note(key: $0, length: 1) })
    #expect(try Melody(melody.words) == melody)
    #expect(throws: GenerativeError.outOfRange("key", found: "-1", allowed: "0 to 127")) {
      try Melody([.note(key: -1, length: 4)])
    }
    #expect(throws: GenerativeError.outOfRange("length", found: "\(Int.max)", allowed: "1 to 256"))
    {
      try Melody([.rest(length: .max)])
    }
  }

  @Test(arguments: [
    "h4:4", "c四:4", "c-2:4", "c4", "c4:0", "c4:x", "c:4", "g#9:4", "c4:4:4", "c4:257", ":4", "4:4",
  ])
  func whatIsNoNoteIsRefused(word: String) {
    #expect(throws: GenerativeError.notANote(word)) { try Melody("c4:4 \(word)") }
  }

  @Test func theFileIsAsAnotherReaderUnderstandsIt() throws {
    // What the package mido makes of the bytes: for each event its ticks, key and whether it sounds.
    let golden = try GoldenFile("generative", "midi")
    let melody = try Melody("c4:4 f#5:2 r:8 a#3:16 | g9:1 r:2")
    let bytes = melody.midi(tempo: 120, program: 73)
    #expect(try [UInt8](bytes) == golden.tensor("file").array(of: UInt8.self))
    #expect(try golden.tensor("tempo").array(of: Int32.self) == [500_000])
    #expect(
      try golden.tensor("events")
        == HostTensor([
          [Int32(0), 60, 1], [480, 60, 0], [0, 78, 1], [240, 78, 0], [960, 58, 1], [1920, 58, 0],
          [0, 127, 1], [120, 127, 0],
        ]))
  }

  @Test func tunesOfTheGrammarKeepItsRules() {
    var grammar = MelodyGrammar(seed: 1)
    let tunes = (0..<50).map { _ in grammar.tune() }
    #expect(Set(tunes.map(\.words)).count == 50)
    for tune in tunes {
      #expect(tune.barLengths == [Int](repeating: 16, count: 16))
      let keys = tune.elements.compactMap { element -> Int? in
        if case .note(let key, _) = element { key } else { nil }
      }
      #expect(
        keys.allSatisfy { (67...79).contains($0) && [0, 2, 4, 5, 7, 9, 11].contains($0 % 12) })
      #expect(tune.elements.suffix(2) == [.note(key: 72, length: 16), .bar])
      let bars = tune.words.components(separatedBy: " |").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      #expect(bars[0] == bars[4] && bars[0] == bars[12])
    }
    var again = MelodyGrammar(seed: 1)
    #expect(again.tune() == tunes[0])
  }
}
