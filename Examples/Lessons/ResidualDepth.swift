import Foundation
package import Moru

/// Through fifty plain layers hardly any gradient comes back to the first; a shortcut round every
/// layer lets it pass (He et al. 2016, arXiv:1512.03385).
package struct ResidualDepth: Lesson {
  package static let name = "residual"
  package static let claim =
    "Fifty plain layers starve their first ones of gradient; residual ones do not."

  package struct Findings: LessonFindings {
    /// The norm of the loss's gradient at each layer's kernel before training, first layer first.
    package let (plainNorms, residualNorms): ([Double], [Double])
    /// The training loss at the end.
    package let (plainLoss, residualLoss): (Double, Double)

    package var summary: String {
      func line(_ name: String, _ norms: [Double], _ loss: Double) -> String {
        "\(name): gradient \(String(format: "%.1e", norms.first ?? .nan)) at the first layer, "
          + "\(String(format: "%.1e", norms.last ?? .nan)) at the last; loss \(loss.short) "
          + "after training"
      }
      return [
        line("plain", plainNorms, plainLoss), line("residual", residualNorms, residualLoss),
      ].joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Gradient norms before training, as powers of ten", xTitle: "Layer",
        series: [
          .init(name: "plain", values: plainNorms.map(log10)),
          .init(name: "residual", values: residualNorms.map(log10)),
        ])
    }
  }

  private static let depth = 50

  package init() {}

  package func run() async throws -> Findings {
    let train = try Digits.split(shape: [64]).train
    let (plain, residual) = (try network(isResidual: false), try network(isResidual: true))
    func loss(_ model: Model) async throws -> Double {
      try await model.fit(
        train, epochs: 5, optimizer: .adam(), loss: .sparseCategoricalCrossentropy
      ).history("loss").last ?? .nan
    }
    return Findings(
      plainNorms: try await gradientNorms(plain, train),
      residualNorms: try await gradientNorms(residual, train),
      plainLoss: try await loss(plain), residualLoss: try await loss(residual))
  }

  private func network(isResidual: Bool) throws -> Model {
    let input = Input([64])
    var x = Dense(32, name: "start")(Rescaling(1.0 / 16)(input))
    for layer in 1...Self.depth {
      let y = Dense(32, name: "layer\(layer)")(Activation(.sigmoid)(x))
      x = isResidual ? Add()([x, y]) : y
    }
    return try Model(inputs: input, outputs: Dense(10, activation: .softmax, name: "end")(x))
  }

  /// The norms of the gradients of one batch's loss.
  private func gradientNorms(_ model: Model, _ data: Dataset) async throws -> [Double] {
    let batch = try data.subset(Array(0..<64))
    let declaration = try model.declaration(inputs: [TensorType(.float32, [64])])
    let start = try declaration.weights(from: declaration.initialValues(seed: 0))
    guard let target = batch.targets.first?.tensor else { return [] }
    let (_, _, slopes) = valueAndGradient(at: start.parameters) { parameters in
      var weights = Weights(parameters: parameters, state: start.state)
      let prediction = model(Tensor(batch.features[0].values), &weights)
      let loss: any Loss = .sparseCategoricalCrossentropy
      return (loss(target: Tensor(target), prediction: prediction), ())
    }
    let norms = (1...Self.depth).compactMap { slopes["layer\($0)/kernel"] }.map {
      sqrt(square($0).sum())
    }
    return try await CPUExecutor.shared.values(of: norms).map {
      Double(try $0.array(of: Float.self)[0])
    }
  }
}
