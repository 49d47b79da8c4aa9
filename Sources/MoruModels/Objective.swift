import MoruArchive
public import MoruLayers
public import MoruMetrics

/// What training makes small, and what it reports beside.
///
/// For a model of several outputs, by the outputs' names:
///
/// ```swift
/// Objective(
///   losses: ["kind": .sparseCategoricalCrossentropy, "price": .huber()],
///   metrics: ["kind": [.accuracy]], lossWeights: ["price": 0.2])
/// ```
public struct Objective: Sendable {
  /// What is asked of one output.
  public struct Part: Sendable {
    /// The output's name; nil for the only output of a model.
    public let output: String?
    /// What is made small; nil for an output that is not learned from.
    public let loss: (any Loss)?
    /// What the loss is multiplied by before it is added to the others.
    public let lossWeight: Double
    /// What is reported beside the loss.
    public let metrics: [any Metric]
  }

  /// What is asked of each output that has a loss or metrics.
  public let parts: [Part]

  /// A loss and metrics for a model of one output.
  public init(loss: any Loss, metrics: [any Metric] = []) {
    parts = [Part(output: nil, loss: loss, lossWeight: 1, metrics: metrics)]
  }

  /// Losses and metrics by the outputs' names. What is made small is the sum of all losses, each
  /// multiplied by its weight.
  ///
  /// - Parameters:
  ///   - losses: What is made small; an output that is not named is predicted, but not learned.
  ///   - metrics: What is reported beside.
  ///   - lossWeights: What losses are multiplied by; 1 for those not named.
  public init(
    losses: [String: any Loss], metrics: [String: [any Metric]] = [:],
    lossWeights: [String: Double] = [:]
  ) {
    let names = Set(losses.keys).union(metrics.keys).union(lossWeights.keys)
    parts = names.sorted().map { name in
      Part(
        output: name, loss: losses[name], lossWeight: lossWeights[name] ?? 1,
        metrics: metrics[name] ?? [])
    }
  }

  private init(parts: [Part]) { self.parts = parts }

  /// The loss of an output, if it is learned.
  public func loss(of output: String) -> (any Loss)? {
    parts.first { $0.output == output || $0.output == nil }?.loss
  }
}

extension Objective: CustomStringConvertible {
  /// The losses' names, with their outputs and weights if there are several.
  public var description: String {
    parts.map { part in
      let loss = part.loss.map { type(of: $0).kind } ?? "no loss"
      let weight = part.lossWeight == 1 ? "" : " × \(part.lossWeight)"
      return (part.output.map { "\($0) " } ?? "") + loss + weight
    }.joined(separator: ", ")
  }
}

extension Objective: Codable {
  // One output's loss and metrics stand in the object itself, as they did before there were more.
  private enum CodingKeys: String, CodingKey { case loss, metrics, outputs }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let parts = try container.decodeIfPresent([Part].self, forKey: .outputs) {
      self.init(parts: parts)
    } else {
      self.init(
        loss: try container.decode(LossBox.self, forKey: .loss).loss,
        metrics: try container.decode([MetricBox].self, forKey: .metrics).map(\.metric))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if parts.count == 1, parts[0].output == nil, let loss = parts[0].loss {
      try container.encode(LossBox(loss), forKey: .loss)
      try container.encode(parts[0].metrics.map(MetricBox.init), forKey: .metrics)
    } else {
      try container.encode(parts, forKey: .outputs)
    }
  }
}

extension Objective.Part: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case output, loss, lossWeight, metrics
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "output")
    let box: LossBox? = try fields.optional(.loss)
    let boxes: [MetricBox] = try fields.value(.metrics, default: [])
    output = try fields.optional(.output)
    loss = box?.loss
    lossWeight = try fields.value(.lossWeight, default: 1)
    metrics = boxes.map(\.metric)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(output, forKey: .output)
    try container.encodeIfPresent(loss.map(LossBox.init), forKey: .loss)
    try container.encode(lossWeight, forKey: .lossWeight)
    try container.encode(metrics.map(MetricBox.init), forKey: .metrics)
  }
}
