import Foundation
import Moru

extension TransferExperiment {
  /// The section of the page.
  func page(
    _ base: PhotoBase, _ train: Dataset, _ test: Dataset, _ outcomes: [Outcome],
    _ estimate: SimilarityEstimate, _ strategy: TransferStrategy, seconds: Double
  ) throws -> String {
    let classes = (test.labels ?? []).joined(separator: ", ")
    let weights = base.model.declaration.parameterCount + base.model.declaration.stateCount
    return """
      ## Transfer learning: tomatoes on a base of CIFAR-10

      `Benchmarks/experiments --data DIR transfer`: the base is trained on CIFAR-10's 50,000 training \
      pictures (\(PhotoBase.epochs) epochs, seed 0; \(weights) numbers; it tells \
      \(percent(base.accuracy)) of 10,000 test pictures right), unless `\(PhotoBase.package.relativePath)` \
      is there from an earlier run. It then learns \(train.count) photos (\(classes)) of \
      \(Self.side) × \(Self.side) pixels, beside the same network from scratch. Each recipe has five seeds \
      and is judged on the same \(test.count) other photos. Learning rates from scratch and of heads \
      were chosen before, by cross-validation on the training photos that this command does not repeat; \
      40 epochs and batches of 16 from scratch, CIFAR-10's recipe and the rate of tuned blocks were not \
      chosen. The recipes took \(Int((seconds / 60).rounded(.up))) minutes.

      | | learning rate | accuracy, mean of 5 seeds | seeds, least to most | gain over scratch, 95 % | \
      seconds |
      |---|---|---|---|---|---|
      \(try outcomes.map { try row($0, beside: outcomes) }.joined(separator: "\n"))

      The interval is Student's over the \(test.count) photos, of the difference in the share of seeds that \
      tell a photo right: it holds for other photos of such tomatoes with these five seeds, not for other \
      tasks.

      What Moru says of the task before anything is tuned: \(estimate) \(strategy)
      """
  }

  private func row(_ outcome: Outcome, beside all: [Outcome]) throws -> String {
    let times = outcome.seconds.sorted()
    let columns = [
      outcome.name, outcome.rate, "**\(percent(outcome.mean))**",
      "\(percent(outcome.accuracies.min() ?? 0)) to \(percent(outcome.accuracies.max() ?? 0))",
      gain(outcome, all), String(format: "%.1f", times[times.count / 2]),
    ]
    return "| \(columns.joined(separator: " | ")) |"
  }

  /// How much more often photos are told right than by training from scratch.
  private func gain(_ outcome: Outcome, _ all: [Outcome]) -> String {
    guard let scratch = all.first(where: { $0.name == Self.reference }),
      scratch.name != outcome.name
    else { return "" }
    let differences = zip(outcome.photos, scratch.photos).map { $0 - $1 }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let interval = Interval.student(
      mean, standardError: (variance / count).squareRoot(), degreesOfFreedom: differences.count - 1)
    func points(_ share: Double) -> String { String(format: "%+.1f", 100 * share) }
    return "\(points(mean)) (\(points(interval.lower)) to \(points(interval.upper)))"
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
