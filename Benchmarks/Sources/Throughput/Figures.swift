import Foundation
import Moru

extension Throughput {
  /// Figures of predictions.
  static let figures: [any Workload] = [
    Throughput("ROC AUC, 1,000,000 records") { folder in
      let (truth, scores) = try ratings(in: folder)
      return { try ThresholdSweep(truth: truth, scores: scores).rocAUC ?? .nan }
    },
    Throughput("average precision, 1,000,000 records") { folder in
      let (truth, scores) = try ratings(in: folder)
      return { try ThresholdSweep(truth: truth, scores: scores).averagePrecision ?? .nan }
    },
    Throughput("log loss, 1,000,000 records of 10 classes") { folder in
      let (truth, scores) = try probabilities(in: folder)
      return { try NumberTable(scores, width: 10).logLoss(truth: truth) }
    },
    Throughput("ROC AUC, 1,000,000 records of 10 classes") { folder in
      let (truth, scores) = try probabilities(in: folder)
      return { try NumberTable(scores, width: 10).rocAUC(truth: truth) ?? .nan }
    },
    Throughput("confusion matrix, 1,000,000 records of 10 classes") { folder in
      let truth: [Int] = try InputFile.numbers("truth", in: folder)
      let predicted: [Int] = try InputFile.numbers("predicted", in: folder)
      let labels = (0..<10).map { "\($0)" }
      return {
        let matrix = try ConfusionMatrix(truth: truth, predicted: predicted, labels: labels)
        return Double(matrix.correct)
      }
    },
    Throughput("MAE, RMSE, R², median error, 1,000,000 records") { folder in
      let truth: [Double] = try InputFile.numbers("truth", in: folder)
      let predicted: [Double] = try InputFile.numbers("predicted", in: folder)
      return {
        let figures = try RegressionFigures(truth: truth, predicted: predicted)
        return figures.meanAbsoluteError + figures.rootMeanSquaredError + (figures.r2 ?? .nan)
          + figures.medianAbsoluteError
      }
    },
  ]

  private static func ratings(in folder: URL) throws -> (truth: [Bool], scores: [Double]) {
    let truth: [UInt8] = try InputFile.numbers("truth", in: folder)
    return (truth.map { $0 != 0 }, try InputFile.numbers("scores", in: folder))
  }

  private static func probabilities(in folder: URL) throws -> (truth: [Int], scores: [Double]) {
    (try InputFile.numbers("truth", in: folder), try InputFile.numbers("scores", in: folder))
  }
}
