import MoruArchive
public import MoruGraph
import MoruTensors

/// A layer whose kernel is divided by its largest singular value, so that the layer stretches
/// nothing: a bound on how fast a critic changes.
///
/// The singular value is followed by power iteration: with W the kernel as a matrix of its last axis
/// and the others, `v ← W·u / |W·u|`, `u ← Wᵀ·v / |Wᵀ·v|`, `σ = vᵀ·W·u`. u is kept from step to step;
/// it moves in training only.
///
/// - Shapes: Those of the layer; state `vector_u` `[1, last axis of the kernel]`.
/// - Source: Miyato et al. 2018, arXiv:1802.05957.
public struct SpectralNormalization: Layer {
  public static let kind = "SpectralNormalization"
  public var identity = Identity()
  public let name: String?
  /// The layer whose weight `kernel` is normalized.
  public let layer: any Layer
  /// Number of iterations in each step of training, at least 1.
  public let powerIterations: Int

  /// Normalizes the kernel of `layer`.
  public init(_ layer: any Layer, powerIterations: Int = 1, name: String? = nil) {
    self.layer = layer
    self.powerIterations = powerIterations
    self.name = name
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard powerIterations >= 1 else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch("it has \(powerIterations) power iterations", "Choose at least one."))
      ]
    }
    var isFound = false
    let outputs = scope.transforming(
      { name, weight in
        guard name == "kernel" else { return weight }
        isFound = true
        return normalized(weight, in: scope)
      }, { layer(inputs, in: scope) })
    guard isFound || outputs[0].error != nil else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "\(type(of: layer).kind) has no weight named kernel",
            "Wrap a dense or convolution layer."))
      ]
    }
    return outputs
  }

  /// The kernel divided by σ; called where the kernel is asked for.
  private func normalized(_ kernel: Tensor, in scope: Scope) -> Tensor {
    guard kernel.error == nil, let last = kernel.shape.last else { return kernel }
    let matrix = kernel.reshaped(to: [kernel.shape.elementCount / max(last, 1), last])
    let start = scope.state(
      "vector_u", [1, last], initializer: .randomNormal(mean: 0, standardDeviation: 0.02))
    func unit(_ vector: Tensor) -> Tensor { unitNormalized(vector, axes: [1]) }
    let fixed = matrix.stoppingGradient()
    let turned = fixed.transposed([1, 0])
    var (u, v) = (start, unit(matmul(start, turned)))
    let moves = scope.isTraining && !scope.isFrozen("vector_u")
    for iteration in 0..<(moves ? powerIterations : 0) {
      if iteration > 0 { v = unit(matmul(u, turned)) }
      u = unit(matmul(v, fixed))
    }
    if moves { scope.update("vector_u", u) }
    let sigma = matmul(
      matmul(v.stoppingGradient(), matrix), u.stoppingGradient().transposed([1, 0]))
    return (matrix / sigma).reshaped(to: kernel.shape)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, layer, powerIterations
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    let box: LayerBox = try fields.required(.layer)
    layer = box.layer
    powerIterations = try fields.positive(.powerIterations, default: 1)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(LayerBox(layer), forKey: .layer)
    try container.encode(powerIterations, forKey: .powerIterations)
  }
}
