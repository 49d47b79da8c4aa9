import MoruTensors

extension ConfusionMatrix {
  /// Figures that follow from the matrix, each with its interval.
  ///
  /// Drawing samples anew draws the matrix's cells anew, so that the time does not grow with the number
  /// of samples.
  ///
  /// - Parameters:
  ///   - figures: What is to be found of a matrix; nil where it is undefined.
  ///   - field: The class ratio that the figures are restated at. Then each class's samples are drawn by
  ///     themselves, since the ratio is given rather than found. Nil for the samples' own.
  ///   - bootstrap: The resamples.
  /// - Throws: `MetricsError` if the field's ratio does not fit the matrix.
  /// - Returns: An estimate for each figure, nil where the figure is undefined.
  public func estimates(
    of figures: [(ClassificationFigures) -> Double?], at field: ClassShares? = nil,
    bootstrap: Bootstrap
  ) throws(MetricsError) -> [Estimate?] {
    func restated(_ table: ClassificationFigures) throws(MetricsError) -> ClassificationFigures {
      if let field { try table.restated(at: field) } else { table }
    }
    let own = try restated(ClassificationFigures(self))
    var resampled = [[Double?]](repeating: [], count: figures.count)
    var generator = bootstrap.seed.generator
    let (cells, supports) = (counts.flatMap { $0 }, supports)
    for _ in 0..<bootstrap.resamples {
      let drawn =
        field == nil
        ? Self.draw(total, as: cells, &generator)
        : counts.indices.flatMap { Self.draw(supports[$0], as: counts[$0], &generator) }
      let table = try restated(ClassificationFigures(cells: drawn, classCount: labels.count))
      for (place, figure) in figures.enumerated() { resampled[place].append(figure(table)) }
    }
    return zip(figures, resampled).map { figure, values in
      figure(own).map { Bootstrap.estimate($0, values) }
    }
  }

  /// `total` samples dealt out to cells as likely as `counts` says.
  private static func draw(
    _ total: Int, as counts: [Int], _ generator: inout SeededGenerator
  ) -> [Double] {
    var (left, weight) = (total, counts.reduce(0, +))
    return counts.map { count in
      guard count > 0, left > 0 else { return 0 }
      let drawn = generator.binomial(left, Double(count) / Double(weight))
      left -= drawn
      weight -= count
      return Double(drawn)
    }
  }
}
