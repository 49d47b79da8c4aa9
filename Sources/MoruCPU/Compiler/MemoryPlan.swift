import MoruGraph

/// Where each buffer lies: in a resident value's memory, in memory of its own, or in an arena that
/// buffers share when they are not needed at the same time.
struct MemoryPlan {
  /// A buffer's place.
  enum Place: Equatable {
    case arena(offset: Int)
    case own
    case resident(Int)

    init(_ home: Buffer.Home) {
      self =
        switch home {
        case .resident(let index): .resident(index)
        case .constant, .prepared, .input: .own
        case .arena: .arena(offset: 0)
        }
    }
  }

  private(set) var places: [Place]
  private(set) var arenaBytes = 0
  /// The greatest sum of the arena's buffers that are needed at one step: no plan for this order of
  /// steps takes less.
  private(set) var lowerBoundBytes = 0

  /// - Parameters:
  ///   - results: What must still be there after the last step.
  ///   - updates: New values of resident values, in the layouts that these have. Those that no step
  ///     can make in place are copied by steps that this adds.
  ///   - isShared: Whether a resident value has another name in the graph, under which it may still
  ///     be read.
  init(
    _ lowering: Lowering, results: [View], updates: [Replacement], isShared: (Int) -> Bool
  ) {
    places = lowering.buffers.map { Place($0.home) }
    var lifetimes = Lifetimes(lowering, results: results + updates.map(\.view))
    var copied: [Replacement] = []
    for update in updates {
      let buffer = update.view.buffer
      if places[buffer] == .arena(offset: 0), !isShared(update.resident),
        lifetimes.allows(update, in: lowering)
      {
        places[buffer] = .resident(update.resident)
      } else {
        copied.append(update)
      }
    }
    for update in copied { lowering.appendReplacement(update) }
    places += lowering.buffers[places.count...].map { Place($0.home) }
    lifetimes = Lifetimes(lowering, results: results)
    packArena(lowering.buffers, lifetimes)
    measureLowerBound(lowering.buffers, lifetimes)
  }

  private mutating func measureLowerBound(_ buffers: [Buffer], _ lifetimes: Lifetimes) {
    var changes = [Int](repeating: 0, count: lifetimes.end + 2)
    for (buffer, place) in places.enumerated() {
      let span = lifetimes.span(of: buffer)
      guard case .arena = place, lifetimes.isUsed(buffer) else { continue }
      changes[span.lowerBound] += buffers[buffer].byteCount
      changes[span.upperBound + 1] -= buffers[buffer].byteCount
    }
    var sum = 0
    for change in changes {
      sum += change
      lowerBoundBytes = max(lowerBoundBytes, sum)
    }
  }

  /// First fit by falling size: close to the least memory for the few hundred buffers of a program.
  private mutating func packArena(_ buffers: [Buffer], _ lifetimes: Lifetimes) {
    struct Placed { var range: Range<Int>; var span: ClosedRange<Int> }
    let waiting = places.indices.filter { places[$0] == .arena(offset: 0) }
      .sorted { (-buffers[$0].byteCount, $0) < (-buffers[$1].byteCount, $1) }
    var placed: [Placed] = []
    for buffer in waiting {
      let span = lifetimes.span(of: buffer)
      let size = (buffers[buffer].byteCount + 127) / 64 * 64
      var offset = 0
      for other in placed where other.span.overlaps(span) {
        if other.range.lowerBound >= offset + size { break }
        offset = max(offset, other.range.upperBound)
      }
      let entry = Placed(range: offset..<offset + size, span: span)
      let place = placed.firstIndex { $0.range.lowerBound > offset } ?? placed.count
      placed.insert(entry, at: place)
      places[buffer] = .arena(offset: offset)
      arenaBytes = max(arenaBytes, offset + size)
    }
  }
}

/// A resident value's new value, in the layout that the resident value has.
struct Replacement {
  let resident: Int
  let view: View
}

/// When each buffer is written first and read last, as numbers of steps.
private struct Lifetimes {
  private var firstWrite: [Int]
  private var lastUse: [Int]
  let end: Int

  init(_ lowering: Lowering, results: [View]) {
    let steps = lowering.steps
    end = steps.count
    firstWrite = [Int](repeating: end, count: lowering.buffers.count)
    lastUse = [Int](repeating: -1, count: lowering.buffers.count)
    for (index, step) in steps.enumerated() {
      for buffer in step.writes {
        firstWrite[buffer] = min(firstWrite[buffer], index)
        lastUse[buffer] = max(lastUse[buffer], index)
      }
      for buffer in step.reads { lastUse[buffer] = max(lastUse[buffer], index) }
    }
    for view in results { lastUse[view.buffer] = end }
  }

  func isUsed(_ buffer: Int) -> Bool { lastUse[buffer] >= 0 }

  func span(of buffer: Int) -> ClosedRange<Int> {
    let start = min(firstWrite[buffer], lastUse[buffer])
    return start...max(lastUse[buffer], start)
  }

  /// Whether a new value may be computed in the memory of the one that it replaces: nobody reads
  /// the old one afterwards.
  func allows(_ update: Replacement, in lowering: Lowering) -> Bool {
    let view = update.view
    guard view.isContiguous, view.offset == 0, view.count > 0, firstWrite[view.buffer] < end,
      let old = lowering.buffers.firstIndex(where: { $0.home == .resident(update.resident) }),
      lowering.buffers[view.buffer].byteCount == lowering.buffers[old].byteCount
    else { return false }
    let write = firstWrite[view.buffer]
    if lastUse[old] < write { return true }
    return lastUse[old] == write && lowering.steps[write].overwritable.contains(old)
  }
}
