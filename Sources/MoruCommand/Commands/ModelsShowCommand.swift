internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruLayers
internal import MoruModels
internal import MoruTensors
internal import MoruWorkflow

/// `moru models show`
struct ModelsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a model: layers, inputs and outputs, training, and every change.",
    discussion: "Example: moru models show digits:2")

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let reference = try ModelReference(parsing: model)
    let found = try await ResolvedModel(reference, store: workspace.existing)
    var aliases: [Alias] = []
    var trail: [AuditEntry] = []
    if let version = found.version {
      let store = try workspace.existing()
      aliases = try await store.aliases(of: version.model)
      trail = try await store.auditTrail(of: version.model)
    }
    let output = Output(isJSON: json)
    if json {
      return try output.json(
        ModelJSON(
          model: found.title, version: found.version.map { VersionJSON($0, aliases) },
          parameters: found.model.declaration.parameterCount,
          signature: found.model.signature, training: found.model.training,
          audit: trail.map(AuditJSON.init)))
    }
    output.text(found.title)
    if let version = found.version {
      let names = aliases.filter { $0.version == version.number }.map(\.name.text)
      output.text(
        "  stage \(version.stage.rawValue), registered "
          + version.registeredAt.ISO8601Format()
          + (version.run.map { ", by run \($0)" } ?? "")
          + (names.isEmpty ? "" : ", aliases " + names.joined(separator: ", ")))
    }
    output.section("Layers", try found.model.summary())
    output.section("Inputs and outputs", Self.text(found.model.signature))
    if let training = found.model.training { output.section("Training", Self.text(training)) }
    if !trail.isEmpty {
      output.section("History of the model", trail.map(Self.text).joined(separator: "\n"))
    }
  }

  private static func text(_ signature: ModelSignature) -> String {
    let inputs = signature.inputs.map { "\($0.name): \($0.wanted)" }
    let outputs = signature.outputs.map { output in
      let meaning =
        switch output.meaning {
        case .probabilities(let labels): "probabilities of " + labels.joined(separator: ", ")
        case .scores(let labels): "scores of " + labels.joined(separator: ", ")
        case .probability(let labels): "probability of \(labels.last ?? "")"
        case .labelSet:
          "labels by probability: "
            + (output.labelThresholds ?? []).map { "\($0.label) above \(Float($0.threshold))" }
            .joined(separator: ", ")
        case .value(let name, let unit): name + (unit.map { " in \($0)" } ?? "")
        case .forecast(let quantiles):
          "forecast of \(output.shape.first ?? 0) steps, quantiles "
            + quantiles.map { "\(Float($0))" }.joined(separator: ", ")
        case .numbers: "numbers"
        }
      return "\(output.name): \(output.dtype.rawValue) \(output.shape), \(meaning)"
    }
    return (inputs + outputs).joined(separator: "\n")
  }

  private static func text(_ record: TrainingRecord) -> String {
    if let learner = record.learner {
      return """
        \(learner) of \(record.samples) samples, seed \(record.seed)
        judged by \(record.objective), data \(record.dataChecksum?.prefix(12) ?? "unknown")
        """
    }
    let kept = record.epochs.first { $0.number == record.keptEpoch }?.figures ?? [:]
    let figures = kept.sorted { $0.key < $1.key }
      .map { "\($0.key) " + String(format: "%.4g", $0.value) }
    return """
      \(record.samples) samples in batches of \(record.batchSize), \(record.epochs.count) epochs, \
      seed \(record.seed)
      loss \(record.objective), data \(record.dataChecksum?.prefix(12) ?? "unknown")
      epoch \(record.keptEpoch) was kept: \(figures.joined(separator: ", "))
      """
  }

  private static func text(_ entry: AuditEntry) -> String {
    "\(entry.date.ISO8601Format())  \(AuditJSON(entry).change)  by \(entry.signature.author): "
      + entry.signature.reason
  }
}

/// A model as JSON.
private struct ModelJSON: Encodable {
  let model: String
  let version: VersionJSON?
  let parameters: Int
  let signature: ModelSignature
  let training: TrainingRecord?
  let audit: [AuditJSON]
}

/// A change of the registry as JSON.
private struct AuditJSON: Encodable {
  let date: Date
  let author: String
  let reason: String
  let change: String
  let run: String?

  init(_ entry: AuditEntry) {
    date = entry.date
    author = entry.signature.author
    reason = entry.signature.reason
    run = entry.run?.rawValue
    func name(_ version: Int?) -> String { version.map { "version \($0)" } ?? "nothing" }
    change =
      switch entry.change {
      case .registered(let version): "registered version \(version)"
      case .aliasMoved(let alias, let from, let to):
        "\(alias) moved from \(name(from)) to \(name(to))"
      case .stageChanged(let version, let from, let to):
        "version \(version) moved from \(from.rawValue) to \(to.rawValue)"
      }
  }
}
