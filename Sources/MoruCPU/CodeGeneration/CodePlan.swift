import CKernels
import MoruTensors

/// How machine code walks over a fused pass.
struct CodePlan {
  let code: FusedCode
  let walk: ck_walk
  /// Rows that a walk along columns takes as one, so that they fill vectors.
  let copies: Int
  /// For each operand the distance between rows.
  let rowBytes: [Int]

  /// Passes over more bytes than this leave nothing for the next one in the caches, and results go
  /// past them.
  private static let cachedBytes = 32 << 20

  /// - Returns: nil if the block interpreter has to run the program.
  init?(_ program: FusedProgram, _ domain: MergedDomain, _ operands: [ck_operand]) {
    guard MachineCode.isSupported else { return nil }
    var patterns: [FusedTranslation.Pattern] = []
    for (index, operand) in operands.enumerated() {
      guard let pattern = CodePlan.pattern(operand, domain.strides[index], domain) else {
        return nil
      }
      patterns.append(pattern)
    }
    let keeps = program.results.map(\.keep)
    let hasRows =
      program.phases.count > 1 || patterns.contains(.row)
      || program.instructions.contains { $0.scope != CK_EACH }
      || program.operands.contains(where: \.isPerRow)
      || keeps.contains { $0 == CK_STORE_ROWS || $0 == CK_REDUCE_ALL_ROWS }
    let hasColumns =
      patterns.contains(.column)
      || keeps.contains { $0 == CK_REDUCE_OUTER || $0 == CK_MOMENTS_OUTER }
    let walk = hasRows ? CK_WALK_ROWS : hasColumns ? CK_WALK_COLUMNS : CK_WALK_ELEMENTS
    let copies = walk == CK_WALK_COLUMNS ? CodePlan.copies(of: domain.row, in: program) : 1
    let bytes = (program.operands.map(\.view) + program.results.map(\.view)).touchedBytes
    let isAligned =
      domain.row % 16 == 0 && program.results.allSatisfy { $0.view.byteOffset % 64 == 0 }
    guard
      let code = FusedCode(
        program, patterns, walk: walk, row: domain.row * copies,
        isLarge: bytes > 256 << 10, pastCaches: bytes > CodePlan.cachedBytes && isAligned)
    else { return nil }
    self.code = code
    self.walk = walk
    self.copies = copies
    rowBytes = zip(patterns, operands).map { pattern, operand in
      let bytes = Int(operand.element_bytes)
      return switch pattern {
      case .single, .column: 0
      case .row: bytes
      case .linear: bytes * domain.row
      }
    }
  }

  /// How an operand lies along the walk; nil if in no way that code knows.
  private static func pattern(
    _ operand: ck_operand, _ strides: [Int], _ domain: MergedDomain
  ) -> FusedTranslation.Pattern? {
    if operand.mode == CK_SINGLE { return .single }
    if operand.is_per_row { return operand.mode == CK_LINEAR ? .row : nil }
    if operand.mode == CK_LINEAR { return .linear }
    let outer = Array(strides[..<domain.outerRank])
    let inner = Array(strides[domain.outerRank...])
    func isDense(_ strides: [Int], _ sizes: ArraySlice<Int>) -> Bool {
      strides == Shape(Array(sizes)).strides
    }
    if outer.allSatisfy({ $0 == 0 }), isDense(inner, domain.sizes[domain.outerRank...]) {
      return .column
    }
    if inner.allSatisfy({ $0 == 0 }), isDense(outer, domain.sizes[..<domain.outerRank]) {
      return .row
    }
    return nil
  }

  /// Rows that fill vectors together, if they are short and many.
  private static func copies(of row: Int, in program: FusedProgram) -> Int {
    var copies = 1
    while row * copies % 16 != 0 { copies *= 2 }
    let isShort = row * copies <= Int(CK_BLOCK)
    return isShort && program.domain.shape.elementCount >= 8 * row * copies ? copies : 1
  }
}
