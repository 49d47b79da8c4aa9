/// What it costs to take a sample of one class for another; gains are negative costs.
public struct CostMatrix: Codable, Sendable, Equatable {
  /// The cost of one sample, in a unit of one's own; one row for each true class, one column for each
  /// predicted class.
  public let costs: [[Double]]

  /// The number of classes.
  public var classCount: Int { costs.count }

  /// A table of costs.
  ///
  /// - Throws: `MetricsError` for a table that is not square, or a cost that is no finite number.
  public init(costs: [[Double]]) throws(MetricsError) {
    for (row, numbers) in costs.enumerated() {
      guard numbers.count == costs.count else {
        throw .notSquare(row: row, found: numbers.count, classCount: costs.count)
      }
      if let column = numbers.firstIndex(where: { !$0.isFinite }) {
        throw .badCost(row: row, column: column)
      }
    }
    guard !costs.isEmpty else {
      throw .classCountOutOfRange(found: 0, maximum: ConfusionMatrix.maximumClassCount)
    }
    self.costs = costs
  }

  /// A table of gains: +10 for a defect found and −10 for one missed are the costs −10 and +10.
  ///
  /// - Throws: `MetricsError` for a table that is not square, or a gain that is no finite number.
  public init(gains: [[Double]]) throws(MetricsError) {
    try self.init(costs: gains.map { $0.map { 0 - $0 } })
  }

  /// Each class's stake: judged right, a sample gains it; judged wrong, it costs as much.
  ///
  /// - Throws: `MetricsError` if there are no classes, or a stake is no finite number.
  public init(stakes: [Double]) throws(MetricsError) {
    try self.init(
      costs: stakes.indices.map { row in
        stakes.indices.map { $0 == row ? -stakes[row] : stakes[row] }
      })
  }

  /// 1 for each mistake: the expected cost is the error rate.
  public static func mistakes(classCount: Int) throws(MetricsError) -> CostMatrix {
    try CostMatrix(
      costs: (0..<classCount).map { row in (0..<classCount).map { $0 == row ? 0 : 1 } })
  }

  private enum CodingKeys: String, CodingKey { case costs }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(costs: container.decode([[Double]].self, forKey: .costs))
  }

  /// The class of least expected cost, the first of equally cheap ones: `argminⱼ Σᵢ pᵢ·cᵢⱼ`.
  ///
  /// - Parameter probabilities: Of each class, at the field's ratio; one for each class.
  /// - Source: Elkan 2001, "The foundations of cost-sensitive learning", IJCAI.
  public func decision(_ probabilities: some RandomAccessCollection<Double>) -> Int {
    var best = (place: 0, cost: Double.infinity)
    for column in costs.indices {
      let cost = zip(probabilities, costs).reduce(0) { $0 + $1.0 * $1.1[column] }
      if cost < best.cost { best = (column, cost) }
    }
    return best.place
  }

  /// The probability of yes (class 1) above which yes is the cheaper answer,
  /// `(c₀₁ − c₀₀) / (c₀₁ − c₀₀ + c₁₀ − c₁₁)`; nil unless there are two classes and each is cheaper when
  /// it is judged right.
  ///
  /// - Source: Elkan 2001, "The foundations of cost-sensitive learning", IJCAI, equation 2.
  public var threshold: Double? {
    guard classCount == 2 else { return nil }
    let (falseAlarm, miss) = (costs[0][1] - costs[0][0], costs[1][0] - costs[1][1])
    guard falseAlarm > 0, miss > 0 else { return nil }
    return falseAlarm / (falseAlarm + miss)
  }

  func check(_ classCount: Int) throws(MetricsError) {
    guard self.classCount == classCount else {
      throw .classCounts(
        name: "The cost matrix", found: self.classCount, classCount: classCount)
    }
  }
}

extension ClassificationFigures {
  /// The mean cost of a sample, `Σ nᵢⱼ·cᵢⱼ / Σ nᵢⱼ`, in the costs' unit; negative for a gain.
  ///
  /// At the field's ratio it is that of ``restated(at:)``.
  ///
  /// - Throws: `classCounts` for costs of another number of classes.
  public func expectedCost(_ costs: CostMatrix) throws(MetricsError) -> Double {
    try costs.check(classCount)
    return cost(costs)
  }

  /// As ``expectedCost(_:)``, for costs that are known to fit.
  func cost(_ costs: CostMatrix) -> Double {
    var sum = 0.0
    for (row, numbers) in costs.costs.enumerated() {
      for (column, cost) in numbers.enumerated() { sum += self[row, column] * cost }
    }
    return ratio(sum, total)
  }
}
