/// How many samples each class shall have after resampling, as in imbalanced-learn.
///
/// The majority is the class with most samples, the minority that with fewest, the first of equal ones;
/// a class without samples stays without.
public enum SamplingStrategy: Sendable, Equatable {
  /// `notMajority` for what adds samples, `notMinority` for what removes some.
  case auto
  /// Only the minority is resampled; for what adds samples.
  case minority
  /// Every class but the minority.
  case notMinority
  /// Every class but the majority.
  case notMajority
  /// Every class.
  case all
  /// Only the majority is resampled; for what removes samples.
  case majority
  /// Of two classes, the minority's samples to one of the majority, above 0 to 1.
  case ratio(Double)
  /// How many samples classes have afterwards, by label.
  case counts([String: Int])
  /// The classes of these labels; for what cleans, such as `TomekLinks`.
  case classes([String])
}

/// What a resampler does to the number of samples.
enum SamplingKind: String {
  case over = "adds samples"
  case under = "removes samples"
  case cleaning = "cleans"
}

/// The classes of a data set that are to be resampled.
struct SamplingTargets {
  /// The places of each class's samples; empty for a class without samples.
  let members: [[Int]]
  /// In the order of the classes: how many samples are added to a class, or kept of it.
  let counts: [(class: Int, count: Int)]

  let labels: [String]
  private let resampler: String

  /// Finds out what a strategy asks of a data set.
  ///
  /// - Throws: `DataError.noClasses`; `.resampling` for data of one class, and for a strategy that
  ///   cannot be followed.
  init(
    _ strategy: SamplingStrategy, of data: Dataset, kind: SamplingKind, resampler: String
  ) throws(DataError) {
    guard let classes = data.classes else { throw .noClasses(wanted: resampler) }
    var members = [[Int]](repeating: [], count: classes.labels.count)
    for (place, index) in classes.indices.enumerated() { members[Int(index)].append(place) }
    guard members.count(where: { !$0.isEmpty }) > 1 else {
      throw .resampling(
        resampler, problem: "all \(counted(data.count, "sample")) have one class",
        advice: "Add samples of another class, or do not resample.")
    }
    self.members = members
    self.labels = classes.labels
    self.resampler = resampler
    counts = try ClassSizes(
      members.map(\.count), labels: classes.labels, kind: kind, resampler: resampler
    ).wanted(by: strategy)
  }

  /// The samples of a class, of which each needs so many neighbours of its own class.
  func members(of place: Int, neighbors: Int) throws(DataError) -> [Int] {
    guard neighbors >= 1 else {
      throw .resampling(
        resampler, problem: counted(neighbors, "neighbour"), advice: "Use at least 1.")
    }
    guard members[place].count > neighbors else {
      throw .resampling(
        resampler,
        problem: "class '\(labels[place])' has \(counted(members[place].count, "sample")), "
          + "too few for \(counted(neighbors, "neighbour")) of each",
        advice: "Use fewer neighbours, or RandomOverSampler.")
    }
    return members[place]
  }
}

/// How many samples classes have, and what a strategy makes of that.
private struct ClassSizes {
  private let sizes: [Int]
  private let labels: [String]
  private let kind: SamplingKind
  private let resampler: String
  /// The classes that have samples, of which there is at least one.
  private let present: [Int]
  private let majority: Int
  private let minority: Int
  /// More are a slip, for which there is no memory.
  private static let mostSamples = 1 << 31

  init(_ sizes: [Int], labels: [String], kind: SamplingKind, resampler: String) {
    self.sizes = sizes
    self.labels = labels
    self.kind = kind
    self.resampler = resampler
    let present = sizes.indices.filter { sizes[$0] > 0 }
    self.present = present
    majority = present.reduce(present[0]) { sizes[$1] > sizes[$0] ? $1 : $0 }
    minority = present.reduce(present[0]) { sizes[$1] < sizes[$0] ? $1 : $0 }
  }

  /// How many samples classes are to be given, or to keep.
  func wanted(
    by strategy: SamplingStrategy
  ) throws(DataError) -> [(class: Int, count: Int)] {
    switch (strategy, kind) {
    case (.auto, .over), (.notMajority, _): return evened { $0 != majority }
    case (.auto, _), (.notMinority, _): return evened { $0 != minority }
    case (.all, _): return evened { _ in true }
    case (.minority, .over): return evened { $0 == minority }
    case (.majority, .under), (.majority, .cleaning): return evened { $0 == majority }
    case (.ratio(let ratio), .over), (.ratio(let ratio), .under): return [try brought(to: ratio)]
    case (.counts(let wanted), .over), (.counts(let wanted), .under): return try named(wanted)
    case (.classes(let named), .cleaning):
      return try named.map { label throws(DataError) in (try place(of: label), sizes[minority]) }
        .sorted { $0.class < $1.class }
    case (.minority, _), (.majority, .over), (.ratio, .cleaning), (.counts, .cleaning),
      (.classes, _):
      throw refusal("the strategy '\(strategy)' is not for what \(kind.rawValue)", "Use 'auto'.")
    }
  }

  /// Some classes brought to the size of the majority, or of the minority.
  private func evened(_ isMeant: (Int) -> Bool) -> [(class: Int, count: Int)] {
    present.filter(isMeant).map {
      ($0, kind == .over ? sizes[majority] - sizes[$0] : sizes[minority])
    }
  }

  /// One of two classes brought to a size at which the minority has so many samples to one of the other.
  private func brought(to ratio: Double) throws(DataError) -> (class: Int, count: Int) {
    guard present.count == 2 else {
      throw refusal("a ratio for \(present.count) classes", "Name the counts of each class.")
    }
    guard ratio > 0, ratio <= 1 else {
      throw refusal("a ratio of \(ratio)", "Use one above 0 and at most 1.")
    }
    let (few, many) = (Double(sizes[minority]), Double(sizes[majority]))
    let wanted = kind == .over ? many * ratio - few : few / ratio
    // Rounded towards 0, as imbalanced-learn does.
    guard kind == .over ? wanted >= 1 : wanted <= many,
      let count = Int(exactly: wanted.rounded(.towardZero))
    else {
      throw refusal(
        "the classes have \(sizes[minority]) and \(sizes[majority]) samples already, "
          + "which is not below the ratio \(ratio)",
        "Choose a greater ratio.")
    }
    return (kind == .over ? minority : majority, count)
  }

  /// Classes brought to sizes of their own.
  private func named(
    _ wanted: [String: Int]
  ) throws(DataError) -> [(class: Int, count: Int)] {
    try wanted.sorted { $0.key < $1.key }.map { label, count throws(DataError) in
      let place = try place(of: label)
      guard kind == .over ? count >= sizes[place] : (0...sizes[place]).contains(count) else {
        throw refusal(
          "\(count) samples of class '\(label)', which has \(sizes[place])",
          kind == .over ? "Name at least as many." : "Name at most as many, and at least 0.")
      }
      guard count <= Self.mostSamples else {
        throw refusal(
          "\(count) samples of class '\(label)'", "Name at most \(Self.mostSamples).")
      }
      return (place, kind == .over ? count - sizes[place] : count)
    }.sorted { $0.class < $1.class }
  }

  private func place(of label: String) throws(DataError) -> Int {
    guard let place = labels.firstIndex(of: label), sizes[place] > 0 else {
      throw refusal(
        "there is no sample of class '\(label)'", "Name classes that the samples have.")
    }
    return place
  }

  private func refusal(_ problem: String, _ advice: String) -> DataError {
    .resampling(resampler, problem: problem, advice: advice)
  }
}
