import ArgumentParser
import Foundation
import Moru

/// What unbalanced classes do to a verdict, and what helps:
/// `swift run -c release DefectsExample FOLDER` for a folder of Fashion-MNIST's files.
@main
struct Defects: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "DefectsExample",
    abstract: "Compare ways to learn a defect of which there is one in a hundred.")

  @Argument(help: "The folder of Fashion-MNIST's four files.")
  var folder: String
  @Option(help: "How often everything is drawn and trained anew, from 2 to 10.")
  var seeds = 5
  @Option(help: "How often each sample is seen in a training.")
  var epochs = 8

  func validate() throws {
    guard (2...10).contains(seeds), epochs >= 1 else {
      throw ValidationError("--seeds is from 2 to 10, and --epochs at least 1.")
    }
  }

  func run() async throws {
    let all = try Line.samples(at: URL(filePath: folder))
    var results: [String: [Outcome]] = [:]
    var order: [String] = []
    for seed in 0..<UInt64(seeds) {
      let line = try Line(drawnFrom: all, seed: Seed(seed))
      if seed == 0 { print(line.description) }
      let comparison = try Comparison(line: line, epochs: epochs)
      for (name, outcome) in try await comparison.outcomes(Seed(seed)) {
        if results[name] == nil { order.append(name) }
        results[name, default: []].append(outcome)
      }
      FileHandle.standardError.write(Data("seed \(seed) done\n".utf8))
    }
    print(table(order.map { ($0, results[$0] ?? []) }))
  }

  /// A row for each way: means over the seeds, and the half width of their 95 % interval.
  private func table(_ rows: [(name: String, outcomes: [Outcome])]) -> String {
    let heads = [
      "training, decision", "accuracy", "recall of defects", "precision of good",
      "precision of defects", "cost of a part",
    ]
    let figures: [KeyPath<Outcome, Double>] = [
      \.accuracy, \.recall, \.precisionOfGood, \.precision, \.cost,
    ]
    let lines = rows.map { row in
      "| \(row.name) | "
        + figures.map { figure in summary(row.outcomes.map { $0[keyPath: figure] }) }
        .joined(separator: " | ") + " |"
    }
    let rule = "|---" + String(repeating: "|--:", count: heads.count - 1) + "|"
    return (["| " + heads.joined(separator: " | ") + " |", rule] + lines).joined(separator: "\n")
  }

  /// `mean ± t · s / √k`
  private func summary(_ values: [Double]) -> String {
    // The 97.5 % quantiles of Student's t for 1 to 9 degrees of freedom.
    let quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let margin = quantiles[values.count - 2] * (variance / count).squareRoot()
    return String(format: "%.4f ± %.4f", mean, margin)
  }
}
