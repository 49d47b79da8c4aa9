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
}
