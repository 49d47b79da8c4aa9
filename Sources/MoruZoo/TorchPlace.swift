import MoruTensors

/// Where torchvision keeps one weight, and how it turns into ours.
struct TorchPlace {
  /// The tensor's name.
  let name: String
  /// The tensor's shape.
  let shape: Shape
  private let turn: Turn
  private let wanted: Shape

  private enum Turn {
    /// The same elements in the same order.
    case none
    /// The axes in another order, after the tensor got a shape.
    case axes([Int], as: Shape)
    /// A third of the rows, turned.
    case third(Int)
  }

  /// - Parameters:
  ///   - kind: The layer's kind.
  ///   - weight: The weight's own name.
  ///   - wanted: Its shape.
  ///   - module: The name of torchvision's module.
  ///   - flattened: Height, width and channels, if a dense layer sees a flattened picture.
  init(kind: String, weight: String, wanted: Shape, module: String, flattened: Shape?) {
    self.wanted = wanted
    let elements = wanted.elementCount
    let last = wanted.last ?? 1
    switch (kind, weight) {
    case ("Conv2D", "kernel"):
      shape = [wanted[3], wanted[2], wanted[0], wanted[1]]
      turn = .axes([2, 3, 1, 0], as: shape)
      name = "\(module).weight"
    case ("DepthwiseConv2D", "kernel"):
      shape = [wanted[2] * wanted[3], 1, wanted[0], wanted[1]]
      turn = .axes([2, 3, 0, 1], as: shape)
      name = "\(module).weight"
    case ("Dense", "kernel"):
      shape = [last, elements / last]
      turn =
        flattened.map { .axes([2, 3, 1, 0], as: [last, $0[2], $0[0], $0[1]]) }
        ?? .axes([1, 0], as: shape)
      name = "\(module).weight"
    case ("MultiHeadAttention", "query_kernel"), ("MultiHeadAttention", "query_bias"),
      ("MultiHeadAttention", "key_kernel"), ("MultiHeadAttention", "key_bias"),
      ("MultiHeadAttention", "value_kernel"), ("MultiHeadAttention", "value_bias"):
      let features = wanted[wanted.rank - 2] * last
      let isBias = weight.hasSuffix("bias")
      shape = isBias ? [3 * features] : [3 * features, wanted[0]]
      turn = .third(weight.hasPrefix("query") ? 0 : weight.hasPrefix("key") ? 1 : 2)
      name = "\(module).in_proj_\(isBias ? "bias" : "weight")"
    case ("MultiHeadAttention", "output_kernel"):
      shape = [last, elements / last]
      turn = .axes([1, 0], as: shape)
      name = "\(module).out_proj.weight"
    case ("MultiHeadAttention", _):
      (shape, turn, name) = (wanted, .none, "\(module).out_proj.bias")
    case ("LayerScale", _):
      (shape, turn, name) = ([elements, 1, 1], .none, "\(module).layer_scale")
    case ("ClassToken", _):
      (shape, turn, name) = ([1, 1, elements], .none, module)
    case ("PositionEmbedding", _):
      (shape, turn, name) = (Shape([1] + wanted.dimensions), .none, module)
    default:
      let names = [
        "gamma": "weight", "beta": "bias", "moving_mean": "running_mean",
        "moving_variance": "running_var",
      ]
      (shape, turn, name) = (wanted, .none, "\(module).\(names[weight] ?? weight)")
    }
  }

  /// The weight of a tensor; nil if its shape does not fit. A product of matrices may stand for a 1×1
  /// convolution.
  func value(of tensor: HostTensor) throws -> HostTensor? {
    let isProduct = tensor.shape.rank == 2 && shape.rank == 4
    guard tensor.shape == shape || isProduct && tensor.shape + [1, 1] == shape.dimensions else {
      return nil
    }
    switch turn {
    case .none:
      return try tensor.reshaped(to: wanted)
    case .axes(let order, let shape):
      return try tensor.reshaped(to: shape).transposed(order).reshaped(to: wanted)
    case .third(let place):
      let size = shape[0] / 3
      let rows = try tensor.slice(place * size..<(place + 1) * size)
      return try (rows.shape.rank == 2 ? rows.transposed([1, 0]) : rows).reshaped(to: wanted)
    }
  }
}
