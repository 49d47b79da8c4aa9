import MoruArchive
public import MoruGraph
import MoruTensors

/// The number of the bin that each element falls into: how many of `binBoundaries` are at most as
/// large.
///
/// - Shapes: `[batch, …] → [batch, …]`, whole numbers in `0...binBoundaries.count`, or as the output
///   mode says.
public struct Discretization: UnaryLayer {
  public static let kind = "Discretization"
  public var identity = Identity()
  public let name: String?
  /// The bins' borders, rising; bin i ends before border i.
  public let binBoundaries: [Double]
  /// What the numbers become.
  public let outputMode: IndexEncoding

  /// Counts the boundaries below.
  public init(_ binBoundaries: [Double], outputMode: IndexEncoding = .int, name: String? = nil) {
    self.binBoundaries = binBoundaries
    self.outputMode = outputMode
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard zip(binBoundaries, binBoundaries.dropFirst()).allSatisfy(<), x.rank >= 1 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its bin boundaries do not rise", "Sort them and leave out equal ones."))
    }
    let x = x.floating()
    guard !binBoundaries.isEmpty else {
      return outputMode.encoded(.zeros(x.shape, dtype: .int32), depth: 1)
    }
    let borders = Tensor(HostTensor(binBoundaries).converted(to: x.dtype))
    let bins = (x.expanded(at: x.rank) .>= borders).converted(to: .int32).sum(axes: [x.rank])
    return outputMode.encoded(bins, depth: binBoundaries.count + 1)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, binBoundaries, outputMode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    binBoundaries = try fields.required(.binBoundaries)
    outputMode = try fields.value(.outputMode, default: .int)
  }
}
