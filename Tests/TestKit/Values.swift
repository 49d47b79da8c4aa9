public import MoruTensors

/// Values for samples: the same in every run.
public enum Values {
  /// Numbers spread evenly over `range` and shuffled: no two are alike, so that the greatest of
  /// some stays the greatest when one of them moves a little. Whole numbers are those nearest, and
  /// for Booleans those above the middle are true.
  public static func spread(
    _ shape: Shape, _ dtype: DType, in range: ClosedRange<Double> = -2...2, seed: Seed = 1
  ) -> HostTensor {
    let count = shape.elementCount
    let width = range.upperBound - range.lowerBound
    var generator = seed.generator
    let places = Array(0..<count).shuffled(using: &generator)
    let numbers = places.map { range.lowerBound + width * (Double($0) + 0.5) / Double(count) }
    let middle = (range.lowerBound + range.upperBound) / 2
    let values =
      if dtype == .bool {
        numbers.map { $0 > middle ? 1.0 : 0 }
      } else if dtype.isFloating {
        numbers
      } else {
        // Whole numbers of small ranges would be nearly all alike.
        numbers.map { ($0 * 4).rounded() }
      }
    return tensor(values, shape, dtype)
  }

  /// Numbers, row by row, as any element type.
  public static func tensor(_ numbers: [Double], _ shape: Shape, _ dtype: DType) -> HostTensor {
    HostTensor(shape: shape) { (buffer: UnsafeMutableBufferPointer<Double>) in
      for place in buffer.indices { buffer[place] = place < numbers.count ? numbers[place] : .nan }
    }.converted(to: dtype)
  }

  /// A vector of numbers as any element type.
  public static func vector(_ numbers: [Double], _ dtype: DType) -> HostTensor {
    HostTensor(numbers).converted(to: dtype)
  }
}
