import CKernels
import MoruTensors

/// How machine code walks over a fused pass.
struct CodePlan {
  let patterns: [FusedTranslation.Pattern]
  let walk: ck_walk
  /// Elements of a row, of which a walk over elements has one.
  let row: Int
  /// Rows that a walk along columns takes at a time: few, so that memory is read in the order in which
  /// it lies, but more of what caches hold, so that running sums are put away less often.
  let blockRows: Int
  /// Rows that a walk along columns takes as one, so that they fill vectors.
  let copies: Int
  /// Elements over which operands that are no rows of the domain stay the same.
  let group: Int
  /// For each operand the distances in bytes between rows, and between groups beside those.
  let distances: [(row: Int, group: Int)]
  /// For each operand and each result the bytes from one row to the next, if rows do not follow one
  /// another and nothing else depends on them; else nil.
  let rowStrides: [Int32]?
  /// Whether operands and results are more than the first caches hold.
  let isLarge: Bool
  /// Whether results are stored past the caches, because they leave nothing for the next pass there.
  let storesPastCaches: Bool

  /// Passes over more bytes than these are large, leave the second cache, or store past the caches.
  private static let (largeBytes, nearBytes, cachedBytes) = (256 << 10, 1 << 20, 32 << 20)

  /// A short walk over elements that lie side by side in all operands.
  init(elementsOf program: FusedProgram) {
    self.init(linear: program, row: 1, rowStrides: nil)
  }

  /// A short walk over rows, for each operand and each result this many bytes from one to the next.
  init(rowsOf program: FusedProgram, strides: [Int32]) {
    self.init(linear: program, row: program.domain.shape.elementCount, rowStrides: strides)
  }

  private init(linear program: FusedProgram, row: Int, rowStrides: [Int32]?) {
    patterns = program.operands.map { _ in .linear }
    distances = []
    self.rowStrides = rowStrides
    (walk, self.row, blockRows, copies, group) = (CK_WALK_ELEMENTS, row, 1, 1, 1)
    (isLarge, storesPastCaches) = (false, false)
  }

  /// - Returns: nil if the block interpreter has to run the program.
  init?(_ program: FusedProgram, _ domain: MergedDomain, _ operands: [ck_operand]) {
    guard MachineCode.isSupported else { return nil }
    var patterns: [FusedTranslation.Pattern] = []
    var distances: [(row: Int, group: Int)] = []
    var groups: Set<Int> = []
    for (index, operand) in operands.enumerated() {
      guard let walk = OperandWalk(operand, domain.strides[index], domain) else { return nil }
      patterns.append(walk.pattern)
      distances.append((walk.rowBytes, walk.groupBytes))
      if let rows = walk.groupRows { groups.insert(rows) }
    }
    guard groups.count <= 1 else { return nil }
    let count = program.domain.shape.elementCount
    group = groups.first.map { $0 * domain.row } ?? max(count, 1)
    self.distances = distances
    rowStrides = nil
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
    let copies =
      walk == CK_WALK_COLUMNS && groups.isEmpty ? CodePlan.copies(of: domain.row, count: count) : 1
    let bytes = (program.operands.map(\.view) + program.results.map(\.view)).touchedBytes
    let isAligned =
      domain.row % 16 == 0 && program.results.allSatisfy { $0.view.byteOffset % 64 == 0 }
    self.patterns = patterns
    self.walk = walk
    self.copies = copies
    row = domain.row * copies
    blockRows = min(max((bytes > CodePlan.nearBytes ? 256 : 1024) / row, 1), 32)
    isLarge = bytes > CodePlan.largeBytes
    storesPastCaches = bytes > CodePlan.cachedBytes && isAligned
  }

  /// Rows that fill vectors together, if they are short and many.
  private static func copies(of row: Int, count: Int) -> Int {
    var copies = 1
    while row * copies % 16 != 0 { copies *= 2 }
    let isShort = row * copies <= Int(CK_BLOCK)
    return isShort && count >= 8 * row * copies ? copies : 1
  }
}

/// How an operand lies along the walk over rows.
private struct OperandWalk {
  var pattern: FusedTranslation.Pattern
  var rowBytes = 0
  /// Rows over which it is the same row or element, if not over all.
  var groupRows: Int?
  var groupBytes = 0

  /// - Returns: nil if it lies in no way that code knows.
  init?(_ operand: ck_operand, _ strides: [Int], _ domain: MergedDomain) {
    let bytes = Int(operand.element_bytes)
    if operand.mode == CK_SINGLE {
      pattern = .single
      return
    }
    if operand.mode == CK_LINEAR {
      pattern = operand.is_per_row ? .row : .linear
      rowBytes = operand.is_per_row ? bytes : bytes * domain.row
      return
    }
    let rank = domain.outerRank
    let (outer, inner) = (Array(strides[..<rank]), Array(strides[rank...]))
    let isRepeated = operand.is_per_row || inner.allSatisfy { $0 == 0 }
    guard isRepeated || inner == Shape(Array(domain.sizes[rank...])).strides else { return nil }
    // Elements that one row, or one group of rows, has.
    let width = isRepeated ? 1 : domain.row
    let repeated = outer.reversed().prefix { $0 == 0 }.count
    let leading = rank - repeated
    let dense = Shape(Array(domain.sizes[..<leading])).strides.map { $0 * width }
    guard Array(outer[..<leading]) == dense else { return nil }
    if leading == 0 {
      pattern = .column
    } else if repeated == 0 {
      pattern = .row
      rowBytes = bytes
    } else {
      pattern = isRepeated ? .single : .column
      groupRows = domain.sizes[leading..<rank].reduce(1, *)
      groupBytes = bytes * width
    }
  }
}
