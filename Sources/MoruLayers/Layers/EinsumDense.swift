import MoruArchive
public import MoruGraph
import MoruTensors

/// A dense layer between any axes: `activation(einsum(equation, x, kernel) + bias)`.
///
/// `EinsumDense("abc,cd->abd", outputShape: [nil, 64], biasAxes: "d")` is a dense layer of sequences.
///
/// - Shapes: The input as the equation names it, batch axis first → `[batch] + outputShape`; the
///   kernel's axes are the equation's second operand, with sizes from input and output; the bias has
///   the axes `biasAxes` and broadcasts.
/// - Source: Keras's layer of this name.
public struct EinsumDense: UnaryLayer {
  public static let kind = "EinsumDense"
  public var identity = Identity()
  public let name: String?
  /// The equation of input and kernel, such as `abc,cd->abd`; `...` stands for leading axes.
  public let equation: String
  /// Sizes of the output without the batch axis; nil where the input says it.
  public let outputShape: [Int?]
  /// Letters of the output's axes that the bias has; no bias if nil.
  public let biasAxes: String?
  /// What the layer ends in.
  public let activation: ActivationFunction
  /// How the kernel starts, what it adds to the loss, and what it is held to.
  public let kernel: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public let bias: WeightSettings
  public let activityRegularizer: (any Regularizer)?

  /// A dense layer between the axes that `equation` names.
  public init(
    _ equation: String, outputShape: [Int?], biasAxes: String? = nil,
    activation: ActivationFunction = .linear, kernelInitializer: any Initializer = .glorotUniform,
    biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    name: String? = nil
  ) {
    self.equation = equation
    self.outputShape = outputShape
    self.biasAxes = biasAxes
    self.activation = activation
    kernel = WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
    bias = WeightSettings(biasInitializer, biasRegularizer, biasConstraint)
    self.activityRegularizer = activityRegularizer
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    do throws(Mismatch) {
      let rule = try EinsumRule(equation, rank: x.rank)
      let sizes = try sizes(rule, x)
      let kernel = scope.parameter(
        "kernel", Shape(rule.right.map { sizes[$0] ?? 1 }), self.kernel)
      var y = einsum(equation, x.floating(), kernel)
      if let biasAxes {
        guard let first = rule.result.firstIndex(where: biasAxes.contains),
          biasAxes.allSatisfy(rule.result.dropFirst().contains)
        else {
          throw Mismatch(
            "bias axes \(biasAxes) are not axes of the output of \(equation)",
            "Name letters after the arrow, but not the batch axis.")
        }
        let axes = rule.result[first...]
        let bias = scope.parameter(
          "bias", Shape(axes.map { biasAxes.contains($0) ? sizes[$0] ?? 1 : 1 }),
          bias)
        y += bias
      }
      return activation(y)
    } catch {
      return .failure(Self.kind, [x], error)
    }
  }

  /// The size of each letter, from the input or the output.
  private func sizes(_ rule: EinsumRule, _ x: Tensor) throws(Mismatch) -> [Character: Int] {
    var sizes = Dictionary(zip(rule.left, x.shape.dimensions)) { first, _ in first }
    // Dots stand for axes that the output shape leaves out.
    let named = rule.result.suffix(outputShape.count)
    guard named.count == outputShape.count else {
      throw Mismatch(
        "the output shape has \(outputShape.count) axes, more than \(equation) has",
        "Give the sizes of the output without the batch axis.")
    }
    for (letter, size) in zip(named, outputShape) {
      guard let size else { continue }
      guard (1...sizeLimit).contains(size), sizes[letter] == nil || sizes[letter] == size else {
        throw Mismatch(
          "axis \(letter) of the output is \(size), which is not the input's or not a size",
          "Leave out sizes that the input says.")
      }
      sizes[letter] = size
    }
    guard let unknown = rule.right.first(where: { sizes[$0] == nil }) else { return sizes }
    throw Mismatch(
      "nothing says how large axis \(unknown) of \(equation) is", "Give it in the output shape.")
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, equation, outputShape, biasAxes, activation, activityRegularizer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("kernel", "bias"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    equation = try fields.required(.equation)
    outputShape = try fields.required(.outputShape)
    biasAxes = try fields.optional(.biasAxes)
    activation = try fields.value(.activation, default: .linear)
    kernel = try WeightSettings(decoder, "kernel", default: .glorotUniform)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    activityRegularizer = try fields.regularizer(.activityRegularizer)
  }

  public func encode(to encoder: any Encoder) throws {
    try kernel.encode(to: encoder, as: "kernel")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(equation, forKey: .equation)
    try container.encode(outputShape, forKey: .outputShape)
    try container.encodeIfPresent(biasAxes, forKey: .biasAxes)
    try container.encode(activation, forKey: .activation)
    try container.encodeIfPresent(activityRegularizer, forKey: .activityRegularizer)
  }
}
