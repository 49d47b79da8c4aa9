internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruMetrics
internal import MoruModels
internal import MoruWorkflow

/// Tells a person how a training run goes on, section by section.
struct TrainingPrinter {
  let output: Output
  let configuration: TrainingConfiguration
  /// What a printed command needs to find the workspace.
  let workspaceOption: String

  /// What the data look like and how they are set apart.
  func data(_ data: PreparedData) {
    let leftOut = data.leftOut.map { "\nleft out: \($0.name), \($0.reason)" }.joined()
    output.section("Data", data.report.shortText + leftOut)
    let watched = data.validation.map { ", \($0.count) to watch and choose by" } ?? ""
    output.section(
      "Split, by seed \(configuration.training.seed)",
      "\(data.train.count) samples to learn from\(watched), \(data.test.count) to judge on"
        + (data.train.data == nil ? "\n\(filesText)" : ""))
  }

  /// Where pictures are that would take too much memory.
  private var filesText: String {
    let limit = "\(configuration.data.memoryMebibytes) MiB (data.memoryMebibytes)"
    return configuration.training.balance == .smote
      ? "pictures to learn from are loaded, since balance: smote makes others between them; the rest stay "
        + "in their files: together they would take more than \(limit)"
      : "pictures stay in their files: in memory they would take more than \(limit)"
  }

  /// How classes are balanced, and why.
  func balance(_ balancing: Balancing) {
    guard let counts = balancing.train.classCounts, let labels = balancing.train.labels else {
      return
    }
    let method = balancing.method == .none ? "none" : balancing.method.rawValue
    var lines = ["\(method): \(balancing.reason)"]
    lines.append("class shares: \(shares(balancing.sharesBefore))")
    if balancing.method != .none {
      let sizes = zip(labels, counts).map { "\($0) \($1)" }.joined(separator: ", ")
      lines.append("learned from: \(sizes)" + (balancing.weighs ? ", weighted" : ""))
      lines.append("class shares after balancing: \(shares(balancing.sharesAfter))")
      lines.append("balance: none in the configuration learns at the data's own ratio instead")
    }
    if let correction = balancing.correction, correction.trained != correction.field {
      let field = zip(labels, correction.field.values).map(Balancing.ClassShare.init)
      lines.append("probabilities are corrected for the field's ratio: \(shares(field))")
    }
    output.section("Balance", lines.joined(separator: "\n"))
  }

  private func shares(_ shares: [Balancing.ClassShare]) -> String {
    let limit = 12
    let shown = shares.prefix(limit).map { "\($0.label) \(String(format: "%.4g", $0.share))" }
    return shown.joined(separator: ", ") + (shares.count > limit ? ", …" : "")
  }

  /// What happened.
  func tell(_ event: TrainingEvent) {
    switch event {
    case .began(let run): output.section("Run", run.rawValue)
    case .baseline(let baseline):
      output.section("Baseline: what a model has to beat", baseline.text)
    case .testRead(let reads): output.section("Test set", reads.text)
    case .candidate(let name, let summary): output.section("Training \(name)", summary)
    case .transfer(_, let blocks, let reason):
      output.text(
        "  base of \(counted(blocks.count, "block")): \(blocks.joined(separator: ", "))"
          + (reason.map { "\n  \($0)" } ?? ""))
    case .trained(let candidate, let epochs): output.text("  " + kept(candidate, of: epochs))
    case .chosen(let best, let figure, let all):
      let figures = all.map { candidate in
        "\(candidate.name) \(number(candidate.keptFigures[figure]))"
      }
      output.section(
        "Choice",
        "\(best.name), by \(figure) on validation data: "
          + figures.joined(separator: ", "))
    case .verdict(let verdict, let baseline):
      output.section(
        "Test verdict, on \(verdict.samples) samples never seen before",
        verdict.text(beside: baseline))
    case .files(let folder, let names):
      output.section(
        "Files", names.map { folder.appending(path: $0).relativePath }.joined(separator: "\n"))
    case .unchanged(let version):
      output.section(
        "Registered as \(version.model):\(version.number) before",
        "The model is the same, byte for byte; nothing has changed.")
    case .registered(let version, let champion):
      let name = "\(version.model):\(version.number)"
      let alias =
        champion == version.number
        ? "The alias champion points to it."
        : "The alias champion stays at version \(champion). To move it: moru models alias "
          + "\(name) champion --reason \"…\"\(workspaceOption)"
      output.section("Registered as \(name)", alias)
    }
  }

  private func kept(_ candidate: TrainedCandidate, of epochs: Int) -> String {
    let run = candidate.model.training?.epochs.count ?? 0
    let time = String(
      format: "%.1f s, %.2g s an epoch", candidate.seconds, candidate.secondsPerEpoch)
    let ended = run < epochs ? " (stopped early, \(epochs) were allowed)" : ""
    let isLast = candidate.keptEpoch == run
    let weights =
      isLast
      ? "the last epoch's weights are kept"
      : "the weights of epoch \(candidate.keptEpoch) are kept, the best by "
        + (configuration.training.earlyStopping?.monitor ?? "loss")
    return "\(candidate.name): \(run) epochs\(ended) in \(time); \(weights)."
  }

  private func number(_ value: Double?) -> String {
    value.map { String(format: "%.4f", $0) } ?? "–"
  }
}
