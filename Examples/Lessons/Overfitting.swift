package import Moru

/// First make a network that can learn the training samples by heart, wrong labels included, then hold
/// it back.
package struct Overfitting: Lesson {
  package static let name = "overfit"
  package static let claim =
    "A large network learns its samples by heart; each kind of regularization helps it on others."

  package struct Findings: LessonFindings {
    /// The free network and the restrained ones: the accuracy on the training pictures at the end,
    /// and the loss on others by epoch.
    package let networks: [(name: String, trainAccuracy: Double, losses: [Double])]

    package var summary: String {
      networks.map {
        "\($0.name): accuracy \($0.trainAccuracy.short) on its own pictures, loss "
          + "\(($0.losses.last ?? .nan).short) on others"
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Loss on other pictures; every fifth label was wrong",
        series: networks.map { .init(name: $0.name, values: $0.losses) })
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let parts = try Digits.split(shape: [64])
    let few = try Self.mislabelled(parts.train.subset(Array(0..<300)))
    func network(
      _ units: Int, _ regularizer: (any Regularizer)? = nil, _ others: [any Layer] = []
    ) -> Sequential {
      let hidden = (0..<2).flatMap { _ in
        [Dense(units, activation: .relu, kernelRegularizer: regularizer)] as [any Layer]
          + others.map { $0.fresh() }
      }
      return Sequential([Rescaling(1.0 / 16)] + hidden + [Dense(10, activation: .softmax)])
    }
    // The loss itself, without what regularizers add, so that all networks can be compared.
    let error = SparseCategoricalCrossentropyMetric()
    var networks: [(String, Double, [Double])] = []
    for (name, model, callbacks) in [
      ("none", network(256), []),
      ("L1", network(256, .l1(1e-3)), []),
      ("L2", network(256, .l2(1e-2)), []),
      ("dropout", network(256, nil, [Dropout(0.5)]), []),
      ("batch norm", network(256, nil, [BatchNormalization()]), []),
      ("early stopping", network(256), [.earlyStopping(patience: 3, restoreBestWeights: true)]),
      ("smaller", network(16), []),
    ] as [(String, Sequential, [any Callback])] {
      let trained = try await model.fit(
        few, epochs: 150, batchSize: 20, optimizer: .adam(),
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy, error],
        validation: .data(parts.test), callbacks: callbacks)
      let (own, others) = (try await trained.evaluate(few), try await trained.evaluate(parts.test))
      let losses = Array(trained.history("val_" + error.name).dropLast()) + [others[error]]
      networks.append((name, own[.accuracy], losses))
    }
    return Findings(networks: networks)
  }

  /// The same pictures, every fifth with the label of the next digit.
  private static func mislabelled(_ data: Dataset) throws -> Dataset {
    guard let (classes, labels) = data.classes else { return data }
    let wrong = classes.enumerated().map { $0.isMultiple(of: 5) ? ($1 + 1) % 10 : $1 }
    return try Dataset(
      source: "mislabelled digits", features: data.features,
      targets: .classes(wrong, labels: labels))
  }
}
