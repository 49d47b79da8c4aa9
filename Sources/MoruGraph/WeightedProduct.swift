public import MoruTensors

/// A convolution or a matrix product of a value with a weight: what a network mostly computes.
public struct WeightedProduct: Sendable {
  /// The weight's name.
  public let weight: String
  /// The value, as it was before it was only reshaped and pooled by its greatest elements, which whole
  /// numbers are as well.
  public let input: Tensor
  /// The weight's shape at the product; its last axis are the features.
  public let kernelShape: Shape
  /// The shape of the result.
  public let resultShape: Shape

  /// Products outside of loops that some outputs depend on, in the order in which they are drawn,
  /// Float32 all of them.
  ///
  /// - Parameter weights: Which tensors are weights, by name; a product may read them reshaped.
  public static func all(
    behind outputs: [Tensor], weights: [String: Tensor]
  ) -> [WeightedProduct] {
    let names = Dictionary(
      weights.map { (Place($0.value.unshaped), $0.key) }, uniquingKeysWith: { min($0, $1) })
    var products: [WeightedProduct] = []
    var seen: Set<ObjectIdentifier> = []
    var stack = outputs.reversed().map { (vertex: $0.vertex, isExpanded: false) }
    while let (vertex, isExpanded) = stack.popLast() {
      guard isExpanded else {
        if seen.insert(ObjectIdentifier(vertex)).inserted {
          stack.append((vertex, true))
          for input in vertex.inputs.reversed() { stack.append((input.vertex, false)) }
        }
        continue
      }
      guard vertex.isFeatureProduct, vertex.types[0].dtype == .float32,
        let name = names[Place(vertex.inputs[1].unshaped)]
      else { continue }
      products.append(
        WeightedProduct(
          weight: name, input: vertex.inputs[0].unpooled, kernelShape: vertex.inputs[1].shape,
          resultShape: vertex.types[0].shape))
    }
    return products
  }
}

extension Vertex {
  /// Whether it is a convolution, or a product with a matrix, whose last axis are the kernel's
  /// features.
  var isFeatureProduct: Bool {
    switch operation {
    case .primitive(.convolution): true
    case .primitive(.dot(let rule)):
      rule.rightBatch.isEmpty && rule.rightContracting == [0] && inputs[1].rank == 2
    default: false
    }
  }
}

extension Tensor {
  /// The tensor whose elements, or the greatest of them, this has.
  fileprivate var unpooled: Tensor {
    var tensor = unshaped
    while case .primitive(.maxPool) = tensor.vertex.operation {
      tensor = tensor.vertex.inputs[0].unshaped
    }
    return tensor
  }

  /// The tensor that this has the elements of, in the same order.
  var unshaped: Tensor {
    var tensor = unaliased
    while case .primitive(.reshape) = tensor.vertex.operation {
      tensor = tensor.vertex.inputs[0].unaliased
    }
    return tensor
  }
}
