import MoruArchive

/// Uniform numbers within ±√(6/inputs): of variance 2/inputs, which keeps the size of signals through relu
/// layers, where half of each signal is cut off.
///
/// - Source: He et al. 2015, arXiv:1502.01852.
public struct HeUniform: NamedScaling {
  public static let kind = "heUniform"
  public static let scaling = VarianceScaling(
    scale: 2, mode: .fanIn, distribution: .uniform)

  /// He's uniform numbers.
  public init() {}
}

/// Normal numbers of variance 2/inputs, cut off at two standard deviations; see `HeUniform`.
///
/// - Source: He et al. 2015, arXiv:1502.01852.
public struct HeNormal: NamedScaling {
  public static let kind = "heNormal"
  public static let scaling = VarianceScaling(scale: 2, mode: .fanIn)

  /// He's normal numbers.
  public init() {}
}

extension Initializer where Self == HeUniform {
  /// Uniform numbers of variance 2/inputs.
  public static var heUniform: Self { .init() }
}

extension Initializer where Self == HeNormal {
  /// Normal numbers of variance 2/inputs, cut off at two standard deviations.
  public static var heNormal: Self { .init() }
}
