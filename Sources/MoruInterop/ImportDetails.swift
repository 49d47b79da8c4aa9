import MoruTensors

/// What a file of another framework does not say.
public struct ImportDetails: Sendable {
  /// The shape of each input, without the batch, where the file leaves sizes open.
  public var inputShapes: [[Int]]?
  /// Names of the classes that the outputs tell apart; numbers from 0 on if nil.
  public var labels: [String]?
  /// The value of white in pictures, for a model that is to take picture files: 255, or 1 if it was
  /// trained on pictures divided by 255. Without it the model takes numbers only.
  public var brightest: Double?

  /// What a file does not say.
  public init(
    inputShapes: [[Int]]? = nil, labels: [String]? = nil, brightest: Double? = nil
  ) {
    self.inputShapes = inputShapes
    self.labels = labels
    self.brightest = brightest
  }
}

/// An input as a file describes it.
struct ImportedInput {
  let name: String
  let dtype: DType
  /// Without the batch axis; nil for a size that may be any.
  let sizes: [Int?]
}
