import MoruArchive
public import MoruGraph
import MoruTensors

/// A trained vector for each whole number: row i of the table stands for i.
///
/// Numbers outside `0..<inputDimension` stand for the nearest row; floating-point input is cut off
/// to whole numbers, as in Keras.
///
/// - Shapes: `[batch, …] → [batch, …, outputDimension]`; weight `embeddings` `[inputDimension,
///   outputDimension]`.
/// - Source: Bengio, Ducharme, Vincent, Jauvin 2003, JMLR 3, section 2.
public struct Embedding: UnaryLayer {
  public static let kind = "Embedding"
  public var identity = Identity()
  public let name: String?
  /// How many numbers there are, at least 1.
  public let inputDimension: Int
  /// Size of each vector, at least 1.
  public let outputDimension: Int
  /// Whether 0 stands for padding: a mask hides it from the layers behind.
  public let maskZero: Bool
  /// How the vectors start, what they add to the loss, and what they are held to.
  public let embeddings: WeightSettings

  /// Vectors of `outputDimension` elements for the numbers `0..<inputDimension`.
  public init(
    _ inputDimension: Int, _ outputDimension: Int,
    embeddingsInitializer: any Initializer = .randomUniform(),
    embeddingsRegularizer: (any Regularizer)? = nil, embeddingsConstraint: (any Constraint)? = nil,
    maskZero: Bool = false, name: String? = nil
  ) {
    self.inputDimension = inputDimension
    self.outputDimension = outputDimension
    self.maskZero = maskZero
    embeddings = WeightSettings(embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint)
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 1, inputDimension >= 1, outputDimension >= 1 else {
      return .failure(
        Self.kind, [x],
        x.rank >= 1
          ? Mismatch("its table is empty", "Choose dimensions of at least 1.")
          : Mismatch("its input has no batch axis", "Pass [batch, …]."))
    }
    let table = scope.parameter(
      "embeddings", [inputDimension, outputDimension], embeddings)
    let rows = table.gathered(x.dtype == .int64 ? x : x.converted(to: .int32))
    if maskZero, x.rank == 2, rows.error == nil { scope.setMask(x .!= 0, of: rows) }
    return rows
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, inputDimension, outputDimension, maskZero
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("embeddings"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    inputDimension = try fields.positive(.inputDimension)
    outputDimension = try fields.positive(.outputDimension)
    maskZero = try fields.value(.maskZero, default: false)
    embeddings = try WeightSettings(decoder, "embeddings", default: .randomUniform())
  }

  public func encode(to encoder: any Encoder) throws {
    try embeddings.encode(to: encoder, as: "embeddings")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(inputDimension, forKey: .inputDimension)
    try container.encode(outputDimension, forKey: .outputDimension)
    try container.encode(maskZero, forKey: .maskZero)
  }
}
