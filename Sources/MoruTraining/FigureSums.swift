import MoruGraph
import MoruMetrics
import MoruTensors

/// For each figure of an objective, in the order of `BoundObjective.figures`, the sums that it is
/// computed from.
struct FigureSums: TensorTree {
  var figures: [[Tensor]]

  /// Sums before the first batch: metrics say how many they keep, and of what shapes, for such
  /// targets and predictions.
  ///
  /// - Parameter targets: The types of the targets of each part, batch axis first, whatever the
  ///   batch's size.
  /// - Parameter outputs: The types of all of the model's outputs, batch axis first.
  init(zerosFor objective: BoundObjective, targets: [TensorType], outputs: [TensorType]) {
    func sample(_ type: TensorType) -> Tensor {
      .placeholder(TensorType(type.dtype, Shape([1] + type.shape.dropFirst())))
    }
    let mean: [Shape] = [[], []]
    let losses = objective.isOfMany ? objective.parts.filter { $0.loss != nil } : []
    let metrics = zip(objective.parts, targets).flatMap { part, target in
      part.metrics.map { metric in
        metric.sums(target: sample(target), prediction: sample(outputs[part.place])).map(\.shape)
      }
    }
    figures = ([mean] + losses.map { _ in mean } + metrics).map { shapes in
      shapes.map { Tensor(HostTensor.zeros($0, dtype: .float64)) }
    }
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows { try figures.visit(body) }

  /// Adds a batch.
  ///
  /// - Parameter loss: What is made small.
  /// - Parameter judged: What the batch came to for each part of the objective.
  mutating func add(
    loss: Tensor, judged: [BoundObjective.Judged], objective: BoundObjective
  ) {
    // The mean loss counts for as many samples as the batch has, as in Keras.
    let count = Double(judged.first?.prediction.shape.first ?? 1)
    func mean(_ loss: Tensor) -> [Tensor] {
      [loss.converted(to: .float64) * Tensor(count), Tensor(HostTensor(count))]
    }
    let losses = objective.isOfMany ? judged.compactMap(\.loss) : []
    let metrics = zip(objective.parts, judged).flatMap { part, judged in
      part.metrics.map {
        $0.sums(
          target: judged.target, prediction: judged.prediction, sampleWeight: judged.mask)
      }
    }
    let terms = [mean(loss)] + losses.map(mean) + metrics
    figures = zip(figures, terms).map { zip($0, $1).map { $0 + $1 } }
  }

  /// What the executor keeps before the first batch, in the order of `visit`.
  var zeros: [HostTensor] { leaves.map { .zeros($0.shape, dtype: .float64) } }

  /// The figures by name, from the values of the sums in the order of `visit`.
  ///
  /// - Parameter counts: Number of sums of each figure.
  static func values(
    _ sums: [HostTensor], counts: [Int], objective: BoundObjective
  ) throws -> [String: Double] {
    var rest = try sums.map { try $0.array(of: Double.self) }[...]
    var values: [String: Double] = [:]
    for (figure, count) in zip(objective.figures, counts) {
      values[figure.name] = figure.value(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return values
  }
}
