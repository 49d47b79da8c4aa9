/// Finds the pairs of 64-bit words that differ in few bits, without comparing each with each.
///
/// The words are cut into four parts of 16 bits. Of two words that differ in at most 7 bits one part
/// differs in at most one, so the candidates are those with a part that is equal but for one bit.
///
/// - Source: Norouzi, Punjani, Fleet 2012, "Fast Search in Hamming Space with Multi-Index Hashing",
///   arXiv:1307.2982.
package struct HammingIndex {
  private let words: [UInt64]
  /// For each part the places of words, ordered by that part.
  private let places: [[Int32]]
  /// For each part, where in `places` each of its 65,536 values begins.
  private let starts: [[Int32]]

  /// - Parameter words: Different ones.
  package init(_ words: [UInt64]) {
    self.words = words
    var places: [[Int32]] = []
    var starts: [[Int32]] = []
    for part in 0..<4 {
      var begins = [Int32](repeating: 0, count: 1 << 16 + 1)
      for word in words { begins[Int(Self.part(part, of: word)) + 1] += 1 }
      for value in 1..<begins.count { begins[value] += begins[value - 1] }
      var next = begins
      var ordered = [Int32](repeating: 0, count: words.count)
      for (place, word) in words.enumerated() {
        let value = Int(Self.part(part, of: word))
        ordered[Int(next[value])] = Int32(place)
        next[value] += 1
      }
      places.append(ordered)
      starts.append(begins)
    }
    self.places = places
    self.starts = starts
  }

  /// Calls `body` for each pair of words that differ in at most `radius` bits, the earlier one first.
  ///
  /// - Parameter radius: At most 7. A pair may come up more than once.
  package func forEachPair(within radius: Int, _ body: (Int, Int) -> Void) {
    precondition(radius <= 7)
    for (place, word) in words.enumerated() {
      for part in 0..<4 {
        let value = Self.part(part, of: word)
        for bit in 0...16 {
          let wanted = bit == 16 ? value : value ^ (1 << UInt16(bit))
          let range = Int(starts[part][Int(wanted)])..<Int(starts[part][Int(wanted) + 1])
          for candidate in places[part][range] where Int(candidate) > place {
            if (words[Int(candidate)] ^ word).nonzeroBitCount <= radius {
              body(place, Int(candidate))
            }
          }
        }
      }
    }
  }

  /// Every fourth bit: neighbouring frequencies are alike in many pictures, so that parts of
  /// neighbouring bits would take few values.
  private static func part(_ part: Int, of word: UInt64) -> UInt16 {
    var bits = word >> UInt64(part) & 0x1111_1111_1111_1111
    bits = (bits | bits >> 3) & 0x0303_0303_0303_0303
    bits = (bits | bits >> 6) & 0x000F_000F_000F_000F
    bits = (bits | bits >> 12) & 0x0000_00FF_0000_00FF
    return UInt16(truncatingIfNeeded: bits | bits >> 24)
  }
}
