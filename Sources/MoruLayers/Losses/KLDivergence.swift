public import MoruArchive
public import MoruGraph
public import MoruTensors

/// `Σ target · log(target / prediction)` over the last axis, the Kullback–Leibler divergence of class
/// distributions, both moved into [1e-7, 1].
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`.
/// - Source: Kullback, Leibler 1951, doi:10.1214/aoms/1177729694.
public struct KLDivergence: AlignedLoss, PlainPart {
  public static let kind = "klDivergence"

  /// The divergence of class distributions.
  public init() {}

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutNegative(targets)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    kullbackLeibler(target, prediction)
  }
}

extension Loss where Self == KLDivergence {
  /// The divergence of class distributions.
  public static var klDivergence: Self { .init() }
}
