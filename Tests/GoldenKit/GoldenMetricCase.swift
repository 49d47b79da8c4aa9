import Foundation
public import MoruGraph
public import MoruMetrics
public import MoruTensors

/// A golden metric case: batches, one after another as in training, and the figure they come to.
public struct GoldenMetricCase {
  /// Our metric of the case.
  public let metric: any Metric
  /// What Keras says.
  public let expected: Double
  private let batches: [(target: Tensor, prediction: Tensor, sampleWeight: Tensor?)]

  /// Reads a case.
  ///
  /// - Parameter file: The case.
  /// - Parameter dtype: The type of predictions and of targets that are not whole numbers.
  public init(_ file: GoldenFile, as dtype: DType) throws {
    metric = try Self.metric(file)
    expected = try file.tensor("output").array(of: Double.self)[0]
    let (target, prediction) = (try file.tensor("target"), try file.tensor("prediction"))
    let (count, size) = (target.shape[0], try file.description.value("batch").integer())
    batches = try stride(from: 0, to: count, by: size).map { start in
      func rows(_ value: HostTensor) throws -> Tensor {
        let rows = try value.slice(start..<min(start + size, count))
        return Tensor(rows.dtype == .float64 ? rows.converted(to: dtype) : rows)
      }
      return (
        try rows(target), try rows(prediction), try file.tensors["sample_weight"].map(rows)
      )
    }
  }

  /// The figure, with sums added up as training does.
  public func value(on executor: any Executor) async throws -> Double {
    var total: [Tensor] = []
    for batch in batches {
      let sums = metric.sums(
        target: batch.target, prediction: batch.prediction, sampleWeight: batch.sampleWeight)
      total = total.isEmpty ? sums : zip(total, sums).map { $0 + $1 }
    }
    let values = try await executor.values(of: total)
    return metric.value(sums: try values.map { try $0.array(of: Double.self) })
  }

  /// How far the figure is from the expected one, relative to it.
  public func error(on executor: any Executor) async throws -> Double {
    try relativeError(HostTensor(await value(on: executor)), HostTensor(expected))
  }

  /// Our metric of a case.
  ///
  /// Keras's settings are ours in another spelling, so that the case's description becomes a metric's
  /// file; reading that refuses settings that we lack.
  static func metric(_ file: GoldenFile) throws -> any Metric {
    let ours = try file.description.inOurWords(names) { kinds[$0] ?? $0.startingSmall }
    return try JSONDecoder().decode(MetricBox.self, from: JSONEncoder().encode(ours)).metric
  }

  private static let kinds = [
    "AUC": "auc", "IoU": "iou", "KLDivergence": "klDivergence", "LogCoshError": "logCosh",
  ]

  private static let names = [
    "num_thresholds": "thresholdCount", "num_classes": "classes", "num_regressors": "regressors",
    "OneHotIoU.num_classes": "", "OneHotMeanIoU.num_classes": "", "sparse_y_pred": "",
    "ROC": "roc", "PR": "pr", "PRGAIN": "prGain",
  ]
}
