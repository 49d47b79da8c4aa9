internal import Foundation

/// How far a distribution over bins has moved from another, the population stability index:
/// `Σ (p − q) ln(p / q)`. By custom below 0.1 is little, above 0.25 much.
///
/// - Source: Siddiqi 2006, "Credit Risk Scorecards", Wiley. An empty bin counts as half a sample, so
///   that the index stays finite.
public enum StabilityIndex {
  /// The index of counts over the same bins; 0 if one of them counts nothing.
  public static func value(_ before: [Double], _ after: [Double]) -> Double {
    let (first, second) = (before.reduce(0, +), after.reduce(0, +))
    guard first > 0, second > 0 else { return 0 }
    return zip(before, after).reduce(0) { sum, pair in
      guard pair.0 > 0 || pair.1 > 0 else { return sum }
      let p = max(pair.0, 0.5) / first
      let q = max(pair.1, 0.5) / second
      return sum + (p - q) * log(p / q)
    }
  }
}
