import MoruArchive

/// Uniform numbers within ±√(3/inputs): of variance 1/inputs, which keeps the variance of signals through linear
/// layers, and through selu.
///
/// - Source: LeCun et al. 1998, doi:10.1007/3-540-49430-8_2; for selu Klambauer et al. 2017,
///   arXiv:1706.02515.
public struct LecunUniform: NamedScaling {
  public static let kind = "lecunUniform"
  public static let scaling = VarianceScaling(
    scale: 1, mode: .fanIn, distribution: .uniform)

  /// LeCun's uniform numbers.
  public init() {}
}

/// Normal numbers of variance 1/inputs, cut off at two standard deviations; see `LecunUniform`.
///
/// - Source: LeCun et al. 1998, doi:10.1007/3-540-49430-8_2; for selu Klambauer et al. 2017,
///   arXiv:1706.02515.
public struct LecunNormal: NamedScaling {
  public static let kind = "lecunNormal"
  public static let scaling = VarianceScaling(scale: 1, mode: .fanIn)

  /// LeCun's normal numbers.
  public init() {}
}

extension Initializer where Self == LecunUniform {
  /// Uniform numbers of variance 1/inputs.
  public static var lecunUniform: Self { .init() }
}

extension Initializer where Self == LecunNormal {
  /// Normal numbers of variance 1/inputs, cut off at two standard deviations.
  public static var lecunNormal: Self { .init() }
}
