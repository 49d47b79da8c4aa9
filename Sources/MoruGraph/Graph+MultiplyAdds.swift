import MoruTensors

extension Graph {
  /// The multiplications of pairs of numbers whose products are summed: of convolutions, their
  /// gradients and products of matrices, in loops as often as they turn. What works element by element
  /// is not counted, as is usual where networks are compared.
  public var multiplyAdds: Int {
    nodes.reduce(0) { total, node in total + multiplyAdds(of: node) }
  }

  private func multiplyAdds(of node: Node) -> Int {
    func shape(_ operand: Int) -> Shape { types[node.operands[operand]].shape }
    let result = types[node.results[0]].shape
    // Each element of a kernel meets each place of the smaller picture.
    func convolved(kernel: Shape, outputs: Shape) -> Int {
      outputs.elementCount * kernel.dropLast().reduce(1, *)
    }
    return switch node.primitive {
    case .convolution: convolved(kernel: shape(1), outputs: result)
    case .convolutionInputGradient: convolved(kernel: shape(1), outputs: shape(0))
    case .convolutionKernelGradient: convolved(kernel: result, outputs: shape(1))
    case .dot(let rule):
      result.elementCount * rule.leftContracting.reduce(1) { $0 * shape(0)[$1] }
    case .scan(let scan): scan.length * scan.body.multiplyAdds
    default: 0
    }
  }
}
