import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Sums of products.
  static let products: [String: ONNXRule] = [
    "MatMul": single { call in product(try call.value(0), try call.value(1)) },
    "Gemm": single { call in
      var (a, b) = (try call.value(0), try call.value(1))
      guard a.rank == 2, b.rank == 2 else {
        throw Mismatch("its inputs are no matrices", "Check the file.")
      }
      if try call.flag("transA") { a = a.transposed([1, 0]) }
      if try call.flag("transB") { b = b.transposed([1, 0]) }
      var y = try product(a, b).plain.checked()
      let (alpha, beta) = (
        try call.double("alpha", default: 1), try call.double("beta", default: 1)
      )
      if alpha != 1 { y *= number(alpha, y.dtype) }
      guard let c = call.optional(2) else { return ONNXValue(y) }
      return ONNXValue(y + (beta == 1 ? c.plain : c.plain * number(beta, y.dtype)))
    },
    "Einsum": single { call in
      let tensors = try call.values().map(\.plain)
      return ONNXValue(try ONNXEinsum(try call.text("equation", default: ""), tensors).result())
    },
    "Det": single { call in
      let x = try call.tensor(0)
      guard x.rank >= 2, let size = x.shape.last, x.shape[x.rank - 2] == size,
        (1...3).contains(size)
      else { throw Mismatch("its matrices are larger than 3 × 3", "Export the model without it.") }
      func at(_ row: Int, _ column: Int) -> Tensor {
        x.sliced(row..<row + 1, axis: -2).sliced(column..<column + 1, axis: -1)
          .reshaped(to: Shape(Array(x.shape.dimensions.dropLast(2))))
      }
      func minor(_ a: Int, _ b: Int, from row: Int) -> Tensor {
        at(row, a) * at(row + 1, b) - at(row, b) * at(row + 1, a)
      }
      switch size {
      case 1: return ONNXValue(at(0, 0))
      case 2: return ONNXValue(minor(0, 1, from: 0))
      default:
        let first = at(0, 0) * minor(1, 2, from: 1) - at(0, 1) * minor(0, 2, from: 1)
        return ONNXValue(first + at(0, 2) * minor(0, 1, from: 1))
      }
    },
  ]

  /// NumPy's matrix product: vectors are rows or columns, leading axes broadcast.
  static func product(_ x: ONNXValue, _ y: ONNXValue) -> ONNXValue {
    guard x.rank > 0, y.rank > 0 else {
      return ONNXValue(
        .failure(
          "MatMul", [x.tensor, y.tensor], Mismatch("a scalar is no matrix", "Check the file.")))
    }
    if x.rank == 1 {
      let row = product(ONNXValue(x.plain.expanded(at: 0)), y)
      return row.tensor.error == nil ? row.withoutAxes([max(y.rank - 2, 0)]) : row
    }
    if y.rank == 1 {
      let column = product(x, ONNXValue(y.plain.expanded(at: 1)))
      return column.tensor.error == nil ? column.withoutAxes([x.rank - 1]) : column
    }
    if y.rank == 2 {
      let contracted = x.place(x.rank - 1)
      let rule = DotGeneral(leftContracting: [contracted], rightContracting: [y.place(0)])
      let order = x.order.filter { $0 != x.rank - 1 } + [x.rank - 1]
      return ONNXValue(.apply(.dot(rule), x.tensor, y.tensor), order: order)
    }
    let (outerX, outerY) = (Shape(Array(x.shape.dropLast(2))), Shape(Array(y.shape.dropLast(2))))
    guard let outer = outerX.broadcast(with: outerY) else {
      return ONNXValue(
        .failure("MatMul", [x.plain, y.plain], Mismatch("leading axes differ", "Check the file.")))
    }
    let rank = outer.rank + 2
    func wide(_ value: ONNXValue) -> Tensor {
      value.plain.broadcast(to: Shape(outer.dimensions + value.shape.suffix(2)))
    }
    let batch = Array(0..<outer.rank)
    let rule = DotGeneral(
      leftBatch: batch, rightBatch: batch, leftContracting: [rank - 1], rightContracting: [rank - 2]
    )
    return ONNXValue(.apply(.dot(rule), wide(x), wide(y)))
  }
}

