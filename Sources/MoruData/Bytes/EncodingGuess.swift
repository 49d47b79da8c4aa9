import MoruTensors

/// Finds out from a window that moves over a file what encoding its text has.
struct EncodingGuess {
  private var tally = UTF8Tally()
  /// How much of the window was looked at.
  private(set) var checked = 0

  /// Whether nothing was found that cannot be UTF-8.
  var isUTF8: Bool { tally.strayBytes == 0 }
  /// What the text looked at is most likely.
  var encoding: TextEncoding { tally.encoding }

  /// Looks at what is new in a window, as far as that ends with a character.
  mutating func look(at window: ByteWindow) {
    let all = UnsafeRawBufferPointer(start: window.bytes, count: window.count)
    var end = all.count
    if !window.isLast {
      var start = end
      while start > end - 4, start > checked, all[start - 1] & 0xC0 == 0x80 { start -= 1 }
      if start > checked, all[start - 1] >= 0xC0 { start -= 1 }
      if start > checked { end = start }
    }
    // Cut in front of bytes that begin characters.
    var cuts = [checked]
    while let last = cuts.last, last < end {
      var cut = min(last + 1 << 20, end)
      while cut < end, all[cut] & 0xC0 == 0x80 { cut += 1 }
      cuts.append(cut)
    }
    let parts = Parallel.map(cuts.count - 1) { part in
      var tally = UTF8Tally()
      tally.add(UnsafeRawBufferPointer(rebasing: all[cuts[part]..<cuts[part + 1]]))
      return tally
    }
    for part in parts { tally += part }
    checked = end
  }

  /// The window drops bytes at its front.
  mutating func advance(by count: Int) { checked = max(0, checked - count) }
}
