import MoruArchive
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels

/// An objective whose parts know their outputs' places in a model.
struct BoundObjective: Sendable {
  /// What is asked of one output.
  struct Part: Sendable {
    /// The output's name and its place among the model's.
    let output: String
    let place: Int
    let loss: (any Loss)?
    let lossWeight: Double
    let metrics: [any Metric]
  }

  /// The objective as it was asked for.
  let objective: Objective
  /// In the order of the model's outputs.
  let parts: [Part]
  /// Whether the model has several outputs, so that figures are named after them.
  let isOfMany: Bool

  /// Finds the outputs that an objective names.
  ///
  /// - Parameter outputs: The names of the model's outputs.
  /// - Throws: `TrainingError.severalOutputs`, `.unknownOutput`, `.noLoss`, `.sameName` or
  ///   `.outOfRange`.
  init(_ objective: Objective, outputs: [String]) throws(TrainingError) {
    var parts: [Part] = []
    for part in objective.parts {
      let place: Int
      if let name = part.output {
        guard let found = outputs.firstIndex(of: name) else {
          throw .unknownOutput(name, known: outputs, nearest: nearest(name, among: outputs))
        }
        place = found
      } else {
        guard outputs.count == 1 else { throw .severalOutputs(outputs) }
        place = 0
      }
      guard part.lossWeight.isFinite, part.loss != nil || part.lossWeight == 1 else {
        throw .outOfRange(
          "lossWeights[\"\(outputs[place])\"]",
          allowed: part.loss == nil ? "left out, for the output has no loss" : "finite")
      }
      parts.append(
        Part(
          output: outputs[place], place: place, loss: part.loss, lossWeight: part.lossWeight,
          metrics: part.metrics))
    }
    guard parts.contains(where: { $0.loss != nil }) else { throw .noLoss }
    self.objective = objective
    self.parts = parts.sorted { $0.place < $1.place }
    isOfMany = outputs.count > 1
    var names: Set<String> = []
    for name in self.names where !names.insert(name).inserted { throw .sameName(name) }
  }

  /// A figure that is made of sums: the loss, an output's loss, or a metric.
  struct Figure {
    let name: String
    let isBetterGreater: Bool
    let value: ([[Double]]) -> Double
  }

  /// The figures, in the order in which their sums are kept: `loss`, the outputs' losses if there are
  /// several outputs, the metrics.
  var figures: [Figure] {
    func loss(_ name: String) -> Figure {
      Figure(name: name, isBetterGreater: false) { $0[0][0] / $0[1][0] }
    }
    let losses = isOfMany ? parts.filter { $0.loss != nil } : []
    return [loss("loss")] + losses.map { loss($0.output + "_loss") }
      + parts.flatMap { part in
        part.metrics.map { metric in
          Figure(
            name: isOfMany ? "\(part.output)_\(metric.name)" : metric.name,
            isBetterGreater: metric.isBetterGreater, value: metric.value)
        }
      }
  }

  /// The names of the figures.
  var names: [String] { figures.map(\.name) }

  /// For each figure whether greater is better, those on validation data included.
  var isBetterGreater: [String: Bool] {
    let figures = figures
    return Dictionary(
      figures.map { ($0.name, $0.isBetterGreater) }
        + figures.map { ("val_" + $0.name, $0.isBetterGreater) }
    ) { first, _ in first }
  }

  /// What a batch comes to for one output.
  struct Judged {
    let target: Tensor
    let prediction: Tensor
    /// Which time steps of the prediction count; nil if all do.
    let mask: Tensor?
    /// The loss before it is weighed; nil for an output that is not learned from.
    let loss: Tensor?
  }

  /// What a batch comes to for each part, and the sum of the losses.
  ///
  /// - Parameters:
  ///   - outputs: All of the model's, or one that carries an error.
  ///   - targets: For each part.
  ///   - weights: How much samples count; nil for 1.
  ///   - scope: Where the outputs were drawn.
  func judged(
    _ outputs: [Tensor], targets: [Tensor], weights: Tensor?, in scope: Scope,
    _ redrawing: (Tensor) -> Tensor
  ) -> (loss: Tensor, parts: [Judged]) {
    let judged = zip(parts, targets).map { part, target in
      let output = outputs.indices.contains(part.place) ? outputs[part.place] : outputs[0]
      let prediction = redrawing(output)
      let loss = part.loss?(
        target: target, prediction: prediction,
        sampleWeight: scope.sampleWeight(weights, for: output))
      return Judged(
        target: target, prediction: prediction, mask: scope.mask(of: output),
        loss: loss.map { isOfMany && prediction.error == nil ? $0.naming(part.output) : $0 })
    }
    let terms = zip(parts, judged).compactMap { part, judged in
      judged.loss.map { part.lossWeight == 1 ? $0 : $0 * Tensor(part.lossWeight) }
    }
    return (terms.dropFirst().reduce(terms[0]) { $0 + $1 }, judged)
  }
}

extension Tensor {
  /// The tensor itself; if it carries an error, one that says which output it is about.
  fileprivate func naming(_ output: String) -> Tensor {
    guard case .unfit(let operation, let types, let mismatch, let location) = error else {
      return self
    }
    return .failure(
      .unfit(
        operation: "output \(output) (\(operation))", types: types, mismatch: mismatch,
        at: location))
  }
}
