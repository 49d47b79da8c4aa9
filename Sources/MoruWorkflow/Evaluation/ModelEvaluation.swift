public import Foundation
public import MoruArchive
internal import MoruData
public import MoruMetrics
internal import MoruModels
public import MoruReport
public import MoruTensors

/// A model judged on data with known answers: figures, parts of the samples, and the worst mistakes.
public struct ModelEvaluation: Sendable {
  /// The first output's figures.
  public enum Figures: Sendable, Equatable {
    /// Of classes.
    case classes(ClassificationVerdict)
    /// Of numbers.
    case numbers(RegressionVerdict)
  }

  /// The verdict on every output by what the model answers by itself.
  public let verdict: Verdict
  /// The figures of the first output, by the rule in force; nil for sets of labels.
  public let figures: Figures?
  /// Figures of parts of the samples.
  public let slices: [SliceTable]
  /// The worst mistakes, worst first.
  public let mistakes: [Mistake]
  /// What the samples come from.
  public let source: String
  /// Who has looked at these samples; nil if nobody counts.
  public let testReads: TestReads?
  /// What the samples have to do with those that the model has learned from; nil for nothing known.
  public let overlap: TrainingOverlap?
  private let title: String

  /// So many mistakes are shown at most.
  public static let maximumMistakes = 24
  /// A column of more values than this makes no slices.
  public static let maximumSlices = 50

  /// Judges a model.
  ///
  /// - Parameters:
  ///   - found: The model, and what is known of it.
  ///   - data: A table, a folder of pictures by class, or IDX files.
  ///   - setting: What is asked.
  ///   - workspace: Where the look at the samples is counted; nil for nowhere.
  ///   - seed: Decides the resamples behind intervals.
  /// - Throws: What reading the data throws; `WorkflowError` for classes, columns and options that do not
  ///   fit; `MetricsError` for shares, costs and samples that do not.
  public init(
    of found: ResolvedModel, on data: URL, setting: EvaluationSetting,
    countedIn workspace: Workspace? = nil, seed: Seed
  ) async throws {
    let (model, title) = (found.model, found.title)
    let dataset = try SampleSet.forEvaluation(of: model, at: data)
    let checksum = try dataset.contentHash()
    testReads = try workspace.map {
      try TestReads.record("an evaluation of \(title)", of: checksum, in: $0)
    }
    overlap = try found.overlap(with: checksum, readFrom: data)
    verdict = try await Verdict(of: model, named: title, on: dataset, seed: seed)
    source = dataset.source
    self.title = title
    guard let samples = verdict.answers.first?.samples else {
      try Self.refuse(setting, "this model gives sets of labels")
      (figures, slices, mistakes) = (nil, [], [])
      return
    }
    let shown = SampleViews(model: model, dataset: dataset, url: data)
    switch samples {
    case .classes(let truth, let scores, let areProbabilities, let labels, let rule):
      let judged = try await Self.settled(
        setting, model, title, truth: truth, scores: scores, labels: labels, rule: rule,
        data: data, source: source, seed: seed)
      figures = .classes(
        try ClassificationVerdict(
          truth: truth, scores: scores, areProbabilities: areProbabilities, labels: labels,
          setting: judged))
      let answers = ClassAnswers(
        truth: truth, predicted: try judged.rule.answers(to: scores), scores: scores,
        labels: labels, setting: judged)
      slices = try shown.slices(by: setting.slices, of: answers)
      mistakes = try shown.mistakes(answers.worst(Self.maximumMistakes))
    case .numbers(let truth, let predicted):
      try Self.refuse(setting, "this model answers with numbers")
      figures = .numbers(try RegressionVerdict(truth: truth, predicted: predicted, seed: seed))
      let answers = NumberAnswers(truth: truth, predicted: predicted, seed: seed)
      slices = try shown.slices(by: setting.slices, of: answers)
      mistakes = try shown.mistakes(answers.worst(Self.maximumMistakes))
    }
  }

  /// The evaluation as a page.
  public func page(in language: ReportLanguage, date: String? = nil) -> HTMLPage {
    let page = VerdictPage(
      .init(
        model: title, data: source, date: date, timesRead: testReads?.count, overlap: overlap),
      language: language)
    return switch figures {
    case .classes(let verdict): page.page(of: verdict, slices: slices, mistakes: mistakes)
    case .numbers(let verdict): page.page(of: verdict, slices: slices, mistakes: mistakes)
    case nil: page.page(of: labelReports)
    }
  }

  /// What outputs came to whose answers are sets of labels, by output.
  private var labelReports: [(output: String, report: MultiLabelReport)] {
    verdict.answers.compactMap { answer in
      guard case .labels(let report) = answer.result else { return nil }
      return (answer.output, report)
    }
  }

  /// What is asked, in places of classes, with the rule chosen on validation data.
  private static func settled(
    _ setting: EvaluationSetting, _ model: TrainedModel, _ title: String, truth: [Int],
    scores: NumberTable, labels: [String], rule: DecisionRule, data: URL, source: String,
    seed: Seed
  ) async throws -> ClassificationVerdict.Setting {
    var supports = [Int](repeating: 0, count: labels.count)
    for place in truth { supports[place] += 1 }
    let positive = try setting.positivePlace(labels, supports: supports, source: source)
    let field = try setting.field(labels, positive: positive, source: source)
    let costs = try setting.costMatrix(labels, source: source)
    var rule = rule
    if let validation = setting.validation {
      guard validation.standardizedFileURL != data.standardizedFileURL else {
        throw WorkflowError.option(
          "--validation",
          reason:
            "these are the samples that the model is judged by. Name others, so that the rule "
            + "is not chosen to suit its own test.")
      }
      let other = try SampleSet.forEvaluation(of: model, at: validation)
      let judged = try await Verdict(of: model, named: title, on: other, seed: seed)
      guard case .classes(let truth, let scores, _, _, _)? = judged.answers.first?.samples else {
        throw WorkflowError.notJudged(title)
      }
      rule = try DecisionRule(
        truth: truth, scores: scores,
        costs: costs ?? CostMatrix.mistakes(classCount: labels.count), field: field)
    }
    return .init(positive: positive, costs: costs, field: field, rule: rule, seed: seed)
  }

  /// - Throws: `WorkflowError.option` for an option that only classes have.
  private static func refuse(_ setting: EvaluationSetting, _ reason: String) throws {
    let asked = [
      ("--positive", setting.positive != nil), ("--field-ratio", setting.fieldRatio != nil),
      ("--stakes", setting.stakes != nil), ("--costs", setting.costs != nil),
      ("--validation", setting.validation != nil),
    ]
    if let option = asked.first(where: \.1)?.0 {
      throw WorkflowError.option(
        option, reason: "\(reason), not one of several classes. Leave the option out.")
    }
  }
}

extension ResolvedModel {
  /// What samples have to do with those that the model has learned from.
  ///
  /// - Parameters:
  ///   - samples: Their `contentHash()`.
  ///   - url: What they were read from. Of IDX files the test part is, from which no training learns.
  fileprivate func overlap(with samples: Checksum, readFrom url: URL) throws -> TrainingOverlap? {
    if samples.hex == model.training?.dataChecksum { return .all }
    let format = try DataFormat.find(at: url)
    // What has no checksum, such as a folder of folders by class, no training reads as one.
    guard let run, format != .idx, let read = run.lineage.dataChecksum,
      read == (try? Checksum(ofData: url, format: format))
    else { return nil }
    return .some(run: run.id.rawValue)
  }
}
