internal import MoruTensors

/// SMOTE for features of numbers and categories: numbers lie between those of two neighbours, and a
/// category is the most frequent one among a sample's neighbours, a random one of equally frequent.
///
/// Two samples of different category are as far apart in it as the median of the numbers' standard
/// deviations in the class.
///
/// - Source: Chawla, Bowyer, Hall, Kegelmeyer 2002, section 6.1, doi:10.1613/jair.953; distances and
///   defaults as imbalanced-learn's.
public struct SMOTENC: Resampler, Equatable {
  /// Places of the features whose numbers are names; nil for the categories of a table's encoding.
  public let categoricalFeatures: [Int]?
  /// How many samples classes shall have.
  public let samplingStrategy: SamplingStrategy
  /// Among how many nearest neighbours, at least 1, one is chosen.
  public let neighbors: Int

  /// Makes samples.
  ///
  /// - Parameter categoricalFeatures: Places of the features whose numbers are names. If nil, those
  ///   that the data's table encoding made of categories, one-hot or as places in a vocabulary.
  /// - Parameter neighbors: At least 1, and below the samples of every class that is added to.
  public init(
    categoricalFeatures: [Int]? = nil, samplingStrategy: SamplingStrategy = .auto,
    neighbors: Int = 5
  ) {
    self.categoricalFeatures = categoricalFeatures
    self.samplingStrategy = samplingStrategy
    self.neighbors = neighbors
  }

  public func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan {
    let targets = try SamplingTargets(samplingStrategy, of: data, kind: .over, resampler: name)
    let categories = try categories(of: data)
    var plan = ResamplingPlan(taken: Array(0..<data.count))
    for (place, count) in targets.counts where count > 0 {
      let members = try targets.members(of: place, neighbors: neighbors)
      let points = MixedPoints(try data.points(members, for: name), categories: categories)
      let nearest = NearestNeighbors(points.expanded).ofEach(neighbors)
      let starts = chance.places(count, below: members.count * neighbors)
      let steps = chance.fractions(count)
      var fixed = [[Int: Double]](repeating: [:], count: count)
      for category in categories {
        for (sample, start) in starts.enumerated() {
          let most = points.mostFrequent(category, among: nearest[start / neighbors])
          let chosen = most.count == 1 ? 0 : chance.places(1, below: most.count)[0]
          fixed[sample].merge(most[chosen]) { $1 }
        }
      }
      for (start, (step, fixed)) in zip(starts, zip(steps, fixed)) {
        let base = start / neighbors
        plan.made.append(
          .init(
            base: members[base], neighbor: members[nearest[base][start % neighbors]], step: step,
            fixed: fixed))
      }
    }
    return plan
  }

  private func categories(of data: Dataset) throws(DataError) -> [Category] {
    let width = data.signature.reduce(0) { $0 + $1.shape.elementCount }
    func refuse(_ problem: String, _ advice: String) -> DataError {
      .resampling(name, problem: problem, advice: advice)
    }
    guard data.features.count == 1 else {
      throw refuse("the samples have \(data.features.count) features", "Use data of one.")
    }
    let found: [Category]
    if let categoricalFeatures {
      if let wrong = categoricalFeatures.first(where: { !(0..<width).contains($0) }) {
        throw refuse("there is no feature \(wrong) among \(width)", "Count from 0.")
      }
      found = Set(categoricalFeatures).sorted().map(Category.names)
    } else {
      guard let encoding = data.encoding else {
        throw refuse(
          "the samples are not rows of a table", "Name the places of categorical features.")
      }
      found = encoding.categories
    }
    let covered = found.reduce(0) { $0 + $1.columns.count }
    guard covered > 0, covered < width else {
      throw refuse(
        covered == 0 ? "no feature is a category" : "every feature is a category",
        covered == 0 ? "Use SMOTE." : "Use RandomOverSampler.")
    }
    return found
  }
}

/// How a category stands among the numbers of a sample.
enum Category: Equatable {
  /// One number, which is a name.
  case names(Int)
  /// A number for each category, 1 for the sample's own.
  case oneHot(Range<Int>)

  var columns: Range<Int> {
    switch self {
    case .names(let place): place..<place + 1
    case .oneHot(let range): range
    }
  }
}

extension TableEncoding {
  /// Whether some columns hold categories, which lie between no two others.
  package var hasCategories: Bool { !categories.isEmpty }

  /// The columns that hold categories.
  var categories: [Category] {
    var found: [Category] = []
    var start = 0
    for column in columns {
      switch column.rule {
      case .category(let names, _): found.append(.oneHot(start..<start + names.count))
      case .lookup(let lookup, _) where lookup.outputMode == .int: found.append(.names(start))
      case .number, .lookup, .text: break
      }
      start += column.rule.width
    }
    return found
  }
}

/// Samples of one class, of numbers and categories.
private struct MixedPoints {
  let points: Points
  let categories: [Category]

  init(_ points: Points, categories: [Category]) {
    self.points = points
    self.categories = categories
  }

  /// The samples with a column for each category, so that Euclidean distances are those that are
  /// wanted: a difference in category counts as much as the median of the numbers' deviations.
  var expanded: Points {
    let categorical = Set(categories.flatMap { Array($0.columns) })
    let numbers = (0..<points.width).filter { !categorical.contains($0) }
    let deviations = numbers.map { points.column($0).standardDeviation }.sorted()
    let middle = deviations.count / 2
    let median =
      deviations.count % 2 == 1
      ? deviations[middle] : (deviations[middle - 1] + deviations[middle]) / 2
    // A difference changes two columns, whose squares add up.
    let entry = median / 2.0.squareRoot()
    var columns = numbers.map { column in points.column(column) }
    for category in categories {
      let names = (0..<points.count).map { name(category, of: $0) }
      columns += Set(names).sorted().map { name in names.map { $0 == name ? entry : 0 } }
    }
    return Points(columns: columns, count: points.count)
  }

  /// What the columns of the most frequent category among some samples hold; several if equally
  /// frequent, in order.
  func mostFrequent(_ category: Category, among samples: [Int]) -> [[Int: Double]] {
    let members = Dictionary(grouping: samples) { name(category, of: $0) }
    let most = members.values.map(\.count).max() ?? 0
    return members.filter { $0.value.count == most }.sorted { $0.key < $1.key }.map { _, members in
      Dictionary(
        uniqueKeysWithValues: category.columns.map { ($0, points[members[0], $0]) })
    }
  }

  /// The category of a sample: the number itself, or the column that is greatest, which scaling does
  /// not change.
  private func name(_ category: Category, of sample: Int) -> Double {
    switch category {
    case .names(let place): points[sample, place]
    case .oneHot(let range):
      Double(range.max { points[sample, $0] < points[sample, $1] } ?? range.lowerBound)
    }
  }
}

extension Resampler where Self == SMOTENC {
  /// Makes samples of numbers and categories between neighbours of the rarer classes.
  public static func smotenc(
    categoricalFeatures: [Int]? = nil, samplingStrategy: SamplingStrategy = .auto,
    neighbors: Int = 5
  ) -> SMOTENC {
    SMOTENC(
      categoricalFeatures: categoricalFeatures, samplingStrategy: samplingStrategy,
      neighbors: neighbors)
  }
}
