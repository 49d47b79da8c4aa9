/// Leaves out samples of Tomek links: pairs of different classes that are each other's nearest
/// neighbours, and so lie on the border or are noise.
///
/// By default every class but the minority is cleaned.
///
/// - Source: Tomek 1976, "Two modifications of CNN", doi:10.1109/TSMC.1976.4309452.
public struct TomekLinks: Resampler, Equatable {
  /// Which classes are cleaned.
  public let samplingStrategy: SamplingStrategy

  /// Leaves samples of Tomek links out.
  public init(samplingStrategy: SamplingStrategy = .auto) {
    self.samplingStrategy = samplingStrategy
  }

  public func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan {
    let targets = try SamplingTargets(samplingStrategy, of: data, kind: .cleaning, resampler: name)
    let cleaned = Set(targets.counts.map { Int32($0.class) })
    let classes = data.classes?.indices ?? []
    let nearest = NearestNeighbors(try data.points(Array(0..<data.count), for: name)).ofEach(1)
      .map { $0[0] }
    return ResamplingPlan(
      taken: (0..<data.count).filter { sample in
        let other = nearest[sample]
        return
          !(cleaned.contains(classes[sample]) && classes[other] != classes[sample]
          && nearest[other] == sample)
      })
  }
}

extension Resampler where Self == TomekLinks {
  /// Leaves out samples of pairs of different classes that are each other's nearest neighbours.
  public static func tomekLinks(samplingStrategy: SamplingStrategy = .auto) -> TomekLinks {
    TomekLinks(samplingStrategy: samplingStrategy)
  }
}
