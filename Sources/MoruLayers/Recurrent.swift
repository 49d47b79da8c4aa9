public import MoruArchive
public import MoruGraph
import MoruTensors

/// A cell whose settings stand beside those of the walk in the file of its layer.
public protocol LayerCell: RecurrentCell {
  /// The kind of the layer: `LSTM`.
  static var layerKind: String { get }
  /// The settings that the cell has.
  static var keys: [RecurrentKey] { get }
  var name: String? { get set }
  /// Reads the cell's settings: those that `fields` has, and those of the weights.
  init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder) throws
}

extension LayerCell {
  public static var kind: String { layerKind + "Cell" }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, RecurrentKey.self, part: Self.kind, among: Self.keys,
      besides: RecurrentSettings.weightKeys)
    try self.init(fields, from: decoder)
  }
}

/// A layer that walks over time with a cell: LSTM, GRU and their like.
///
/// - Shapes: `[batch, time, …] → [batch, …]`, or `[batch, time, …]` with `returnSequences`; with
///   `returnState` then the last states. Further inputs, if any, are the initial states. Steps that
///   the input's mask hides change nothing and repeat the last output. With `statefulBatchSize` the
///   last states are weights too, `state_0` and so on, `[statefulBatchSize, …]`, that batches leave to
///   the next, and every batch must be of that size.
@dynamicMemberLookup
public struct Recurrent<Cell: LayerCell>: SequenceLayer {
  public static var kind: String { Cell.layerKind }
  /// What makes one step.
  public private(set) var cell: Cell
  public let returnSequences: Bool
  public let returnState: Bool
  public var goBackwards: Bool
  public let statefulBatchSize: Int?
  public let activityRegularizer: (any Regularizer)?

  public var identity: Identity {
    get { cell.identity }
    set { cell.identity = newValue }
  }
  public var name: String? {
    get { cell.name }
    set { cell.name = newValue }
  }

  /// Walks over time with `cell`.
  public init(
    _ cell: Cell, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, statefulBatchSize: Int? = nil,
    activityRegularizer: (any Regularizer)? = nil
  ) {
    self.cell = cell
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.statefulBatchSize = statefulBatchSize
    self.activityRegularizer = activityRegularizer
  }

  /// The cell's settings.
  public subscript<Value>(dynamicMember path: KeyPath<Cell, Value>) -> Value { cell[keyPath: path] }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    walk(cell, inputs, in: scope)
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, RecurrentKey.self, part: Self.kind, among: Cell.keys + RecurrentKey.walk,
      besides: RecurrentSettings.weightKeys)
    cell = try Cell(fields, from: decoder)
    returnSequences = try fields.value(.returnSequences, default: false)
    returnState = try fields.value(.returnState, default: false)
    goBackwards = try fields.value(.goBackwards, default: false)
    statefulBatchSize = try fields.optionalPositive(.statefulBatchSize)
    activityRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try cell.encode(to: encoder)
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(returnSequences, forKey: .returnSequences)
    try container.encode(returnState, forKey: .returnState)
    try container.encode(goBackwards, forKey: .goBackwards)
    try container.encodeIfPresent(statefulBatchSize, forKey: .statefulBatchSize)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}