/// A sum of products in Einstein's notation, of any number of tensors.
private struct ONNXEinsum {
  private var terms: [(axes: [Character], tensor: Tensor)] = []
  private var kept: [Character] = []

  init(_ equation: String, _ tensors: [Tensor]) throws {
    let spelling = Mismatch(
      "\(equation) is no equation of \(tensors.count) tensors", "Check the file.")
    let sides = equation.filter { $0 != " " }.replacing("...", with: "…").replacing("->", with: "→")
      .split(separator: "→", omittingEmptySubsequences: false)
    let operands = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), operands.count == tensors.count else { throw spelling }
    // Dots stand for leading axes, which get digits from the end on.
    var longest = 0
    for (text, tensor) in zip(operands, tensors) {
      let dots = text.contains("…") ? tensor.rank - text.count + 1 : 0
      guard (0..<10).contains(dots), text.count(where: { $0 == "…" }) <= 1 else { throw spelling }
      longest = max(longest, dots)
      let axes = text.flatMap { $0 == "…" ? Self.digits(dots) : [$0] }
      guard axes.count == tensor.rank,
        axes.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
      else { throw spelling }
      terms.append(try Self.diagonal(axes, tensor))
    }
    if sides.count == 2 {
      kept = sides[1].flatMap { $0 == "…" ? Self.digits(longest) : [$0] }
    } else {
      let all = operands.joined()
      let once = Set(all).filter { letter in letter != "…" && all.count { $0 == letter } == 1 }
      kept = Self.digits(longest) + once.sorted()
    }
    let known = Set(terms.flatMap(\.axes))
    guard Set(kept).count == kept.count, kept.allSatisfy(known.contains) else { throw spelling }
  }

  private static func digits(_ count: Int) -> [Character] {
    (0..<count).reversed().map { Character("\($0)") }
  }

  /// The elements whose indices along axes of one letter are equal.
  private static func diagonal(
    _ axes: [Character], _ tensor: Tensor
  ) throws -> (axes: [Character], tensor: Tensor) {
    var (axes, tensor) = (axes, tensor)
    while let second = axes.indices.first(where: { axes[..<$0].contains(axes[$0]) }),
      let first = axes.firstIndex(of: axes[second])
    {
      guard tensor.shape[first] == tensor.shape[second] else {
        throw Mismatch("axes of one letter differ", "Check the file.")
      }
      let isOn = Tensor.iota(tensor.shape, axis: first) .== Tensor.iota(tensor.shape, axis: second)
      tensor = try select(isOn, tensor, 0).sum(axes: [second]).checked()
      axes.remove(at: second)
    }
    return (axes, tensor)
  }

  func result() throws -> Tensor {
    var rest = terms[...]
    var whole = rest.removeFirst()
    while let next = rest.popFirst() {
      whole = try joined(whole, next, keeping: rest.flatMap(\.axes) + kept)
    }
    let extra = whole.axes.indices.filter { !kept.contains(whole.axes[$0]) }
    let summed = try (extra.isEmpty ? whole.tensor : whole.tensor.sum(axes: extra)).checked()
    let left = whole.axes.filter(kept.contains)
    return summed.transposed(kept.compactMap { left.firstIndex(of: $0) })
  }

  private func joined(
    _ a: (axes: [Character], tensor: Tensor), _ b: (axes: [Character], tensor: Tensor),
    keeping wanted: [Character]
  ) throws -> (axes: [Character], tensor: Tensor) {
    let shared = a.axes.filter(b.axes.contains)
    let (batch, contracted) = (
      shared.filter(wanted.contains), shared.filter { !wanted.contains($0) }
    )
    func places(_ letters: [Character], _ axes: [Character]) -> [Int] {
      letters.compactMap { axes.firstIndex(of: $0) }
    }
    let rule = DotGeneral(
      leftBatch: places(batch, a.axes), rightBatch: places(batch, b.axes),
      leftContracting: places(contracted, a.axes), rightContracting: places(contracted, b.axes))
    let axes =
      batch + a.axes.filter { !shared.contains($0) } + b.axes.filter { !shared.contains($0) }
    return (axes, try Tensor.apply(.dot(rule), a.tensor, b.tensor).checked())
  }
}
