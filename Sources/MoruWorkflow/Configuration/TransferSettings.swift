internal import Foundation
internal import MoruArchive
public import MoruOptimizers

/// On what a candidate learns that was trained before, and how much of that it changes.
public struct TransferSettings: Codable, Sendable {
  /// What was trained before.
  public var base: BaseSource
  /// The layer whose output the features are; found out if nil.
  public let features: String?
  /// Whether the base stays as it is while the head learns.
  public let freeze: Bool
  /// How alike the base's task and this one are; base and tuning follow a strategy then.
  public let similarity: SimilarityChoice?
  /// How the last blocks are trained after the head; not at all if nil.
  public let fineTune: FineTuneSettings?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case base, features, freeze, similarity, fineTune
  }

  /// The names of the settings.
  static let keys = CodingKeys.allCases.map(\.stringValue)

  /// Reads the settings that stand beside a candidate's own; nil if there is no base.
  ///
  /// - Throws: `PlacedError` for settings that need a base, or that exclude each other.
  static func find(in decoder: any Decoder) throws -> TransferSettings? {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard !container.contains(.base) else { return try TransferSettings(from: decoder) }
    guard let key = container.allKeys.first else { return nil }
    throw Fields(container, part: "model").outOfRange(key, "left out without a \"base\"")
  }

  public init(from decoder: any Decoder) throws {
    let fields = Fields(try decoder.container(keyedBy: CodingKeys.self), part: "model")
    base = try fields.required(.base)
    features = try fields.optional(.features)
    freeze = try fields.value(.freeze, default: true)
    similarity = try decoder.choice(
      fields, .similarity, among: SimilarityChoice.allCases, of: "similarity")
    fineTune = try fields.optional(.fineTune)
    guard fineTune == nil || (freeze && similarity == nil) else {
      throw fields.outOfRange(
        .fineTune,
        similarity == nil
          ? "left out beside freeze: false, which trains all of the base from the start"
          : "left out beside similarity, which decides it")
    }
    guard freeze || similarity == nil else {
      throw fields.outOfRange(.similarity, "left out beside freeze: false")
    }
  }
}

/// Whether tasks are alike, or that it shall be found out.
public enum SimilarityChoice: String, Codable, Sendable, CaseIterable {
  /// They are.
  case similar
  /// They are not.
  case different
  /// By the base's features of the training part.
  case estimate
}

/// Where a base comes from.
public enum BaseSource: Codable, Sendable, Equatable {
  /// A model of the registry, `NAME[:VERSION|@ALIAS]`, a package, or a file of Keras or of ONNX that takes
  /// pixels from 0 to 255, if it takes pictures.
  case model(String)
  /// A file of Keras or of ONNX that takes pictures in which white is a stated number; as by its name
  /// alone if nil.
  case file(String, brightest: Double?)
  /// A known network with weights from a file of Keras or torchvision.
  case network(String, weights: String)

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case network, weights, file, brightest
  }

  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self = .model(name)
      return
    }
    let fields = try Fields(decoder, CodingKeys.self, part: "base")
    guard let file: String = try fields.optional(.file) else {
      let white: Double? = try fields.optional(.brightest)
      guard white == nil else { throw fields.outOfRange(.brightest, "left out without a file") }
      self = .network(try fields.required(.network), weights: try fields.required(.weights))
      return
    }
    for key in [CodingKeys.network, .weights] {
      let other: String? = try fields.optional(key)
      guard other == nil else { throw fields.outOfRange(key, "left out beside a file") }
    }
    let white: Double? = try fields.optional(.brightest)
    self = .file(
      file,
      brightest: try white.map {
        try fields.number(.brightest, default: $0, in: 1e-3...65535)
      })
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .model(let name):
      var container = encoder.singleValueContainer()
      try container.encode(name)
    case .file(let name, let brightest):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .file)
      try container.encodeIfPresent(brightest, forKey: .brightest)
    case .network(let name, let weights):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .network)
      try container.encode(weights, forKey: .weights)
    }
  }

  /// Whether a text names a file of Keras or of ONNX.
  static func isForeign(_ text: String) -> Bool {
    ["keras", "h5", "hdf5", "onnx"].contains((text as NSString).pathExtension.lowercased())
  }

  /// The same source, whose path is taken to be relative to a file.
  func placed(_ place: (String) -> String) -> BaseSource {
    switch self {
    case .network(let name, let weights): return .network(name, weights: place(weights))
    case .file(let name, let brightest): return .file(place(name), brightest: brightest)
    case .model(let text):
      let isPath = if case .path? = try? ModelReference(parsing: text) { true } else { false }
      return isPath || Self.isForeign(text) ? .model(place(text)) : self
    }
  }
}

/// How the last blocks of a base are trained.
public struct FineTuneSettings: Codable, Sendable {
  /// How many of the last blocks, at least 1; all if nil.
  public let blocks: Int?
  /// How often each sample is seen, at least 1.
  public let epochs: Int
  /// Samples in a step, at least 1; as for the head if nil.
  public let batchSize: Int?
  /// How weights follow gradients.
  public let optimizer: OptimizerBox
  /// What the learning rate is divided by from each block to the one before, at least 1.
  public let rateDecay: Double

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case blocks, epochs, batchSize, optimizer, rateDecay
  }

  /// The word for all blocks.
  private static let all = "all"

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "fineTune")
    if let word: String = try? fields.required(.blocks), word == Self.all {
      blocks = nil
    } else {
      blocks = try fields.positive(.blocks)
    }
    epochs = try fields.positive(.epochs, default: 20)
    batchSize = try fields.optionalPositive(.batchSize)
    optimizer = try fields.value(
      .optimizer, default: OptimizerBox(Adam(learningRate: 1e-4)))
    rateDecay = try fields.number(.rateDecay, default: 1, in: 1...100)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    if let blocks {
      try container.encode(blocks, forKey: .blocks)
    } else {
      try container.encode(Self.all, forKey: .blocks)
    }
    try container.encode(epochs, forKey: .epochs)
    try container.encodeIfPresent(batchSize, forKey: .batchSize)
    try container.encode(optimizer, forKey: .optimizer)
    try container.encode(rateDecay, forKey: .rateDecay)
  }
}
