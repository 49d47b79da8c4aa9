import MoruTensors

extension Graph {
  /// The multiplications of pairs of numbers whose products are summed: of convolutions, their
  /// gradients and products of matrices, in loops as often as they turn. What works element by element
  /// is not counted, as is usual where networks are compared. Counts end at `Int.max`.
  public var multiplyAdds: Int {
    nodes.reduce(0) { total, node in
      let (sum, overflows) = total.addingReportingOverflow(multiplyAdds(of: node))
      return overflows ? .max : sum
    }
  }

  private func multiplyAdds(of node: Node) -> Int {
    func shape(_ operand: Int) -> Shape { types[node.operands[operand]].shape }
    let result = types[node.results[0]].shape
    // Each element of a kernel meets each place of the smaller picture.
    func convolved(kernel: Shape, outputs: Shape) -> Int {
      product(outputs.dimensions + kernel.dropLast())
    }
    return switch node.primitive {
    case .convolution: convolved(kernel: shape(1), outputs: result)
    case .convolutionInputGradient: convolved(kernel: shape(1), outputs: shape(0))
    case .convolutionKernelGradient: convolved(kernel: result, outputs: shape(1))
    case .dot(let rule):
      product(result.dimensions + rule.leftContracting.map { shape(0)[$0] })
    case .scan(let scan): product([scan.length, scan.body.multiplyAdds])
    default: 0
    }
  }

  private func product(_ factors: [Int]) -> Int {
    factors.reduce(1) { product, factor in
      let (value, overflows) = product.multipliedReportingOverflow(by: factor)
      return overflows ? .max : value
    }
  }
}
