/// Brings probabilities that were learned at one class ratio to another: a model that was trained on
/// balanced samples says "defect" far too often of a field where defects are rare.
///
/// `p′ᵢ ∝ pᵢ · fieldᵢ / trainedᵢ`, which Bayes's rule demands as long as samples of a class look alike
/// in both.
///
/// - Source: Saerens, Latinne & Decaestecker 2002, doi:10.1162/089976602753284446, equation 2.4; Elkan
///   2001, "The foundations of cost-sensitive learning", IJCAI, theorem 2, for two classes.
public struct PriorCorrection: Codable, Sendable, Equatable {
  /// The ratio that the probabilities were learned at.
  public let trained: ClassShares
  /// The ratio that they are to be judged at.
  public let field: ClassShares

  /// A correction from one ratio to another.
  ///
  /// - Throws: `classCounts` if they are of different numbers of classes; `classWithoutSamples` if the
  ///   field has a class that was not trained on.
  public init(trained: ClassShares, field: ClassShares) throws(MetricsError) {
    try field.check(trained.values.count)
    let unknown = field.values.indices.first { field.values[$0] > 0 && trained.values[$0] == 0 }
    if let unknown { throw .classWithoutSamples(index: unknown) }
    self.trained = trained
    self.field = field
  }

  private var factors: [Double] { zip(field.values, trained.values).map { ratio($0, $1) } }

  /// The probabilities at the field's ratio, rows that sum to 1; a row that says only classes the field
  /// lacks becomes the field's ratio.
  ///
  /// - Throws: `classCounts` for another number of classes, `notProbability`.
  public func corrected(_ probabilities: NumberTable) throws(MetricsError) -> NumberTable {
    try check(probabilities.width)
    try probabilities.checkProbabilities()
    return NumberTable(
      checked: Self.scaled(probabilities, factors, fallback: field.values),
      width: probabilities.width)
  }

  /// The probability of yes at the field's ratio, of two classes.
  ///
  /// - Throws: `classCounts` for another number of classes, `notProbability`.
  public func corrected(_ probabilities: [Double]) throws(MetricsError) -> [Double] {
    try check(2)
    try Checks.probabilities(probabilities)
    let (no, yes) = (factors[0], factors[1])
    return probabilities.map { probability in
      let weight = yes * probability
      let sum = weight + no * (1 - probability)
      return sum == 0 ? field.values[1] : weight / sum
    }
  }

  /// The threshold on uncorrected probabilities that says the same as `threshold` on corrected ones, of
  /// two classes.
  ///
  /// - Source: Elkan 2001, theorem 1.
  public func uncorrected(threshold: Double) throws(MetricsError) -> Double {
    try PriorCorrection(trained: field, field: trained).corrected([threshold])[0]
  }

  /// The field's ratio, where nobody knows it, as the model's own answers to unlabelled samples of the
  /// field suggest: expectation maximisation until no share moves by more than 1e-10.
  ///
  /// - Parameter probabilities: The model's answers to the field's samples, as it was trained.
  /// - Parameter trained: The ratio that the model was trained at.
  /// - Parameter maximumSteps: After how many steps to stop in any case.
  /// - Throws: `MetricsError` for numbers that are no probabilities, or of another number of classes.
  /// - Source: Saerens, Latinne & Decaestecker 2002, doi:10.1162/089976602753284446, equation 2.9.
  public static func fieldShares(
    from probabilities: NumberTable, trained: ClassShares, maximumSteps: Int = 10_000
  ) throws(MetricsError) -> ClassShares {
    try trained.check(probabilities.width)
    try probabilities.checkProbabilities()
    var shares = trained.values
    for _ in 0..<maximumSteps {
      let answers = scaled(
        probabilities, zip(shares, trained.values).map { ratio($0, $1) }, fallback: shares)
      var next = [Double](repeating: 0, count: shares.count)
      for (place, answer) in answers.enumerated() { next[place % shares.count] += answer }
      next = next.map { $0 / Double(probabilities.rows) }
      let step = zip(next, shares).map { abs($0 - $1) }.max() ?? 0
      shares = next
      if step <= 1e-10 { break }
    }
    return try ClassShares(shares)
  }

  /// - Throws: `classCounts` for another number of classes.
  func check(_ classCount: Int) throws(MetricsError) { try field.check(classCount) }

  private static func scaled(
    _ probabilities: NumberTable, _ factors: [Double], fallback: [Double]
  ) -> [Double] {
    var values = probabilities.values
    let width = factors.count
    for start in stride(from: 0, to: values.count, by: width) {
      var sum = 0.0
      for column in 0..<width {
        values[start + column] *= factors[column]
        sum += values[start + column]
      }
      for column in 0..<width {
        values[start + column] = sum == 0 ? fallback[column] : values[start + column] / sum
      }
    }
    return values
  }
}
