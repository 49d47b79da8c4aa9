/// Precision, recall and F1 of each class, their averages, and the accuracy.
///
/// 0 ÷ 0 counts as 0, as with scikit-learn's `zero_division=0`: the precision of a class never
/// predicted, the recall of a class without samples. Averages run over all classes of the matrix,
/// also those without samples.
public struct ClassificationReport: Codable, Sendable, Equatable {
  /// The scores of one class against all others; each 0…1.
  public struct ClassScores: Codable, Sendable, Equatable {
    /// The class's name.
    public let label: String
    /// The share of right ones among those predicted as this class, `TP / (TP + FP)`.
    public let precision: Double
    /// The share of this class's samples that were found, `TP / (TP + FN)`.
    public let recall: Double
    /// The harmonic mean of both, `2·TP / (2·TP + FP + FN)`.
    public let f1: Double
    /// The number of samples of this class.
    public let support: Int
    /// The number of samples predicted as this class.
    public let predicted: Int

    /// The scores that follow from counts.
    init(label: String, hits: Int, support: Int, predicted: Int) {
      self.label = label
      precision = share(hits, of: predicted)
      recall = share(hits, of: support)
      // Halved on both sides, so that no sum can overflow.
      let size = Double(support) / 2 + Double(predicted) / 2
      f1 = size == 0 ? 0 : Double(hits) / size
      self.support = support
      self.predicted = predicted
    }
  }

  /// A mean of the classes' scores.
  public struct Averages: Codable, Sendable, Equatable {
    /// The mean precision.
    public let precision: Double
    /// The mean recall.
    public let recall: Double
    /// The mean F1.
    public let f1: Double

    /// `Σ weight·score / Σ weight`; the weights' sum is above 0.
    init(_ classes: [ClassScores], weight: (ClassScores) -> Double) {
      let weights = classes.map(weight)
      let sum = weights.reduce(0, +)
      func mean(_ score: KeyPath<ClassScores, Double>) -> Double {
        zip(classes, weights).reduce(0) { $0 + $1.0[keyPath: score] * $1.1 } / sum
      }
      precision = mean(\.precision)
      recall = mean(\.recall)
      f1 = mean(\.f1)
    }
  }

  /// The scores of each class, in the matrix's order.
  public let classes: [ClassScores]
  /// The plain mean over classes: a rare class counts as much as a frequent one.
  public let macroAverage: Averages
  /// The mean over classes weighted by their supports.
  public let weightedAverage: Averages
  /// The share of samples judged right, with Wilson's score interval.
  public let accuracy: Estimate
  /// The number of samples judged right.
  public let correct: Int
  /// The number of samples.
  public let samples: Int

  /// The scores that follow from a confusion matrix.
  public init(_ matrix: ConfusionMatrix) {
    let supports = matrix.supports
    let predictedTotals = matrix.predictedTotals
    let classes = matrix.labels.enumerated().map { index, label in
      ClassScores(
        label: label, hits: matrix.counts[index][index], support: supports[index],
        predicted: predictedTotals[index])
    }
    self.classes = classes
    macroAverage = Averages(classes) { _ in 1 }
    weightedAverage = Averages(classes) { Double($0.support) }
    accuracy = matrix.accuracy
    correct = matrix.correct
    samples = matrix.total
  }
}
