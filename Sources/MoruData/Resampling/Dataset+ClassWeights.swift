extension Dataset {
  /// The weight of each class, by its place, with which all classes weigh the same in sum:
  /// `n / (k · nᵢ)` for `nᵢ` of `n` samples and `k` classes that have samples. Nil without classes.
  ///
  /// - Source: scikit-learn's `class_weight="balanced"`, after King, Zeng 2001,
  ///   doi:10.1093/oxfordjournals.pan.a004868.
  public var balancedClassWeights: [Int: Double]? {
    guard let counts = classCounts else { return nil }
    let present = counts.indices.filter { counts[$0] > 0 }
    return Dictionary(
      uniqueKeysWithValues: present.map { place in
        (place, Double(count) / (Double(present.count) * Double(counts[place])))
      })
  }

  /// Each class's share of the samples, in the order of `labels`, as they count; nil without classes or
  /// samples that count.
  public var classShares: [Double]? {
    guard let classes else { return nil }
    var sums = [Double](repeating: 0, count: classes.labels.count)
    for (place, index) in classes.indices.enumerated() {
      sums[Int(index)] += sampleWeights.map { Double($0[place]) } ?? 1
    }
    let total = sums.reduce(0, +)
    return total > 0 ? sums.map { $0 / total } : nil
  }

  /// The samples with each one's weight multiplied by its class's; 1 for classes not named.
  ///
  /// - Throws: `DataError.noClasses`; `.inconsistent` for a weight that is negative or not finite.
  public func weighted(byClass weights: [Int: Double]) throws(DataError) -> Dataset {
    guard let classes else { throw .noClasses(wanted: "A weight for each class") }
    let factors = classes.indices.map { Float(weights[Int($0)] ?? 1) }
    return try with(sampleWeights: sampleWeights.map { zip($0, factors).map(*) } ?? factors)
  }
}
