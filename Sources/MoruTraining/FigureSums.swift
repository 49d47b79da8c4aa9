import MoruGraph
import MoruMetrics
import MoruTensors

/// For each figure the sums it is computed from: the loss first, then the metrics.
struct FigureSums: TensorTree {
  var figures: [[Tensor]]

  /// Sums before the first batch: metrics say how many they keep, and of what shapes, for such
  /// targets and predictions.
  ///
  /// - Parameter target: The targets' type, batch axis first, whatever the batch's size.
  /// - Parameter prediction: The predictions' type, batch axis first.
  init(zerosFor objective: Objective, target: TensorType, prediction: TensorType) {
    func sample(_ type: TensorType) -> Tensor {
      .placeholder(TensorType(type.dtype, Shape([1] + type.shape.dropFirst())))
    }
    let (target, prediction) = (sample(target), sample(prediction))
    let shapes = objective.metrics.map { metric in
      metric.sums(target: target, prediction: prediction).map(\.shape)
    }
    figures = ([[[], []]] + shapes).map { shapes in
      shapes.map { Tensor(HostTensor.zeros($0, dtype: .float64)) }
    }
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows { try figures.visit(body) }

  /// Adds a batch.
  ///
  /// - Parameter mask: Which time steps of the prediction count; nil if all do.
  mutating func add(
    loss: Tensor, target: Tensor, prediction: Tensor, mask: Tensor?, objective: Objective
  ) {
    // The mean loss counts for as many samples as the batch has, as in Keras.
    let count = Double(prediction.shape.first ?? 1)
    var terms = [
      [loss.converted(to: .float64) * Tensor(count), Tensor(HostTensor(count))]
    ]
    terms += objective.metrics.map {
      $0.sums(target: target, prediction: prediction, sampleWeight: mask)
    }
    figures = zip(figures, terms).map { zip($0, $1).map { $0 + $1 } }
  }

  /// What the executor keeps before the first batch, in the order of `visit`.
  var zeros: [HostTensor] { leaves.map { .zeros($0.shape, dtype: .float64) } }

  /// The figures by name, from the values of the sums in the order of `visit`.
  ///
  /// - Parameter counts: Number of sums of each figure.
  static func values(
    _ sums: [HostTensor], counts: [Int], objective: Objective
  ) throws -> [String: Double] {
    var rest = try sums.map { try $0.array(of: Double.self) }[...]
    var parts: [[[Double]]] = []
    for count in counts {
      parts.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    var figures = ["loss": parts[0][0][0] / parts[0][1][0]]
    for (metric, sums) in zip(objective.metrics, parts.dropFirst()) {
      figures[metric.name] = metric.value(sums: sums)
    }
    return figures
  }
}
