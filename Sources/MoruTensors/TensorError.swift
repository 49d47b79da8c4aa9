/// What can go wrong with values in memory.
public enum TensorError: Error, Equatable, CustomStringConvertible {
  /// `count` values cannot fill `shape`.
  case countMismatch(count: Int, shape: Shape)
  /// Row `row` of a nested literal has `found` elements where the first has `expected`.
  case ragged(row: Int, expected: Int, found: Int)
  /// The tensor holds `found` where `expected` was asked for.
  case dtypeMismatch(expected: DType, found: DType)
  /// `range` lies outside an axis of `size` elements.
  case outOfRange(range: Range<Int>, axis: Int, size: Int)
  /// An order of axes does not name each of `rank` axes once.
  case axes([Int], rank: Int)
  /// Tensors to be joined differ in shape or element type.
  case cannotJoin(String)

  public var description: String {
    switch self {
    case .countMismatch(let count, let shape):
      "\(count) values cannot fill shape \(shape), which holds \(shape.elementCount). "
        + "Pass as many values as the shape holds."
    case .ragged(let row, let expected, let found):
      "Row \(row) has \(found) elements, the first row \(expected). Make all rows equally long."
    case .dtypeMismatch(let expected, let found):
      "The tensor holds \(found.rawValue), not \(expected.rawValue). "
        + "Convert it first: tensor.converted(to: .\(expected.rawValue))."
    case .outOfRange(let range, let axis, let size):
      "The range \(range) lies outside axis \(axis), which has \(size) elements. "
        + "Choose a range within 0..<\(size)."
    case .axes(let order, let rank):
      "The order \(order) does not name each of \(rank) axes once. "
        + "List the numbers in 0..<\(rank), each once."
    case .cannotJoin(let detail):
      "The tensors cannot be joined: \(detail). Make their shapes and types equal."
    }
  }
}
