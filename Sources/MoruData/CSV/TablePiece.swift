/// Rows of a table that were read from one stretch of a file, columns side by side.
///
/// Memory is taken once, for the most rows that the stretch can hold.
final class TablePiece {
  /// Which columns are text; the others are numbers.
  let isText: [Bool]
  /// Rows that are there.
  private(set) var rowCount = 0
  /// Rows for which there is room.
  let capacity: Int
  /// Where a column's cells are written.
  struct Target {
    let isText: Bool
    /// Of a column of numbers.
    let numbers: UnsafeMutablePointer<Double>
    /// Of a column of text: places among its texts, −1 for a missing one.
    let codes: UnsafeMutablePointer<Int32>
    /// The table of one of the piece's interners, which outlives this; counting references for every
    /// cell would cost as much as reading it.
    let texts: UnsafeMutablePointer<InternerTable>
  }

  /// Where each column's cells are written; a pointer, because this is looked up for every cell.
  let targets: UnsafeMutablePointer<Target>
  /// The columns of numbers, one after another, each of `capacity` rows; and those of text.
  private let numbers: UnsafeMutablePointer<Double>
  private let codes: UnsafeMutablePointer<Int32>
  /// The line of each row, counted from the beginning of the piece.
  let lines: UnsafeMutablePointer<Int32>
  /// Where a column stands among those of its kind.
  let slots: [Int]
  /// The texts of each column of text.
  let interners: [TextInterner]
  /// Columns of numbers in which a row holds text.
  private(set) var turned: [Int] = []
  private let none = TextInterner()
  private var turning: [Int] = []

  /// - Parameter byteCount: The length of the stretch. A row takes a byte for each column at least.
  init(isText: [Bool], rows: Int, byteCount: Int) {
    self.isText = isText
    capacity = min(rows, byteCount / max(isText.count, 1) + 1)
    var counts = (numbers: 0, texts: 0)
    slots = isText.map { isText in
      if isText { counts.texts += 1 } else { counts.numbers += 1 }
      return isText ? counts.texts - 1 : counts.numbers - 1
    }
    interners = (0..<counts.texts).map { _ in TextInterner() }
    numbers = .allocate(capacity: counts.numbers * capacity)
    codes = .allocate(capacity: counts.texts * capacity)
    lines = .allocate(capacity: capacity)
    targets = .allocate(capacity: isText.count)
    for (column, slot) in slots.enumerated() {
      targets[column] = Target(
        isText: isText[column], numbers: numbers + (isText[column] ? 0 : slot * capacity),
        codes: codes + (isText[column] ? slot * capacity : 0),
        texts: (isText[column] ? interners[slot] : none).table)
    }
  }

  deinit {
    targets.deallocate()
    numbers.deallocate()
    codes.deallocate()
    lines.deallocate()
  }

  /// Notes that the row being read holds text in a column of numbers.
  func turn(_ column: Int) { turning.append(column) }

  /// Keeps the row that was written behind the last one.
  @inline(__always)
  func keepRow(line: Int) {
    lines[rowCount] = Int32(truncatingIfNeeded: line)
    rowCount += 1
    if !turning.isEmpty { keepTurned() }
  }

  private func keepTurned() {
    turned += turning.filter { !turned.contains($0) }
    turning = []
  }

  /// Lets the row go that was written behind the last one.
  func dropRow() { turning = [] }

  /// A column's numbers.
  func numbers(_ column: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: numbers + slots[column] * capacity, count: rowCount)
  }

  /// A column's places among its texts.
  func codes(_ column: Int) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: codes + slots[column] * capacity, count: rowCount)
  }
}
