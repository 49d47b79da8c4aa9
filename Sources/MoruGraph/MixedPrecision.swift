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
  /// What stands for the results of each vertex.
  private var redrawn: [ObjectIdentifier: [Tensor]] = [:]
  /// Tensors in BFloat16.
  private var narrow: [Place: Tensor] = [:]
  /// Keeps the vertices that are known alive.
  private var sources: [Tensor] = []

  /// Nothing is drawn yet.
  public init() {}

  /// A tensor of the same type with its products in BFloat16.
  public mutating func redrawing(_ tensor: Tensor) -> Tensor {
    sources.append(tensor)
    var stack = [(vertex: tensor.vertex, isExpanded: false)]
    while let (vertex, isExpanded) = stack.popLast() {
      guard redrawn[ObjectIdentifier(vertex)] == nil else { continue }
      if isExpanded {
        redrawn[ObjectIdentifier(vertex)] = redraw(vertex, on: vertex.inputs.map { known($0) })
      } else {
        stack.append((vertex, true))
        for input in vertex.inputs { stack.append((input.vertex, false)) }
      }
    }
    return known(tensor)
  }

  private func known(_ tensor: Tensor) -> Tensor {
    redrawn[ObjectIdentifier(tensor.vertex)]?[tensor.index] ?? tensor
  }

  /// The results of a vertex, drawn on other inputs.
  private mutating func redraw(_ vertex: Vertex, on inputs: [Tensor]) -> [Tensor] {
    switch vertex.operation {
    case .primitive(let primitive)
    where primitive.isContraction && inputs.allSatisfy { $0.dtype == .float32 }:
      let operands = inputs.map { narrowed($0) }
      return Tensor.applyAll(primitive, operands).map { $0.converted(to: .float32) }
    case .primitive(.scan(let loop)):
      if let drawing = loop.drawing { return redraw(loop, drawing, on: inputs) }
    case .alias(.recomputed(let inputCount)):
      return [inputs[0].recomputed(from: Array(inputs[1..<1 + inputCount]))]
    default: break
    }
    let isSame = zip(inputs, vertex.inputs).allSatisfy { Place($0) == Place($1) }
    let copy =
      isSame
      ? vertex
      : Vertex(vertex.operation, inputs: inputs, types: vertex.types, isWeak: vertex.isWeak)
    return vertex.types.indices.map { Tensor(copy, index: $0) }
  }

  /// A loop whose results stand at the same places: values that it offers beside its outputs are
  /// asked for as outputs.
  private mutating func redraw(
    _ loop: Scan, _ drawing: LoopDrawing, on inputs: [Tensor]
  ) -> [Tensor] {
    let (carried, given) = (loop.carryCount, loop.carryCount + loop.sequenceCount)
    let results = drawing.results.map { redrawing($0) }
    let parts = Scan.Parts(
      initial: Array(inputs[..<carried]), carries: Array(drawing.inputs[..<carried]),
      next: Array(results[..<carried]), sequences: Array(inputs[carried..<given]),
      slices: Array(drawing.inputs[carried..<given]), outputs: Array(results[carried...]))
    let drawn = Scan.draw(parts, length: loop.length, isReversed: loop.isReversed)
    return drawn.carries + drawn.outputs
  }

  private mutating func narrowed(_ tensor: Tensor) -> Tensor {
    if let known = narrow[Place(tensor)] { return known }
    let made = tensor.converted(to: .bfloat16)
    narrow[Place(tensor)] = made
    return made
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
