import MoruArchive
public import MoruGraph
import MoruTensors

/// A walk over time with any cell: your own, or several on top of each other.
///
/// ```swift
/// RNN(StackedRNNCells([LSTMCell(64), LSTMCell(32)]), returnSequences: true)
/// ```
///
/// - Shapes: `[batch, time, …] → [batch, …]`, or `[batch, time, …]` with `returnSequences`; with
///   `returnState` then the last states. Further inputs, if any, are the initial states: pass the
///   states that the last call returned to go on where it ended.
public struct RNN: SequenceLayer {
  public static let kind = "RNN"
  public var identity = Identity()
  public var name: String?
  /// What makes one step; its weights are the layer's.
  public let cell: any RecurrentCell
  public let returnSequences: Bool
  public let returnState: Bool
  public var goBackwards: Bool
  public let statefulBatchSize: Int?

  /// Walks over time with `cell`.
  public init(
    _ cell: any RecurrentCell, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, statefulBatchSize: Int? = nil, name: String? = nil
  ) {
    self.cell = cell
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.statefulBatchSize = statefulBatchSize
    self.name = name
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    walk(cell, inputs, in: scope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, cell, returnSequences, returnState, goBackwards, statefulBatchSize
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    let box: LayerBox = try fields.required(.cell)
    guard let cell = box.layer as? any RecurrentCell else {
      throw fields.outOfRange(.cell, "a cell such as LSTMCell, not \(type(of: box.layer).kind)")
    }
    self.cell = cell
    returnSequences = try fields.value(.returnSequences, default: false)
    returnState = try fields.value(.returnState, default: false)
    goBackwards = try fields.value(.goBackwards, default: false)
    statefulBatchSize = try fields.optionalPositive(.statefulBatchSize)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(LayerBox(cell), forKey: .cell)
    try container.encode(returnSequences, forKey: .returnSequences)
    try container.encode(returnState, forKey: .returnState)
    try container.encode(goBackwards, forKey: .goBackwards)
    try container.encodeIfPresent(statefulBatchSize, forKey: .statefulBatchSize)
  }
}
