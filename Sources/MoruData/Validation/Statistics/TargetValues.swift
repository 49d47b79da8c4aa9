/// What is to be predicted, row by row.
enum TargetValues {
  /// Classes as places in `labels`; −1 where the cell is missing.
  case classes([Int], labels: [String])
  /// Numbers; NaN where the cell is missing.
  case numbers([Double])

  /// Text is classes, and so are whole numbers of few kinds, as for a `TableEncoding`.
  init(_ column: Table.Column) {
    switch column.values {
    case .text(let codes, let categories):
      self = .classes(codes.map { Int($0) }, labels: categories)
    case .numbers(let numbers):
      let kinds = Set(numbers.filter { !$0.isNaN }).sorted()
      guard column.kind == .whole, kinds.count <= TableEncoding.classLimit else {
        self = .numbers(numbers)
        return
      }
      let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })
      self = .classes(
        numbers.map { places[$0] ?? -1 }, labels: kinds.map(Table.Column.text))
    }
  }
}
