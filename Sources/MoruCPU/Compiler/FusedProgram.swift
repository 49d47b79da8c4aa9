import CKernels
import MoruTensors

/// A fused chain of elementwise operations and reductions, before it has memory.
struct FusedProgram {
  /// What a register is filled with.
  struct Operand: Equatable {
    /// The elements, broadcast to the domain or, one for each row, to its outer axes.
    var view: View
    /// Whether it has one element for each row.
    var isPerRow: Bool
  }

  /// One operation between registers.
  struct Instruction {
    var scope: ck_scope
    /// For operations on elements or rows.
    var operation: KernelOperation?
    var reduction = CK_SUM
    /// The result's type.
    var dtype: DType
    var destination: Int
    var operands: [Int]
    var name: String
  }

  /// A register that is stored, or reduced and stored.
  struct Result {
    var view: View
    /// For moments: where the squared distances from the mean go.
    var squares: View?
    var source: Int
    var phase: Int
    var keep: ck_keep
    var reduction = CK_SUM
  }

  /// The domain that all operands are broadcast to.
  var domain: RowDomain
  var operands: [Operand] = []
  /// For each operand the phases that read it, as bits.
  var operandPhases: [UInt64] = []
  /// What the registers beyond the operands' hold.
  var registers: [ck_register] = []
  /// Instructions by phases.
  var instructions: [Instruction] = []
  var phases: [ck_phase] = []
  var results: [Result] = []

  /// How many elementwise values are read in a later phase than that which makes them.
  var valuesBetweenPhases: Int {
    guard phases.count > 1 else { return 0 }
    var makers: [Int: (phase: Int, isCounted: Bool)] = [:]
    var count = 0
    func read(_ register: Int, in phase: Int) {
      guard let maker = makers[register], maker.phase < phase, !maker.isCounted else { return }
      makers[register]?.isCounted = true
      count += 1
    }
    for (phase, range) in phases.enumerated() {
      for step in instructions[Int(range.first)..<Int(range.end)] {
        for operand in step.operands { read(operand, in: phase) }
        makers[step.destination] = step.scope == CK_EACH ? (phase, false) : nil
      }
    }
    for result in results { read(result.source, in: phases.count - 1) }
    return count
  }
}

/// A domain that is walked row by row; its inner axes make up a row.
struct RowDomain: Equatable {
  var shape: Shape
  /// Elements of a row; nil if nothing depends on rows.
  var row: Int?

  /// Whether a row takes several blocks.
  var hasLongRows: Bool { (row ?? 0) > Int(CK_BLOCK) }

  /// The number of leading axes that number the rows; all if there are no rows.
  var outerRank: Int {
    guard let row else { return shape.rank }
    var inner = 1
    var axis = shape.rank
    while axis > 0, inner < row || shape[axis - 1] == 1 {
      axis -= 1
      inner *= shape[axis]
    }
    return axis
  }

  /// The axes that number the rows.
  var outer: [Int] { Array(shape.dimensions[..<outerRank]) }

  /// The number of rows.
  var rowCount: Int { row.map { shape.elementCount / max($0, 1) } ?? 0 }
}
