import MoruTensors

/// The sum of products of two tensors that an equation in Einstein's notation describes, such as
/// `abc,cd->abd`: letters name axes, and those that the result lacks are summed over. `...` stands for
/// leading axes of the first tensor that stay as they are.
///
/// - Shapes: As the equation says: axes of one letter have one size.
/// - Source: Einstein 1916, doi:10.1002/andp.19163540702, section 5; NumPy's spelling.
public func einsum(_ equation: String, _ x: Tensor, _ y: Tensor) -> Tensor {
  if let failed = [x, y].first(where: { $0.error != nil }) { return failed }
  do throws(Mismatch) {
    return try EinsumRule(equation, rank: x.rank).applied(x, y)
  } catch {
    return .failure("einsum", [x, y], error)
  }
}

/// An equation with its letters taken apart.
public struct EinsumRule: Sendable {
  /// The axes of the first tensor.
  public private(set) var left: [Character]
  /// The axes of the second tensor.
  public private(set) var right: [Character]
  /// The axes of the result.
  public private(set) var result: [Character]
  private let equation: String

  /// Reads an equation.
  ///
  /// - Parameter equation: `abc,cd->abd` or `...c,cd->...d`.
  /// - Parameter rank: Number of axes of the first tensor, which dots are made up to.
  /// - Throws: `Mismatch` if the equation is none of two tensors.
  public init(_ equation: String, rank: Int) throws(Mismatch) {
    self.equation = equation
    let sides = equation.filter { $0 != " " }.replacing("...", with: "…").replacing("->", with: "→")
      .split(separator: "→", omittingEmptySubsequences: false)
    let operands = sides.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    let spelling = Mismatch(
      "\(equation) is no equation of two tensors", "Write it like \"abc,cd->abd\".")
    guard sides.count == 2, operands.count == 2 else { throw spelling }
    // Dots become letters that no one writes.
    let count = rank - operands[0].count + 1
    guard !operands[0].contains("…") || count >= 0 else { throw spelling }
    let dots = (0..<max(count, 0)).map { String($0) }.joined()
    func letters(_ text: Substring) -> [Character] { Array(text.replacing("…", with: dots)) }
    (left, right, result) = (letters(operands[0]), letters(operands[1]), letters(sides[1]))
    let all = left + right + result
    guard count < 10, Set(left).count == left.count, Set(right).count == right.count,
      Set(result).count == result.count, result.allSatisfy((left + right).contains),
      !right.contains("…"), all.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
      operands[1].allSatisfy(\.isLetter)
    else { throw spelling }
    guard left.count == rank else {
      throw Mismatch(
        "\(equation) names \(left.count) axes of a tensor of rank \(rank)",
        "Write a letter for each axis, or pass a tensor of \(left.count) axes.")
    }
  }

  func applied(_ x: Tensor, _ y: Tensor) throws(Mismatch) -> Tensor {
    guard y.rank == right.count else {
      throw Mismatch(
        "\(equation) does not name the axes of shape \(y.shape)", "Write a letter for each axis.")
    }
    let shared = left.filter(right.contains)
    for letter in shared where size(letter, left, x) != size(letter, right, y) {
      throw Mismatch(
        "axis \(letter) of \(equation) is \(size(letter, left, x)) of one and "
          + "\(size(letter, right, y)) of the other", "Make axes of one letter equal.")
    }
    // What only one has and the result has not is summed before.
    let (x, left) = summed(x, left, keeping: right + result)
    let (y, right) = summed(y, right, keeping: left + result)
    let batch = shared.filter(result.contains)
    let contracted = shared.filter { !result.contains($0) }
    func places(_ letters: [Character], _ axes: [Character]) -> [Int] {
      letters.compactMap { axes.firstIndex(of: $0) }
    }
    let rule = DotGeneral(
      leftBatch: places(batch, left), rightBatch: places(batch, right),
      leftContracting: places(contracted, left), rightContracting: places(contracted, right))
    let product = Tensor.apply(.dot(rule), x, y)
    guard product.error == nil else { return product }
    let made =
      batch + left.filter { !shared.contains($0) } + right.filter { !shared.contains($0) }
    return product.transposed(places(result, made))
  }

  private func summed(
    _ x: Tensor, _ axes: [Character], keeping others: [Character]
  ) -> (Tensor, [Character]) {
    let extra = axes.indices.filter { !others.contains(axes[$0]) }
    guard !extra.isEmpty else { return (x, axes) }
    return (x.sum(axes: extra), axes.filter(others.contains))
  }

  private func size(_ letter: Character, _ axes: [Character], _ x: Tensor) -> Int {
    axes.firstIndex(of: letter).map { x.shape[$0] } ?? 0
  }
}
