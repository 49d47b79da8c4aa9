import MoruArchive
public import MoruGraph
public import MoruTensors

/// `−log p(target)`: the cross-entropy of class numbers against class scores. End the model with
/// softmax.
///
/// Targets may also be shares of the classes, as of samples that were mixed; then it is their
/// `categoricalCrossentropy`.
///
/// - Shapes: target `[batch, …]` whole numbers, or shares `[batch, …, classes]`; prediction
///   `[batch, …, classes] → [batch, …]`.
public struct SparseCategoricalCrossentropy: Loss {
  public static let kind = "sparseCategoricalCrossentropy"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The class number of places that do not count, such as padding or the unlabelled parts of a
  /// picture; nil if all do.
  public let ignoreClass: Int?

  /// Cross-entropy of class numbers.
  public init(fromLogits: Bool = false, ignoreClass: Int? = nil) {
    self.fromLogits = fromLogits
    self.ignoreClass = ignoreClass
  }

  public var takesLogits: Bool { fromLogits }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if target.error == nil, prediction.error == nil, target.dtype.isFloating,
      target.shape == prediction.shape, prediction.rank > 1
    {
      return CategoricalCrossentropy(fromLogits: fromLogits)
        .values(target: target, prediction: prediction)
    }
    if let failed = classTargets(Self.kind, target, prediction) { return failed }
    if let complaint = complaintAboutScores(prediction, fromLogits: fromLogits) {
      return .failure(Self.kind, [target, prediction], complaint)
    }
    let values = -entries(of: logProbabilities(prediction, fromLogits: fromLogits), at: target)
    return counts(target: target).map { select($0, values, 0) } ?? values
  }

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    if targets.dtype.isFloating, targets.shape.rank == output.rank + 1,
      targets.shape.dropFirst().elementsEqual(output)
    {
      return complaintAboutDistributions(targets)
    }
    return complaintAboutClassNumbers(targets, classes: output.last ?? 1, ignoring: ignoreClass)
  }

  public func counts(target: Tensor) -> Tensor? {
    ignoreClass.map { target.converted(to: .int64) .!= Tensor(HostTensor(Int64($0))) }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Loss where Self == SparseCategoricalCrossentropy {
  /// `−log p(target)` for class numbers and probabilities.
  public static var sparseCategoricalCrossentropy: Self { .init() }
  /// `−log p(target)` for class numbers and logits or probabilities.
  public static func sparseCategoricalCrossentropy(
    fromLogits: Bool = false, ignoreClass: Int? = nil
  ) -> Self {
    .init(fromLogits: fromLogits, ignoreClass: ignoreClass)
  }
}
