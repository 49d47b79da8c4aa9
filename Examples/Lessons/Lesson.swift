import Foundation
package import Moru

/// A small experiment that shows one thing, with a picture.
package protocol Lesson: Sendable {
  /// What it found.
  associatedtype Findings: LessonFindings

  /// The name on the command line: `xor`.
  static var name: String { get }

  /// What it shows, in a sentence.
  static var claim: String { get }

  /// The lesson as the command gives it.
  init()

  /// Does the experiment.
  func run() async throws -> Findings
}

/// What a lesson found: the figures that a test asserts, in words and as a picture.
package protocol LessonFindings: Sendable {
  /// The figures in words, one a line.
  var summary: String { get }
  /// The picture.
  var chart: LineChart { get }
}

/// Every lesson, in the order in which they are best taken.
package let lessons: [any Lesson.Type] = [
  Perceptron.self,
  LinearStack.self,
  LearningRates.self,
  BatchSizes.self,
  InitializerDepth.self,
  NormalizationPlace.self,
  Overfitting.self,
  ResidualDepth.self,
  Recall.self,
  PermutedPixels.self,
  ShuffledLabels.self,
  LearningCurves.self,
  StockSeries.self,
  FilmReviews.self,
  TwoByTwo.self,
  Tags.self,
]

extension TrainedModel {
  /// A figure after each epoch of the training: `loss`, `val_accuracy`.
  func history(_ figure: String) -> [Double] {
    training?.epochs.map { $0.figures[figure] ?? .nan } ?? []
  }
}

extension Double {
  /// Three digits after the point.
  var short: String { String(format: "%.3f", self) }
}
