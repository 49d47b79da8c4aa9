extension ThresholdSweep {
  /// How well scores of pixels find the regions of masks: the mean, over the connected regions, of the
  /// share of a region's pixels that is found. A large region counts no more than a small one.
  ///
  /// Its curve over the share of good pixels that are taken for conspicuous is this sweep's ROC curve.
  ///
  /// - Parameters:
  ///   - masks: For each picture whether each pixel is in a region, row by row.
  ///   - scores: The scores of all pixels in the same order.
  ///   - width: Pixels in a row.
  /// - Throws: `MetricsError` if masks and scores do not fit, or a score is not finite.
  /// - Source: Bergmann et al. 2021, "The MVTec Anomaly Detection Dataset", doi:10.1007/s11263-020-01400-4,
  ///   section 5; pixels that touch at a corner are connected.
  public init(
    regionsOf masks: [[Bool]], scores: [[Double]], width: Int
  ) throws(MetricsError) {
    try Checks.pairs(truth: masks.count, predicted: scores.count, weights: nil)
    var weights: [Double] = []
    for (mask, picture) in zip(masks, scores) {
      guard width > 0, mask.count == picture.count, mask.count.isMultiple(of: width) else {
        throw .lengthsDiffer(truth: mask.count, predicted: picture.count)
      }
      let regions = Self.regions(of: mask, width: width)
      let sizes = regions.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      weights += regions.map { $0 == 0 ? 1 : 1 / Double(sizes[$0] ?? 1) }
    }
    try self.init(truth: masks.flatMap { $0 }, scores: scores.flatMap { $0 }, weights: weights)
  }

  /// The number of each pixel's region, from 1 on; 0 outside.
  static func regions(of mask: [Bool], width: Int) -> [Int] {
    var regions = [Int](repeating: 0, count: mask.count)
    let height = mask.count / max(width, 1)
    var (count, pending): (Int, [Int]) = (0, [])
    for start in mask.indices where mask[start] && regions[start] == 0 {
      count += 1
      regions[start] = count
      pending = [start]
      while let place = pending.popLast() {
        let (row, column) = (place / width, place % width)
        for y in max(row - 1, 0)...min(row + 1, height - 1) {
          for x in max(column - 1, 0)...min(column + 1, width - 1) {
            let next = y * width + x
            guard mask[next], regions[next] == 0 else { continue }
            regions[next] = count
            pending.append(next)
          }
        }
      }
    }
    return regions
  }

  /// The area under the ROC curve up to a false positive rate, over that rate: 0…1. Nil if all samples are
  /// of one class.
  ///
  /// - Parameter limit: The rate up to which the curve counts, above 0, at most 1; 0.3 is usual for the
  ///   overlap of regions.
  public func rocAUC(upTo limit: Double) -> Double? {
    guard positives > 0, negatives > 0, limit > 0, limit <= 1 else { return nil }
    var (area, x, y) = (0.0, 0.0, 0.0)
    for (hits, alarms) in zip(truePositives, falsePositives) {
      let (nextX, nextY) = (alarms / negatives, hits / positives)
      if nextX >= limit, nextX > x {
        let share = (limit - x) / (nextX - x)
        area += (limit - x) * (y + (y + (nextY - y) * share)) / 2
        return area / limit
      }
      area += (nextX - x) * (y + nextY) / 2
      (x, y) = (nextX, nextY)
    }
    return area / limit
  }
}
