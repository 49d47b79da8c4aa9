import MoruTensors

/// A loop of a fixed number of steps, for recurrence.
///
/// Operands: the carries' first values; sequences, of which each step gets one slice along axis 0;
/// constants. Every step computes `body` of carries, slices and constants: the next carries, then
/// outputs. Results: the last carries, then every output of all steps, stacked along a new axis 0.
public struct Scan: PrimitiveRule {
  /// What a step computes: inputs are carries, slices and constants, results carries and outputs.
  public let body: Graph
  /// Number of values that a step hands to the next one.
  public let carryCount: Int
  /// Number of operands that are sliced along axis 0.
  public let sequenceCount: Int
  /// Number of steps.
  public let length: Int
  /// Whether steps go from the last slice to the first; outputs stand at their slice's place.
  public let isReversed: Bool
  /// What the body was made of; nil if a transform made it.
  let drawing: LoopDrawing?

  /// A loop over a body that is given as a graph.
  public init(
    body: Graph, carryCount: Int, sequenceCount: Int, length: Int, isReversed: Bool = false
  ) {
    self.init(
      body: body, carryCount: carryCount, sequenceCount: sequenceCount, length: length,
      isReversed: isReversed, drawing: nil)
  }

  init(
    body: Graph, carryCount: Int, sequenceCount: Int, length: Int, isReversed: Bool,
    drawing: LoopDrawing?
  ) {
    self.body = body
    self.carryCount = carryCount
    self.sequenceCount = sequenceCount
    self.length = length
    self.isReversed = isReversed
    self.drawing = drawing
  }

  /// The same loop over another body.
  public func replacingBody(_ body: Graph) -> Scan {
    Scan(
      body: body, carryCount: carryCount, sequenceCount: sequenceCount, length: length,
      isReversed: isReversed)
  }

  /// Number of operands that are the same in every step.
  public var constantCount: Int { body.inputs.count - carryCount - sequenceCount }

  public var name: String { "scan" }
  public var attributes: String {
    "length \(length) carries \(carryCount) sequences \(sequenceCount)"
      + (isReversed ? " reversed" : "")
  }
  public var bodies: [Graph] { [body] }

  public func infer(_ operands: [TensorType]) throws(Mismatch) -> [TensorType] {
    try operands.expect(body.inputs.count)
    let sequences = carryCount..<carryCount + sequenceCount
    for (place, operand) in operands.enumerated() {
      let inside = body.inputTypes[place]
      let expected =
        sequences.contains(place)
        ? TensorType(inside.dtype, Shape([length] + inside.shape.dimensions)) : inside
      guard operand == expected else {
        throw Mismatch(
          "operand \(place) is \(operand) where the body asks for \(expected)",
          "Pass values of the types that the body was drawn for.")
      }
    }
    let made = body.resultTypes
    guard made.prefix(carryCount).elementsEqual(operands.prefix(carryCount)) else {
      throw Mismatch(
        "the body makes carries \(Array(made.prefix(carryCount))) of "
          + "\(Array(operands.prefix(carryCount)))", "Give every carry one type for all steps.")
    }
    return made.prefix(carryCount)
      + made.dropFirst(carryCount).map {
        TensorType($0.dtype, Shape([length] + $0.shape.dimensions))
      }
  }
}

/// Loops that compute the same are equal, however they were drawn.
extension Scan: Hashable {
  public static func == (a: Scan, b: Scan) -> Bool {
    a.carryCount == b.carryCount && a.sequenceCount == b.sequenceCount && a.length == b.length
      && a.isReversed == b.isReversed && a.body == b.body
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(body)
    hasher.combine(carryCount)
    hasher.combine(sequenceCount)
    hasher.combine(length)
    hasher.combine(isReversed)
  }
}

extension Scan {
  /// A loop of which only some results are read.
  public struct Trimmed {
    /// The loop that makes these.
    public let scan: Scan
    /// The places of the operands that it still reads.
    public let operands: [Int]
    /// The places of the results that it still makes.
    public let results: [Int]
  }

  /// The loop without what nobody reads: outputs, carries that nothing depends on, operands.
  public func trimmed(toResults isRead: [Bool]) -> Trimmed {
    var kept = isRead
    var live = body.live(for: body.results.indices.filter { kept[$0] }.map { body.results[$0] })
    // A carry that a step reads must be made by the step before.
    while let carry = (0..<carryCount).first(where: {
      !kept[$0] && live.isRead[body.inputs[$0]]
    }) {
      kept[carry] = true
      live = body.live(for: body.results.indices.filter { kept[$0] }.map { body.results[$0] })
    }
    let results = body.results.indices.filter { kept[$0] }
    let operands = body.inputs.indices.filter {
      $0 < carryCount ? kept[$0] : live.isRead[body.inputs[$0]]
    }
    let sequences = carryCount..<carryCount + sequenceCount
    let trimmed = Graph(
      types: body.types, inputs: operands.map { body.inputs[$0] }, resident: [],
      nodes: live.nodes, results: results.map { body.results[$0] }, updates: [])
    return Trimmed(
      scan: Scan(
        body: trimmed.renumbered(), carryCount: results.count { $0 < carryCount },
        sequenceCount: operands.count(where: sequences.contains), length: length,
        isReversed: isReversed),
      operands: operands, results: results)
  }
}
