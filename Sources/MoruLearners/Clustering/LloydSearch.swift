import MoruTensors

/// Assigns records to their nearest centers and moves these to the means, in turn.
///
/// Each record remembers how far its own center is at most, and the others at least. As long as the
/// centers' movements leave the one below the other, its distances need not be computed anew: what
/// comes out is the same, and late rounds, in which few records move, cost little.
///
/// - Source: Lloyd 1982, doi:10.1109/TIT.1982.1056489; the bounds are those of Hamerly 2010,
///   doi:10.1137/1.9781611972801.12.
struct LloydSearch<Element: RecordScalar> {
  private let records: Records<Element>
  private let weights: [Float]?
  private let parts: Int
  private let clusters: Int
  /// `[clusters, features]`
  private(set) var centers: [Element]
  /// The cluster of each record; −1 before the first assignment.
  let labels: Buffer<Int32>
  /// At least the distance to the record's own center.
  private let upper: Buffer<Element>
  /// At most the distance to any other.
  private let lower: Buffer<Element>
  /// Sums of the records of each cluster, part by part: `[parts, clusters, features]`.
  private let sums: Buffer<Double>
  /// Sums of their weights: `[parts, clusters]`.
  private let counts: Buffer<Double>
  /// How many of them count: `[parts, clusters]`.
  private let members: Buffer<Int>

  // Of the records whose distances are asked for: which they are, and what was found.
  private let asked: Buffer<Int32>
  private let nearest: Buffer<Int32>
  private let best: Buffer<Element>
  private let second: Buffer<Element>

  /// A search that starts from centers `[clusters, features]`.
  init(_ records: Records<Element>, weights: [Float]?, centers: [Element]) {
    self.records = records
    self.weights = weights
    self.centers = centers
    clusters = centers.count / records.features
    // Few enough that their sums do not outweigh the records.
    parts = max(1, min(16, records.count / 1024, records.count / clusters))
    labels = Buffer(repeating: -1, count: records.count)
    upper = Buffer(repeating: 0, count: records.count)
    lower = Buffer(repeating: 0, count: records.count)
    sums = Buffer(repeating: 0, count: parts * centers.count)
    counts = Buffer(repeating: 0, count: parts * clusters)
    members = Buffer(repeating: 0, count: parts * clusters)
    asked = Buffer(repeating: 0, count: records.count)
    nearest = Buffer(repeating: 0, count: records.count)
    best = Buffer(repeating: 0, count: records.count)
    second = Buffer(repeating: 0, count: records.count)
  }

  /// Searches until no record moves.
  ///
  /// - Parameter tolerance: The sum of the centers' squared movements at which it may end earlier.
  /// - Returns: How often records were assigned, and whether it ended by itself.
  mutating func run(
    maximumIterations: Int, tolerance: Double
  ) -> (iterations: Int, isConverged: Bool) {
    var movement: Movement?
    for iteration in 1...maximumIterations {
      if assign(after: movement) == 0 { return (iteration, true) }
      let next = means()
      let moved = Movement(from: centers, to: next, features: records.features)
      centers = next
      movement = moved
      if moved.squaredSum <= tolerance {
        _ = assign(after: moved)
        return (iteration, true)
      }
    }
    _ = assign(after: movement)
    return (maximumIterations, false)
  }

  /// The sum of the squared distances from the records' own centers, times their weights.
  func inertia() -> Double {
    let distances = squaredDistances()
    return (0..<records.count).reduce(0) { $0 + weight($1) * distances[$1] }
  }

  private func weight(_ record: Int) -> Double { weights.map { Double($0[record]) } ?? 1 }
}

// MARK: - Assignment

extension LloydSearch {
  /// What centers did since records were assigned to them.
  private struct Movement {
    /// How far each one moved.
    let distances: [Element]
    /// Half of its distance to the nearest other one: no record within is nearer to another.
    let halfGaps: [Element]
    /// The one that moved farthest.
    let farthest: Int32
    /// How far any moved, and how far any but the farthest did.
    let most: (all: Element, others: Element)
    /// The sum of the squared distances.
    let squaredSum: Double

