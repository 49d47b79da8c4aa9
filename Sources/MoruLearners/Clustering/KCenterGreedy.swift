public import MoruTensors

/// A few records that leave none far from all of them: each further one is the record that lies farthest
/// from those taken so far, by Euclidean distance, the first of equally far ones.
///
/// The greatest distance that is left is at most twice the least that so many records can leave.
///
/// - Source: Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5.
public struct KCenterGreedy: Sendable {
  /// How many records are taken, at least 1.
  public let count: Int

  /// A choice of `count` records.
  public init(_ count: Int) { self.count = count }

  private static let name = "k-center greedy"

  /// The places of the records that are taken, in order; all records if there are no more.
  ///
  /// - Parameters:
  ///   - points: `[records, …]`, finite; compared in Float32.
  ///   - seed: Decides the first record.
  /// - Throws: `LearnerError`, for a count below 1, no records, and numbers that are not finite.
  public func places(in points: HostTensor, seed: Seed) throws -> [Int] {
    var generator = seed.generator
    let records = max(points.shape.first ?? 1, 1)
    return try places(in: points, from: Int.random(in: 0..<records, using: &generator))
  }

  /// As the public one, from a given first record.
  package func places(in points: HostTensor, from first: Int) throws -> [Int] {
    guard count >= 1 else {
      throw LearnerError.setting(
        learner: Self.name, name: "count", problem: "must be at least 1, not \(count)")
    }
    let records = try Records<Float>(points, learner: Self.name)
    guard count < records.count else { return Array(0..<records.count) }
    var bounds = Buffer<Float>(repeating: .infinity, count: records.count)
    var narrowed = Buffer<Float>(repeating: 0, count: records.count)
    var chosen = [first]
    while let last = chosen.last, chosen.count < count {
      let center = NearestCenters(records.rows([last]), features: records.features)
      chosen.append(narrow(bounds, by: center, into: narrowed, records))
      swap(&bounds, &narrowed)
    }
    return chosen
  }

  /// Writes for each record the lesser of its bound and its distance from a center.
  ///
  /// - Returns: The record where that is greatest.
  private func narrow(
    _ bounds: Buffer<Float>, by center: NearestCenters<Float>, into narrowed: Buffer<Float>,
    _ records: Records<Float>
  ) -> Int {
    let parts = min(16, (records.count + 4095) / 4096)
    let farthest = Buffer(repeating: 0, count: parts)
    records.withRows { rows in
      Parallel.forEach(parts: parts, of: records.count) { part, range in
        center.boundedDistances(
          rows, range, bound: bounds.start, distances: narrowed.start, stride: records.count)
        farthest[part] = range.reduce(range.lowerBound) {
          narrowed[$1] > narrowed[$0] ? $1 : $0
        }
      }
    }
    return farthest.array.reduce(farthest[0]) { narrowed[$1] > narrowed[$0] ? $1 : $0 }
  }
}
