import Foundation
public import MoruTensors

/// What sets a cluster apart from all records, feature by feature.
public struct ClusterProfile: Sendable, Equatable, CustomStringConvertible {
  /// A feature in which a cluster differs.
  public struct Trait: Sendable, Equatable, CustomStringConvertible {
    /// The feature's name.
    public let feature: String
    /// The mean over the cluster, in the feature's unit.
    public let mean: Double
    /// The mean over all records.
    public let overallMean: Double
    /// How many standard deviations of all records lie between.
    public let deviations: Double

    /// Such as `visits a month 9.4 against 3.1 (+2.0 SD)`.
    public var description: String {
      let sign = deviations < 0 ? "−" : "+"
      return "\(feature) \(mean.threeDigits) against \(overallMean.threeDigits) "
        + "(\(sign)\(String(format: "%.1f", abs(deviations))) SD)"
    }
  }

  /// The cluster, from 0.
  public let cluster: Int
  /// Number of its records.
  public let size: Int
  /// Its share of all records, 0…1.
  public let share: Double
  /// What stands out most, first.
  public let traits: [Trait]

  /// Such as `Cluster 1, 412 records (20.6 %): visits a month 9.4 against 3.1 (+2.0 SD); …`.
  public var description: String {
    let percent = String(format: "%.1f", share * 100)
    let words =
      traits.isEmpty ? "like all" : traits.map(\.description).joined(separator: "; ")
    return "Cluster \(cluster + 1), \(size) records (\(percent) %): \(words)"
  }

  /// What sets clusters apart.
  ///
  /// - Parameters:
  ///   - labels: The cluster of each record, from 0; a record without one counts among all records only.
  ///   - points: The records, `[records, features]`, in units that a reader knows rather than scaled.
  ///   - names: The features' names, one each.
  ///   - atLeast: How many standard deviations a trait stands out by, at least.
  /// - Returns: One for each cluster, in order; constant features are no traits.
  /// - Throws: `LearnerError` for another number of labels or names, and numbers that are not finite.
  public static func profiles(
    _ labels: [Int?], of points: HostTensor, names: [String], atLeast: Double = 0.5
  ) throws -> [ClusterProfile] {
    let records = try Records<Double>(points, learner: "cluster profile")
    guard labels.count == records.count, names.count == records.features else {
      throw LearnerError.setting(
        learner: "cluster profile", name: "points",
        problem: "are \(records.count) records of \(records.features) features, but there are "
          + "\(labels.count) labels and \(names.count) names")
    }
    let all = moments(of: records, Array(0..<records.count))
    let groups = Dictionary(grouping: labels.indices) { labels[$0] ?? -1 }
    let last = labels.reduce(-1) { max($0, $1 ?? -1) }
    return (0..<last + 1).map { cluster in
      let places = groups[cluster] ?? []
      let means = places.isEmpty ? all.means : moments(of: records, places).means
      let traits = names.indices.filter { all.deviations[$0] > 0 }.map { feature in
        Trait(
          feature: names[feature], mean: means[feature], overallMean: all.means[feature],
          deviations: (means[feature] - all.means[feature]) / all.deviations[feature])
      }
      return ClusterProfile(
        cluster: cluster, size: places.count,
        share: Double(places.count) / Double(records.count),
        traits: traits.filter { abs($0.deviations) >= atLeast }
          .sorted { abs($0.deviations) > abs($1.deviations) })
    }
  }

  private static func moments(
    of records: Records<Double>, _ places: [Int]
  ) -> (means: [Double], deviations: [Double]) {
    let columns = (0..<records.features).map { feature in
      let values = places.map { records.values[$0 * records.features + feature] }
      let (mean, deviation) = (values.mean, values.standardDeviation)
      // What rounding leaves of a constant is no deviation.
      return (mean, deviation > 1e-12 * abs(mean) ? deviation : 0)
    }
    return (columns.map(\.0), columns.map(\.1))
  }
}

extension Double {
  /// Three significant digits, without an exponent where that is short.
  fileprivate var threeDigits: String {
    let text = String(format: "%.3g", self)
    return text.contains("e") && abs(self) >= 1 ? String(format: "%.0f", self) : text
  }
}