    init(from old: [Element], to new: [Element], features: Int) {
      let count = new.count / features
      let squares = (0..<count).map { center in
        (center * features..<(center + 1) * features).reduce(0.0) { sum, place in
          let difference = Double(new[place]) - Double(old[place])
          return sum + difference * difference
        }
      }
      let moves = squares.map { Element($0.squareRoot()).nextUp }
      distances = moves
      squaredSum = squares.reduce(0, +)
      let order = moves.indices.sorted { moves[$0] > moves[$1] }
      farthest = Int32(order[0])
      most = (moves[order[0]], count > 1 ? moves[order[1]] : 0)

      // Of the centers as records the nearest center is each itself.
      let found = (
        nearest: Buffer<Int32>(repeating: 0, count: count),
        best: Buffer<Element>(repeating: 0, count: count),
        second: Buffer<Element>(repeating: 0, count: count)
      )
      new.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        NearestCenters(new, features: features).nearest(
          rows, places: nil, count: count, nearest: found.nearest.start, best: found.best.start,
          second: found.second.start)
      }
      let slack = LloydSearch.slack(features)
      halfGaps = (0..<count).map { found.second[$0].squareRoot() * (1 - slack) / 2 }
    }
  }

  /// How far a computed distance may be from the true one, in proportion.
  private static func slack(_ features: Int) -> Element {
    Element.ulpOfOne * Element((features + 16)).squareRoot() * 4
  }

  /// Assigns records to centers, and returns how many moved.
  private func assign(after movement: Movement?) -> Int {
    let centers = NearestCenters(centers, features: records.features)
    let moved = Buffer(repeating: 0, count: parts)
    records.withRows { rows in
      Parallel.forEach(parts: parts, of: records.count) { part, range in
        let first = range.lowerBound
        let count = select(range, after: movement)
        centers.nearest(
          rows, places: asked.start + first, count: count, nearest: nearest.start + first,
          best: best.start + first, second: second.start + first)
        moved[part] = take(first..<first + count, part: part, rows)
      }
    }
    return moved.array.reduce(0, +)
  }

  /// Writes down which records of a range may have another center now, and returns how many.
  private func select(_ range: Range<Int>, after movement: Movement?) -> Int {
    var end = range.lowerBound
    guard let movement else {
      for record in range { asked[record] = Int32(record) }
      return range.count
    }
    movement.distances.withUnsafeBufferPointer { distances in
      movement.halfGaps.withUnsafeBufferPointer { halfGaps in
        for record in range {
          let label = labels[record]
          let mine = (upper[record] + distances[Int(label)]).nextUp
          let move = label == movement.farthest ? movement.most.others : movement.most.all
          let others = (lower[record] - move).nextDown
          upper[record] = mine
          lower[record] = others
          // Always written, and counted if it is to stay: a branch would be guessed wrong often.
          asked[end] = Int32(truncatingIfNeeded: record)
          end += mine < max(others, halfGaps[Int(label)]) ? 0 : 1
        }
      }
    }
    return end - range.lowerBound
  }

  /// Takes over what was found for some of the records that were asked about.
  private func take(_ places: Range<Int>, part: Int, _ rows: UnsafePointer<Element>) -> Int {
    let slack = Self.slack(records.features)
    var moved = 0
    for place in places {
      let record = Int(asked[place])
      upper[record] = best[place].squareRoot() * (1 + slack)
      lower[record] = second[place].squareRoot() * (1 - slack)
      let (old, new) = (Int(labels[record]), Int(nearest[place]))
      guard old != new else { continue }
      moved += 1
      labels[record] = Int32(new)
      let row = rows + record * records.features
      let weight = weight(record)
      guard weight > 0 else { continue }
      if old >= 0 { add(row, -weight, members: -1, to: part * clusters + old) }
      add(row, weight, members: 1, to: part * clusters + new)
    }
    return moved
  }

  private func add(
    _ row: UnsafePointer<Element>, _ weight: Double, members count: Int, to place: Int
  ) {
    counts[place] += weight
    members[place] += count
    let sum = sums.start + place * records.features
    for feature in 0..<records.features { sum[feature] += weight * Double(row[feature]) }
  }
}

// MARK: - Means

extension LloydSearch {
  /// The means of the clusters.
  ///
  /// A cluster without records takes over the record that is farthest from its own center; if all
  /// records lie at their centers it stays where it is.
  private func means() -> [Element] {
    var (sums, counts) = totals()
    relocate(counts.indices.filter { counts[$0] <= 0 }, &sums, &counts)
    return centers.indices.map { place in
      let count = counts[place / records.features]
      return count > 0 ? Element(sums[place] / count) : centers[place]
    }
  }

  private func totals() -> (sums: [Double], counts: [Double]) {
    var totals = (
      sums: [Double](repeating: 0, count: centers.count),
      counts: [Double](repeating: 0, count: clusters)
    )
    for part in 0..<parts {
      for place in centers.indices { totals.sums[place] += sums[part * centers.count + place] }
      for cluster in 0..<clusters { totals.counts[cluster] += counts[part * clusters + cluster] }
    }
    // What is left after all that was added was taken away again is rounding.
    for cluster in 0..<clusters
    where (0..<parts).allSatisfy({ members[$0 * clusters + cluster] == 0 }) {
      totals.counts[cluster] = 0
    }
    return totals
  }

  private func relocate(_ empty: [Int], _ sums: inout [Double], _ counts: inout [Double]) {
    guard !empty.isEmpty else { return }
    let distances = squaredDistances()
    let order = (0..<records.count).sorted {
      (distances[$1], $0) < (distances[$0], $1)
    }
    for (cluster, record) in zip(empty, order) where distances[record] > 0 {
      let old = Int(labels[record])
      let weight = weight(record)
      for feature in 0..<records.features {
        let share = weight * Double(records.values[record * records.features + feature])
        sums[old * records.features + feature] -= share
        sums[cluster * records.features + feature] = share
      }
      counts[old] -= weight
      counts[cluster] = weight
    }
  }

  /// The squared distance of each record from its center.
  private func squaredDistances() -> Buffer<Double> {
    let distances = Buffer(repeating: 0.0, count: records.count)
    records.withRows { rows in
      centers.withUnsafeBufferPointer { centers in
        Parallel.forEach(parts: parts, of: records.count) { _, range in
          for record in range {
            let center = Int(labels[record]) * records.features
            let row = rows + record * records.features
            distances[record] = (0..<records.features).reduce(0) { sum, feature in
              let difference = Double(row[feature]) - Double(centers[center + feature])
              return sum + difference * difference
            }
          }
        }
      }
    }
    return distances
  }
}
