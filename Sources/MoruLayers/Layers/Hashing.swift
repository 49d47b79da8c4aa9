import MoruArchive
public import MoruGraph
import MoruTensors

/// A bin for each whole number by a fixed hash: numbers spread over `numBins` without a vocabulary.
///
/// With p = 2³¹ − 1 the bin of x is `48271 · (x mod p) mod p mod numBins`; Keras hashes the digits of a
/// number instead.
///
/// - Shapes: `[batch, …] → [batch, …]`, whole numbers in `0..<numBins`; with `maskValue` that number's
///   bin is 0 and all others' are in `1..<numBins`. Or as the output mode says.
/// - Source: Park, Miller 1988, doi:10.1145/63039.63042, for the hash.
public struct Hashing: UnaryLayer {
  public static let kind = "Hashing"
  public var identity = Identity()
  public let name: String?
  /// Number of bins, at least 1, with `maskValue` at least 2.
  public let numBins: Int
  /// The number that stands for padding.
  public let maskValue: Int?
  /// What the numbers become.
  public let outputMode: IndexEncoding

  /// Spreads numbers over `numBins`.
  public init(
    _ numBins: Int, maskValue: Int? = nil, outputMode: IndexEncoding = .int, name: String? = nil
  ) {
    self.numBins = numBins
    self.maskValue = maskValue
    self.outputMode = outputMode
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard (maskValue == nil ? 1...sizeLimit : 2...sizeLimit).contains(numBins), x.rank >= 1 else {
      return .failure(
        Self.kind, [x],
        Mismatch("it has \(numBins) bins", "Choose at least one besides that of the mask."))
    }
    let prime = Tensor(HostTensor([Int64(1) << 31 - 1])).reshaped(to: [])
    let factor = Tensor(HostTensor([Int64(48271)])).reshaped(to: [])
    let x = x.converted(to: .int64)
    let hash = (x % prime + prime) % prime * factor % prime
    let bins = Tensor(Double(maskValue == nil ? numBins : numBins - 1))
    var index = (hash % bins).converted(to: .int32)
    if let maskValue { index = select(x .== Tensor(Double(maskValue)), 0, index + 1) }
    return outputMode.encoded(index, depth: numBins)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, numBins, maskValue, outputMode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    numBins = try fields.positive(.numBins)
    maskValue = try fields.optional(.maskValue)
    outputMode = try fields.value(.outputMode, default: .int)
  }
}
