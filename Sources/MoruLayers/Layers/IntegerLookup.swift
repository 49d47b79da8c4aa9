import MoruArchive
public import MoruGraph
import MoruTensors

/// The place of each whole number in a vocabulary, after the places of unknown numbers and the mask.
///
/// - Shapes: `[batch, …] → [batch, …]`: 0 for the mask token if there is one, then `numOovIndices` places
///   for numbers that the vocabulary lacks, by remainder, then the vocabulary's; or as the output mode
///   says.
public struct IntegerLookup: UnaryLayer {
  public static let kind = "IntegerLookup"
  public var identity = Identity()
  public let name: String?
  /// The known numbers, each once.
  public let vocabulary: [Int]
  /// How many places unknown numbers share, at least 1.
  public let numOovIndices: Int
  /// The number that stands for padding and gets place 0.
  public let maskToken: Int?
  /// What the numbers become.
  public let outputMode: IndexEncoding

  /// Looks numbers up in `vocabulary`.
  public init(
    _ vocabulary: [Int], numOovIndices: Int = 1, maskToken: Int? = nil,
    outputMode: IndexEncoding = .int, name: String? = nil
  ) {
    self.vocabulary = vocabulary
    self.numOovIndices = numOovIndices
    self.maskToken = maskToken
    self.outputMode = outputMode
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard Set(vocabulary).count == vocabulary.count, !vocabulary.isEmpty, x.rank >= 1,
      (1...sizeLimit).contains(numOovIndices)
    else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its vocabulary is empty or names a number twice, or it has no place for others",
          "Name each number once."))
    }
    let first = (maskToken == nil ? 0 : 1) + numOovIndices
    let x = x.converted(to: .int64)
    let known = Tensor(HostTensor(vocabulary.map(Int64.init)))
    let isKnown = (x.expanded(at: x.rank) .== known).converted(to: .int32)
    let places = Tensor.iota([vocabulary.count], dtype: .int32) + Tensor(Double(first))
    let place = (isKnown * places).sum(axes: [x.rank])
    let count = Tensor(Double(numOovIndices))
    let rest = ((x % count + count) % count).converted(to: .int32)
    var index = select(place .== 0, rest + Tensor(Double(first - numOovIndices)), place)
    if let maskToken { index = select(x .== Tensor(Double(maskToken)), 0, index) }
    return outputMode.encoded(index, depth: first + vocabulary.count)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, vocabulary, numOovIndices, maskToken, outputMode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    vocabulary = try fields.required(.vocabulary)
    numOovIndices = try fields.positive(.numOovIndices, default: 1)
    maskToken = try fields.optional(.maskToken)
    outputMode = try fields.value(.outputMode, default: .int)
  }
}
