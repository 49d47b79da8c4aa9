import CKernels
public import MoruGraph

/// What the executor cannot compute.
public enum CPUError: Error, Equatable, CustomStringConvertible {
  /// A value has more axes than kernels can walk.
  case tooManyAxes(TensorType, limit: Int)
  /// A program was compiled by another executor.
  case foreignProgram

  public var description: String {
    switch self {
    case .tooManyAxes(let type, let limit):
      "The processor's kernels walk up to \(limit) axes, and a value is \(type). "
        + "Reshape it to fewer axes first."
    case .foreignProgram:
      "Only programs that this executor compiled can be explained. Compile the graph with it first."
    }
  }

  /// Refuses graphs with values of too many axes.
  static func check(_ graph: Graph) throws(CPUError) {
    let limit = Int(CK_MAX_RANK)
    if let type = graph.types.first(where: { $0.rank > limit }) {
      throw .tooManyAxes(type, limit: limit)
    }
  }
}
