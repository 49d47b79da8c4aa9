/// Sorts numbers with the places that they came from: the hot loop of growing trees.
struct KeySorter {
  /// A number and its place.
  struct Entry {
    let key: Float
    let place: Int
  }

  private var words: [UInt64] = []
  private var spare: [UInt64] = []

  /// The numbers in rising order, with their places, which rise among equal numbers.
  ///
  /// - Parameter keys: Fewer than 2³² numbers, none NaN.
  mutating func sorted(_ keys: [Float]) -> [Entry] {
    words.removeAll(keepingCapacity: true)
    for (place, key) in keys.enumerated() {
      // −0 is 0; negative numbers, whose bits fall as they rise, are turned round.
      let bits = (key + 0).bitPattern
      let ordered = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
      words.append(UInt64(ordered) << 32 | UInt64(place))
    }
    if words.count < 512 { words.sort() } else { sortByDigits() }
    return words.map { word in
      let place = Int(word & 0xFFFF_FFFF)
      return Entry(key: keys[place], place: place)
    }
  }

  /// Four passes of 8 bits over the upper half; a pass whose digits are all the same is left out.
  private mutating func sortByDigits() {
    spare = words
    for shift in stride(from: 32, to: 64, by: 8) {
      var ends = [Int](repeating: 0, count: 257)
      for word in words { ends[Int(word >> UInt64(shift) & 0xFF) + 1] += 1 }
      if ends.contains(words.count) { continue }
      for digit in 1...256 { ends[digit] += ends[digit - 1] }
      for word in words {
        let digit = Int(word >> UInt64(shift) & 0xFF)
        spare[ends[digit]] = word
        ends[digit] += 1
      }
      swap(&words, &spare)
    }
  }
}
