import Foundation
import MoruTensors

/// Where k-means starts from.
struct CenterSeeding<Element: RecordScalar> {
  let records: Records<Element>
  /// How much each record counts; all alike if nil.
  let weights: [Float]?
  /// Numbers uniform in [0, 1).
  let draw: () -> Double

  private var parts: Int { min(16, (records.count + 4095) / 4096) }

  /// `count` different records by chance, of those that count as long as there are enough.
  func randomRecords(_ count: Int) -> [Int] {
    var places = (0..<records.count).filter { weight($0) > 0 }
    for place in 0..<min(count, places.count) {
      places.swapAt(place, place + Int(draw() * Double(places.count - place)))
    }
    let rest = places.count < count ? (0..<records.count).filter { weight($0) == 0 } : []
    return Array((places + rest).prefix(count))
  }

  /// `count` records by greedy k-means++: each further one is, of `2 + ⌊ln count⌋` (at most twelve)
  /// drawn in proportion to weight times squared distance from the nearest so far, the one that leaves
  /// the least sum of these.
  func kMeansPlusPlus(_ count: Int) -> [Int] {
    let trials = min(2 + Int(log(Double(count))), NearestCenters<Element>.mostForDistances)
    let bounds = Buffer<Element>(repeating: .infinity, count: records.count)
    let distances = Buffer<Element>(repeating: 0, count: records.count * trials)
    var chosen = [firstRecord()]
    var sums = measure(chosen, bounds, into: distances)[0]
    bounds.copy(from: distances.start)
    while chosen.count < count {
      let candidates = (0..<trials).map { _ in record(at: draw(), of: sums, bounds) }
      let found = measure(candidates, bounds, into: distances)
      let totals = found.map { $0.reduce(0, +) }
      let best = totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
      chosen.append(candidates[best])
      sums = found[best]
      bounds.copy(from: distances.start + best * records.count)
    }
    return chosen
  }

  private func firstRecord() -> Int {
    var rest = draw() * (0..<records.count).reduce(0) { $0 + weight($1) }
    return (0..<records.count).first { place in
      rest -= weight(place)
      return rest < 0
    } ?? records.count - 1
  }

  /// The record at which the running sum of weights times bounds reaches a share of the whole.
  private func record(at share: Double, of sums: [Double], _ bounds: Buffer<Element>) -> Int {
    var rest = share * sums.reduce(0, +)
    for (part, sum) in sums.enumerated() {
      // Rounding may leave a little behind the last part.
      if rest > sum, part < sums.count - 1 {
        rest -= sum
        continue
      }
      for place in Parallel.range(part, of: parts, records.count) {
        rest -= weight(place) * Double(bounds[place])
        if rest <= 0 { return place }
      }
    }
    return records.count - 1
  }

  /// Narrows the bounds by each of some records, `[candidates, records]`.
  ///
  /// - Returns: For each candidate the sums of weights times narrowed bounds, part by part.
  private func measure(
    _ candidates: [Int], _ bounds: Buffer<Element>, into distances: Buffer<Element>
  ) -> [[Double]] {
    let centers = NearestCenters(records.rows(candidates), features: records.features)
    let sums = Buffer(repeating: 0.0, count: candidates.count * parts)
    records.withRows { rows in
      Parallel.forEach(parts: parts, of: records.count) { part, range in
        centers.boundedDistances(
          rows, range, bound: bounds.start, distances: distances.start, stride: records.count)
        for candidate in candidates.indices {
          sums[candidate * parts + part] = sum(
            distances.start + candidate * records.count, over: range)
        }
      }
    }
    return candidates.indices.map { Array(sums.array[$0 * parts..<($0 + 1) * parts]) }
  }

  /// The sum of weights times values.
  private func sum(_ values: UnsafePointer<Element>, over range: Range<Int>) -> Double {
    guard weights == nil else {
      return range.reduce(0) { $0 + weight($1) * Double(values[$1]) }
    }
    // Several sums at a time: one alone would wait for each of its additions.
    var lanes = SIMD8<Double>.zero
    var place = range.lowerBound
    while place + 8 <= range.upperBound {
      for lane in 0..<8 { lanes[lane] += Double(values[place + lane]) }
      place += 8
    }
    return (place..<range.upperBound).reduce(lanes.sum()) { $0 + Double(values[$1]) }
  }

  private func weight(_ place: Int) -> Double { weights.map { Double($0[place]) } ?? 1 }
}
