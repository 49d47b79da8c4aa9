import MoruArchive
package import MoruData
package import MoruTensors

/// An element type in which records are compared: Float or Double.
package protocol RecordScalar: BinaryFloatingPoint, BitwiseCopyable, Codable, Scalar, SIMDScalar {
  /// Whether it is Float64 rather than Float32.
  static var isDouble: Bool { get }
}

extension Float: RecordScalar {
  package static var isDouble: Bool { false }
}

extension Double: RecordScalar {
  package static var isDouble: Bool { true }
}

/// Samples as rows of equally many finite numbers, in memory one behind the other.
package struct Records<Element: RecordScalar>: Sendable {
  /// `[count, features]`
  package let values: [Element]
  /// Number of rows.
  package let count: Int
  /// Numbers in a row.
  package let features: Int

  /// Rows of `points`, whose first axis counts samples; further axes lie flat.
  ///
  /// - Parameter learner: Who asks, for messages.
  /// - Throws: `LearnerError.noSamples`, `.features` or `.notFinite`.
  package init(_ points: HostTensor, learner: String) throws {
    guard let samples = points.shape.first, samples > 0 else {
      throw LearnerError.noSamples(learner: learner)
    }
    guard points.count > 0 else { throw LearnerError.features(learner: learner, names: []) }
    count = points.shape[0]
    features = points.count / count
    values = try points.converted(to: Element.dtype).array(of: Element.self)
    if !Self.areFinite(values), let place = values.firstIndex(where: { !$0.isFinite }) {
      throw LearnerError.notFinite(
        learner: learner, feature: place % features, sample: place / features)
    }
  }

  /// Whether all are finite: only then is each less itself 0, eight at a time.
  private static func areFinite(_ values: [Element]) -> Bool {
    values.withUnsafeBytes { bytes in
      let size = MemoryLayout<SIMD8<Element>>.size
      var (differences, offset) = (SIMD8<Element>.zero, 0)
      while offset + size <= bytes.count {
        let eight = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<Element>.self)
        differences += eight - eight
        offset += size
      }
      return differences == .zero
        && values[(offset / MemoryLayout<Element>.stride)...].allSatisfy(\.isFinite)
    }
  }

  /// Some rows of others, repeats allowed.
  init(_ others: Records, _ places: [Int]) {
    values = others.rows(places)
    count = places.count
    features = others.features
  }

  /// Calls `body` with the rows' memory, which several threads may read.
  func withRows<Result>(_ body: (UnsafePointer<Element>) throws -> Result) rethrows -> Result {
    try values.withUnsafeBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { preconditionFailure("records are not empty") }
      return try body(rows)
    }
  }

  /// The mean over the features of their variances.
  var meanVariance: Double {
    var (sums, squares) = ([Double](repeating: 0, count: features), 0.0)
    for (place, value) in values.enumerated() { sums[place % features] += Double(value) }
    let means = sums.map { $0 / Double(count) }
    for (place, value) in values.enumerated() {
      let difference = Double(value) - means[place % features]
      squares += difference * difference
    }
    return squares / Double(values.count)
  }

  /// The values of some rows, one behind the other.
  func rows(_ places: [Int]) -> [Element] {
    places.flatMap { values[$0 * features..<($0 + 1) * features] }
  }
}

extension Dataset {
  /// The only feature, as points.
  ///
  /// - Throws: `LearnerError.features` for a data set of several features.
  package func points(for learner: String) throws -> HostTensor {
    guard features.count == 1 else {
      throw LearnerError.features(learner: learner, names: features.map(\.name))
    }
    return features[0].values
  }
}
