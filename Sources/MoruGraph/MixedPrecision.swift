import MoruTensors

/// In which element types a model is trained.
public enum PrecisionPolicy: String, Codable, Sendable, CaseIterable {
  /// Everything in Float32.
  case float32
  /// Matrix products and convolutions of Float32 tensors, in both passes, on operands rounded to
  /// BFloat16, with sums in Float32 and results rounded to BFloat16; everything else (weights, their
  /// updates, activations, normalization, losses) in Float32.
  ///
  /// Keras calls its policy so. What is rounded is what `torch.autocast` rounds.
  ///
  /// - Source: Micikevicius et al. 2018, arXiv:1710.03740, with Kalamkar et al. 2019,
  ///   arXiv:1905.12322, for BFloat16, which needs no scaling of the loss.
  case mixedBFloat16 = "mixed_bfloat16"
}

/// Draws tensors anew with their products in BFloat16: see `PrecisionPolicy.mixedBFloat16`.
///
/// A product `dot(x, w)` becomes `convert(dot(convert(x), convert(w)))`; loops and checkpointed
/// blocks are drawn anew inside. Gradients are to be taken of what comes out: they then pass through
/// the conversions and have products in BFloat16 too. What depends on no product stays the same
/// tensor.
///
/// One value draws all tensors of a model, so that what these share is drawn once, and a tensor that
/// several products read is converted once. Rules that users give to `withGradient` are kept; what
/// they capture themselves stays in Float32.
public struct MixedPrecision {
  private var drawing = Redrawing()
  /// Tensors in BFloat16.
  private var narrow: [Place: Tensor] = [:]

  /// Nothing is drawn yet.
  public init() {}

  /// A tensor of the same type with its products in BFloat16.
  public mutating func redrawing(_ tensor: Tensor) -> Tensor {
    var narrow = narrow
    defer { self.narrow = narrow }
    func narrowed(_ tensor: Tensor) -> Tensor {
      if let known = narrow[Place(tensor)] { return known }
      let made = tensor.converted(to: .bfloat16)
      narrow[Place(tensor)] = made
      return made
    }
    let rule = Redrawing.Rule(results: { vertex, inputs in
      guard case .primitive(let primitive) = vertex.operation, primitive.isContraction,
        inputs.allSatisfy({ $0.dtype == .float32 })
      else { return nil }
      return Tensor.applyAll(primitive, inputs.map(narrowed)).map { $0.converted(to: .float32) }
    })
    return drawing.redrawing(tensor, rule)
  }
}

extension Primitive {
  /// Whether it sums products of its two operands.
  fileprivate var isContraction: Bool {
    switch self {
    case .dot, .convolution, .convolutionInputGradient, .convolutionKernelGradient: true
    default: false
    }
  }
}
