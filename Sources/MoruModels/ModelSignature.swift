public import MoruData
public import MoruGraph
public import MoruMetrics
public import MoruTensors

/// What a model takes and gives: what clients are told and requests are checked against.
public struct ModelSignature: Codable, Sendable, Equatable {
  /// The inputs, in order.
  public var inputs: [ModelInput]
  /// The outputs, in order.
  public var outputs: [ModelOutput]

  /// What a model takes and gives.
  public init(inputs: [ModelInput], outputs: [ModelOutput]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// One input of a model, without the batch axis.
public struct ModelInput: Codable, Sendable, Equatable {
  /// The name in requests: `input`.
  public let name: String
  /// Type of the elements.
  public let dtype: DType
  /// Shape of one sample.
  public let shape: Shape
  /// How raw data become this input.
  public let content: InputContent

  /// An input.
  public init(name: String, dtype: DType, shape: Shape, content: InputContent) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.content = content
  }

  /// The type of one sample.
  public var type: TensorType { TensorType(dtype, shape) }
}

/// How raw data become an input: the preprocessing that travels with the model.
public struct InputContent: Codable, Sendable, Equatable {
  /// How a picture becomes the input; nil if pictures are not taken.
  public let image: ImageEncoding?
  /// How a row of a table becomes the input; nil if rows are not taken.
  public let table: TableEncoding?
  /// How the rows of a table become a window of a time series; nil if series are not taken.
  public let series: SeriesEncoding?

  /// Whether a text by itself is a sample: a row of one column that holds text.
  public var takesText: Bool { table?.textColumn != nil }

  /// What is taken beside plain numbers.
  public init(
    image: ImageEncoding? = nil, table: TableEncoding? = nil, series: SeriesEncoding? = nil
  ) {
    self.image = image
    self.table = table
    self.series = series
  }
}

/// One output of a model, without the batch axis.
public struct ModelOutput: Codable, Sendable, Equatable {
  /// The name in responses: `output`.
  public let name: String
  /// Type of the elements.
  public let dtype: DType
  /// Shape of one sample's output.
  public let shape: Shape
  /// What the output means.
  public let meaning: OutputMeaning
  /// How probabilities become a class; the likeliest one if nil.
  public var rule: DecisionRule?

  /// An output.
  public init(
    name: String, dtype: DType, shape: Shape, meaning: OutputMeaning, rule: DecisionRule? = nil
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.meaning = meaning
    self.rule = rule
  }
}

/// What a model's output means.
public enum OutputMeaning: Codable, Sendable, Equatable {
  /// The probability of each class, in the order of the labels.
  case probabilities(labels: [String])
  /// A score for each class, the greatest for the likeliest, in the order of the labels.
  case scores(labels: [String])
  /// The probability of the second of two labels.
  case probability(labels: [String])
  /// The probability of each label by itself: a sample has those above their thresholds, one half for
  /// each unless thresholds were chosen.
  case labelSet(labels: [String], thresholds: LabelThresholds? = nil)
  /// A number, of the target's name and unit.
  case value(name: String, unit: String?)
  /// Of each step ahead of a time series some quantiles, `[horizon, quantiles]`, from the least on: those of
  /// the middle are the forecast, the first and the last the ends of an interval.
  case forecast(quantiles: [Double])
  /// Numbers without a stated meaning.
  case numbers
}
