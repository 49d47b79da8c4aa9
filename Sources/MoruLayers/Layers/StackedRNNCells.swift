import MoruArchive
public import MoruGraph
public import MoruTensors

/// Cells on top of each other: the output of one is the input of the next, within each step.
///
/// - Shapes: Input of the first cell, states of all cells one after another → output of the last one
///   and all next states.
/// - Source: Graves, Mohamed, Hinton 2013, arXiv:1303.5778.
public struct StackedRNNCells: RecurrentCell {
  public static let kind = "StackedRNNCells"
  public var identity = Identity()
  public let name: String?
  /// The cells, from the input to the output.
  public let cells: [any RecurrentCell]

  /// Cells on top of each other.
  public init(_ cells: [any RecurrentCell], name: String? = nil) {
    self.cells = cells
    self.name = name
  }

  public var inputAxes: [String]? { cells.first?.inputAxes }

  public func stateShapes(for input: Shape) throws(Mismatch) -> [Shape] {
    try shapes(for: input).flatMap { $0 }
  }

  public func step(
    _ x: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    guard let shapes = try? shapes(for: x.shape) else { return (x, states) }
    var (output, next, place) = (x, [Tensor](), 0)
    for (cell, own) in zip(cells, shapes) {
      let made = cell([output] + states[place..<place + own.count], in: scope)
      guard made.count == own.count + 1 else { return (made[0], states) }
      output = made[0]
      next += made.dropFirst()
      place += own.count
    }
    return (output, next)
  }

  /// The shapes of the states of each cell.
  private func shapes(for input: Shape) throws(Mismatch) -> [[Shape]] {
    guard !cells.isEmpty else { throw Mismatch("it has no cells", "Stack at least one.") }
    var (input, all) = (input, [[Shape]]())
    for cell in cells {
      let shapes = try cell.stateShapes(for: input)
      all.append(shapes)
      input = shapes.first ?? input
    }
    return all
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, cells
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    let boxes: [LayerBox] = try fields.required(.cells)
    cells = boxes.compactMap { $0.layer as? any RecurrentCell }
    guard cells.count == boxes.count else {
      throw fields.outOfRange(.cells, "a list of cells such as LSTMCell")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(cells.map { LayerBox($0) }, forKey: .cells)
  }
}
