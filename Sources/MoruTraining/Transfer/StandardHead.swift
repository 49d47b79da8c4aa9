import MoruData
import MoruLayers
import MoruMetrics
import MoruModels

/// The layers that end a model, and what is made small, by what it shall find out.
struct StandardHead {
  let layers: [any Layer]
  let objective: Objective

  /// Nil for several targets, and for targets other than classes, sets of labels and numbers.
  init?(for targets: [Dataset.Target]) {
    guard targets.count == 1 else { return nil }
    switch targets[0].values {
    case .classes(_, let labels):
      layers = [Dense(labels.count, activation: .softmax, name: "predictions")]
      objective = Objective(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    case .labelSets(_, let labels):
      layers = [Dense(labels.count, activation: .sigmoid, name: "predictions")]
      objective = Objective(loss: .binaryCrossentropy, metrics: [.binaryAccuracy])
    case .values:
      layers = [Dense(1, name: "predictions")]
      objective = Objective(loss: .meanSquaredError, metrics: [.meanAbsoluteError])
    case .tensor: return nil
    }
  }
}
