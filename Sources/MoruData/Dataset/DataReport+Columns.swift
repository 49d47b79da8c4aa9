internal import MoruTensors

extension DataReport.Column {
  /// What a table's column holds.
  init(_ column: Table.Column) {
    name = column.name
    type = column.kind.rawValue
    missing = column.missingCount
    isDistinctEstimated = false
    switch column.values {
    case .numbers(let numbers):
      let present = numbers.filter { !$0.isNaN }
      let different = Set(present).count
      distinct = different
      minimum = present.min()
      maximum = present.max()
      mean = present.isEmpty ? nil : present.mean
      isConstant = different == 1
    case .text(_, let categories):
      distinct = categories.count
      minimum = nil
      maximum = nil
      mean = nil
      isConstant = categories.count == 1
    }
  }

  /// What a feature holds, over all samples and elements.
  init(_ feature: Dataset.Feature) {
    name = feature.name
    let shape = feature.values.shape
    type = "\(feature.values.dtype.rawValue) \(Array(shape.dropFirst()))"
    let summary = Summary(feature.values)
    missing = summary.missing
    distinct = nil
    isDistinctEstimated = false
    minimum = summary.minimum
    mean = summary.mean
    maximum = summary.maximum
    isConstant = summary.minimum != nil && summary.minimum == summary.maximum
  }

  init(name: String, type: String, minimum: Double?, mean: Double?, maximum: Double?) {
    self.name = name
    self.type = type
    missing = 0
    distinct = nil
    isDistinctEstimated = false
    self.minimum = minimum
    self.mean = mean
    self.maximum = maximum
    isConstant = minimum != nil && minimum == maximum
  }
}

/// Least, mean and greatest of a tensor's elements; NaN counts as missing.
private struct Summary {
  var minimum: Double?
  var maximum: Double?
  var mean: Double?
  var missing = 0

  init(_ tensor: HostTensor) {
    switch tensor.values {
    case .float32(let values): summarize(values) { Double($0) }
    case .float64(let values): summarize(values) { $0 }
    case .bfloat16(let values): summarize(values) { Double(Float($0)) }
    case .int32(let values): summarize(values) { Double($0) }
    case .int64(let values): summarize(values) { Double($0) }
    case .int8(let values): summarize(values) { Double($0) }
    case .uint8(let values): summarize(values) { Double($0) }
    case .bool(let values): summarize(values) { $0 ? 1 : 0 }
    }
  }

  private mutating func summarize<S>(_ values: [S], number: (S) -> Double) {
    var least = Double.infinity
    var greatest = -Double.infinity
    var sum = 0.0
    for value in values {
      let number = number(value)
      if number.isNaN {
        missing += 1
      } else {
        least = min(least, number)
        greatest = max(greatest, number)
        sum += number
      }
    }
    guard missing < values.count else { return }
    (minimum, maximum) = (least, greatest)
    mean = sum / Double(values.count - missing)
  }
}

/// Least, mean and greatest over the pixels of many pictures, one at a time.
struct PixelRange {
  private var counts = [Int](repeating: 0, count: 256)

  init() {}

  /// Several ranges together.
  init(_ parts: some Sequence<PixelRange>) {
    for part in parts { add(part) }
  }

  mutating func add(_ other: PixelRange) {
    for (value, count) in other.counts.enumerated() { counts[value] += count }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { counts[Int(byte)] += 1 }
  }

  func column(named name: String) -> DataReport.Column {
    let total = counts.reduce(0, +)
    let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    return DataReport.Column(
      name: name, type: "uint8", minimum: counts.firstIndex { $0 > 0 }.map(Double.init),
      mean: total > 0 ? Double(sum) / Double(total) : nil,
      maximum: counts.lastIndex { $0 > 0 }.map(Double.init))
  }
}
