internal import Foundation
internal import MoruTensors

/// Some rows of a piece.
struct TableSlice {
  let piece: CSVPass.Piece
  let rows: Range<Int>
}

extension Table {
  /// The table of slices, at least one, whose columns have the same names and kinds.
  ///
  /// - Parameter kinds: What the columns are beyond these rows; found in the rows if nil.
  init(
    source: String, names: [String], kinds: [Column.Kind]? = nil, slices: [TableSlice],
    reading: ReadingReport? = nil
  ) {
    let rowCount = slices.reduce(0) { $0 + $1.rows.count }
    let isText = slices.first?.piece.rows.isText ?? []
    let columns = Parallel.map(names.count) { column in
      isText[column]
        ? Column(text: slices, column, name: names[column], rowCount: rowCount)
        : Column(
          numbers: slices, column, name: names[column], kind: kinds?[column], rowCount: rowCount)
    }
    let lines = [Int](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
      for slice in slices {
        for row in slice.rows {
          buffer.initializeElement(
            at: initialized, to: slice.piece.firstLine + Int(slice.piece.rows.lines[row]))
          initialized += 1
        }
      }
    }
    self.init(
      source: source, columns: columns, rowCount: rowCount, lines: lines, reading: reading)
  }
}

extension Table.Column {
  fileprivate init(
    numbers slices: [TableSlice], _ column: Int, name: String, kind: Kind?, rowCount: Int
  ) {
    var numericCount = 0
    let numbers = [Double](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
      for slice in slices {
        let part = UnsafeBufferPointer(rebasing: slice.piece.rows.numbers(column)[slice.rows])
        _ = UnsafeMutableBufferPointer(rebasing: buffer[initialized..<initialized + part.count])
          .initialize(fromContentsOf: part)
        initialized += part.count
        // There is no overflow; looking for it would cost more than counting.
        for number in part { numericCount &+= number.isNaN ? 0 : 1 }
      }
    }
    // A column without a single value holds numbers, all missing.
    self.init(
      name: name, kind: kind ?? (numbers.allSatisfy(Self.isWhole) ? .whole : .real),
      values: .numbers(numbers), numericCount: numericCount, firstTextRow: nil)
  }

  /// Whether a number has no fraction that a Float64 could lose; a missing one does not tell.
  static func isWhole(_ number: Double) -> Bool {
    let size = abs(number)
    // From 2^52 on there are no fractions, and adding it drops those below.
    return size.isNaN
      || (size <= 0x1p53 && (size >= 0x1p52 || (size + 0x1p52) - 0x1p52 == size))
  }

  fileprivate init(text slices: [TableSlice], _ column: Int, name: String, rowCount: Int) {
    let texts = TextInterner()
    // Where each text first occurs, and how often it does.
    var firstRows: [Int] = []
    var counts: [Int] = []
    let codes = [Int32](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
      for slice in slices {
        let interner = slice.piece.rows.interners[slice.piece.rows.slots[column]]
        var places = [Int32](repeating: -1, count: interner.count)
        for code in slice.piece.rows.codes(column)[slice.rows] {
          var place = code
          if code >= 0 {
            place = places[Int(code)]
            if place < 0 {
              place = texts.code(of: interner, Int(code))
              places[Int(code)] = place
              if Int(place) == firstRows.count {
                firstRows.append(initialized)
                counts.append(0)
              }
            }
            counts[Int(place)] += 1
          }
          buffer.initializeElement(at: initialized, to: place)
          initialized += 1
        }
      }
    }
    let isNumber = texts.areNumbers
    self.init(
      name: name, kind: .text, values: .text(codes: codes, categories: texts.texts),
      numericCount: zip(counts, isNumber).reduce(0) { $0 + ($1.1 ? $1.0 : 0) },
      firstTextRow: zip(firstRows, isNumber).first { !$1 }?.0)
  }
}
