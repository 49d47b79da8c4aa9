import Foundation

/// A training whose figures stand in `docs/results.md`.
protocol Experiment: Sendable {
  /// Its name on the command line and in the page's markers.
  static var name: String { get }

  /// - Parameters:
  ///   - data: The folder of the data sets, one folder inside for each.
  ///   - pictures: The folder for pictures.
  init(data: URL, pictures: URL)

  /// Trains and judges.
  ///
  /// - Returns: The page's section: Markdown from a heading of the second level on, with the seeds
  ///   and the times.
  func run() async throws -> String
}

/// All of them, in the page's order.
let experiments: [any Experiment.Type] = [
  TransferExperiment.self, FashionDCGAN.self, TomatoGAN.self, DigitsVAE.self, Characters.self,
  Melodies.self, Dreams.self, SmallerNetworks.self, WholeNumbers.self, AnomalyExperiment.self,
  Forecasts.self,
]
