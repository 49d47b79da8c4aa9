import MoruArchive

/// Uniform numbers within ±√(6/(inputs + outputs)): of variance 2/(inputs + outputs), which keeps the variance of signals and
/// gradients through linear and tanh layers (also named after Xavier).
///
/// - Source: Glorot, Bengio 2010, AISTATS.
public struct GlorotUniform: NamedScaling {
  public static let kind = "glorotUniform"
  public static let scaling = VarianceScaling(
    scale: 1, mode: .fanAvg, distribution: .uniform)

  /// Glorot's uniform numbers.
  public init() {}
}

/// Normal numbers of variance 2/(inputs + outputs), cut off at two standard deviations; see `GlorotUniform`.
///
/// - Source: Glorot, Bengio 2010, AISTATS.
public struct GlorotNormal: NamedScaling {
  public static let kind = "glorotNormal"
  public static let scaling = VarianceScaling(scale: 1, mode: .fanAvg)

  /// Glorot's normal numbers.
  public init() {}
}

extension Initializer where Self == GlorotUniform {
  /// Uniform numbers of variance 2/(inputs + outputs).
  public static var glorotUniform: Self { .init() }
}

extension Initializer where Self == GlorotNormal {
  /// Normal numbers of variance 2/(inputs + outputs), cut off at two standard deviations.
  public static var glorotNormal: Self { .init() }
}
