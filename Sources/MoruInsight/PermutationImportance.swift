public import MoruCPU
public import MoruData
public import MoruGraph
public import MoruMetrics
public import MoruModels
public import MoruTensors
import MoruTraining

/// How much a model relies on one column: how much worse it answers when the column's values are
/// shuffled among the samples.
public struct FeatureImportance: Sendable, Codable, Equatable {
  /// The column of the table, the place of a number in a sample, or the feature.
  public let name: String
  /// How much worse the figure became at each shuffling, in the figure's unit; below 0 if it became
  /// better.
  public let drops: [Double]

  /// The mean of the drops.
  public var mean: Double { drops.mean }

  /// The standard deviation of the drops, `√(Σ(x − x̄)² / n)`.
  public var standardDeviation: Double { drops.standardDeviation }
}

/// How much a model relies on each column of its data, the most important first.
///
/// All numbers that a column of a table became are shuffled together. Of samples without a table, each
/// number of a row is a column; pictures and sequences are one each. Columns that tell the same share
/// their importance.
///
/// - Parameters:
///   - model: A model that was trained here, of one output.
///   - data: Samples with answers, best such as the model has not learned from.
///   - metric: The figure that becomes worse.
///   - repeats: How often each column is shuffled, at least 1.
///   - seed: Decides the shufflings.
/// - Throws: `InsightError` for no repeats; what evaluating throws.
/// - Source: Breiman 2001, doi:10.1023/A:1010933404324; Fisher, Rudin, Dominici 2019,
///   arXiv:1801.01489.
public func permutationImportance(
  _ model: TrainedModel, _ data: Dataset, metric: any Metric, repeats: Int = 5, seed: Seed = 0,
  on executor: any Executor = .cpu
) async throws -> [FeatureImportance] {
  guard repeats >= 1 else { throw InsightError.outOfRange("repeats", allowed: "at least 1") }
  func score(_ data: Dataset) async throws -> Double {
    let value = try await model.evaluate(data, metrics: [metric], on: executor)[metric]
    return metric.isBetterGreater ? value : -value
  }
  let whole = try await score(data)
  var found: [FeatureImportance] = []
  for (place, column) in try ShuffledColumn.all(of: data).enumerated() {
    var drops: [Double] = []
    for round in 0..<repeats {
      var generator = seed.child(place).child(round).generator
      let order = Array(0..<data.count).shuffled(using: &generator)
      drops.append(whole - (try await score(column.shuffled(in: data, by: order))))
    }
    found.append(FeatureImportance(name: column.name, drops: drops))
  }
  return found.enumerated()
    .sorted { ($1.element.mean, $0.offset) < ($0.element.mean, $1.offset) }.map(\.element)
}

/// Numbers of a feature that are shuffled together.
private struct ShuffledColumn {
  let name: String
  let feature: Int
  /// Which of a sample's numbers.
  let range: Range<Int>

  static func all(of data: Dataset) throws -> [ShuffledColumn] {
    data.signature.enumerated().flatMap { place, feature in
      let count = feature.shape.elementCount
      if let table = data.encoding, table.width == count {
        var start = 0
        return table.columns.map { column in
          defer { start += column.rule.width }
          return ShuffledColumn(
            name: column.name, feature: place, range: start..<start + column.rule.width)
        }
      }
      guard feature.shape.rank == 1, count > 1 else {
        return [ShuffledColumn(name: feature.name, feature: place, range: 0..<count)]
      }
      return (0..<count).map {
        ShuffledColumn(name: "\(feature.name)[\($0)]", feature: place, range: $0..<$0 + 1)
      }
    }
  }

  func shuffled(in data: Dataset, by order: [Int]) throws -> Dataset {
    let values = data.features[feature].values
    let width = values.count / max(data.count, 1)
    var numbers = try values.converted(to: .float64).array(of: Double.self)
    let old = numbers
    for (sample, other) in order.enumerated() {
      for place in range { numbers[sample * width + place] = old[other * width + place] }
    }
    let shuffled = try HostTensor(numbers, shape: values.shape).converted(to: values.dtype)
    var features = data.features
    features[feature] = Dataset.Feature(name: features[feature].name, values: shuffled)
    return try Dataset(
      source: data.source, features: features, targets: data.targets,
      sampleWeights: data.sampleWeights, encoding: data.encoding)
  }
}
