/// Memory that several threads write to at a time, each a part of its own. A cache line behind the
/// elements belongs to it too, for kernels that read past their end.
final class Buffer<Element: BitwiseCopyable> {
  /// The first element.
  let start: UnsafeMutablePointer<Element>
  /// Number of elements.
  let count: Int

  /// Memory for `count` elements of one value.
  init(repeating value: Element, count: Int) {
    start = .allocate(capacity: count + Self.spareCount)
    start.initialize(repeating: value, count: count)
    self.count = count
  }

  /// Memory that holds the elements of an array.
  init(_ values: [Element]) {
    count = values.count
    start = .allocate(capacity: values.count + Self.spareCount)
    _ = UnsafeMutableBufferPointer(start: start, count: count).initialize(fromContentsOf: values)
  }

  private static var spareCount: Int { 64 / MemoryLayout<Element>.stride }

  deinit { start.deallocate() }

  subscript(_ place: Int) -> Element {
    get { start[place] }
    set { start[place] = newValue }
  }

  /// The elements.
  var array: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Takes the elements of as large a part of another's memory.
  func copy(from source: UnsafePointer<Element>) { start.update(from: source, count: count) }
}
