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
  /// Of two classes, the minority's samples to one of the majority, above 0.
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
  private let kind: SamplingKind

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
    self.kind = kind
    counts = try Self.counts(
      strategy, sizes: members.map(\.count), labels: classes.labels, kind, resampler)
  }

  private static func counts(
    _ strategy: SamplingStrategy, sizes: [Int], labels: [String], _ kind: SamplingKind,
    _ resampler: String
  ) throws(DataError) -> [(class: Int, count: Int)] {
    let present = sizes.indices.filter { sizes[$0] > 0 }
    let majority = present.reduce(present[0]) { sizes[$1] > sizes[$0] ? $1 : $0 }
    let minority = present.reduce(present[0]) { sizes[$1] < sizes[$0] ? $1 : $0 }
    func all(but left: Int? = nil, only: Int? = nil) -> [(class: Int, count: Int)] {
      present.filter { $0 != left && (only == nil || $0 == only) }.map {
        ($0, kind == .over ? sizes[majority] - sizes[$0] : sizes[minority])
      }
    }
    func refuse(_ problem: String, _ advice: String) -> DataError {
      .resampling(resampler, problem: problem, advice: advice)
    }
    switch (strategy, kind) {
    case (.auto, .over), (.notMajority, _): return all(but: majority)
    case (.auto, _), (.notMinority, _): return all(but: minority)
    case (.all, _): return all()
    case (.minority, .over): return all(only: minority)
    case (.majority, .under), (.majority, .cleaning): return all(only: majority)
    case (.ratio(let ratio), .over), (.ratio(let ratio), .under):
      guard present.count == 2 else {
        throw refuse("a ratio for \(present.count) classes", "Name the counts of each class.")
      }
      guard ratio > 0, ratio.isFinite else {
        throw refuse("a ratio of \(ratio)", "Use one above 0.")
      }
      let rest = kind == .over ? minority : majority
      // Rounded towards 0, as imbalanced-learn does.
      let wanted =
        kind == .over
        ? Double(sizes[majority]) * ratio - Double(sizes[minority])
        : Double(sizes[minority]) / ratio
      guard kind == .over ? wanted >= 1 : wanted <= Double(sizes[majority]),
        let count = Int(exactly: wanted.rounded(.towardZero))
      else {
        throw refuse(
          "the classes have \(sizes[minority]) and \(sizes[majority]) samples already, "
            + "which is not below the ratio \(ratio)",
          "Choose a greater ratio.")
      }
      return [(rest, count)]
    case (.counts(let wanted), .over), (.counts(let wanted), .under):
      return try wanted.sorted { $0.key < $1.key }.map { label, count throws(DataError) in
        let place = try Self.place(of: label, labels, sizes, resampler)
        guard kind == .over ? count >= sizes[place] : (0...sizes[place]).contains(count) else {
          throw refuse(
            "\(count) samples of class '\(label)', which has \(sizes[place])",
            kind == .over ? "Name at least as many." : "Name at most as many, and at least 0.")
        }
        return (place, kind == .over ? count - sizes[place] : count)
      }.sorted { $0.class < $1.class }
    case (.classes(let named), .cleaning):
      return try named.map { label throws(DataError) in
        (try Self.place(of: label, labels, sizes, resampler), sizes[minority])
      }.sorted { $0.class < $1.class }
    case (.minority, _), (.majority, .over), (.ratio, .cleaning), (.counts, .cleaning),
      (.classes, _):
      throw refuse(
        "the strategy '\(strategy)' is not for what \(kind.rawValue)", "Use 'auto'.")
    }
  }

  private static func place(
    of label: String, _ labels: [String], _ sizes: [Int], _ resampler: String
  ) throws(DataError) -> Int {
    guard let place = labels.firstIndex(of: label), sizes[place] > 0 else {
      throw .resampling(
        resampler, problem: "there is no sample of class '\(label)'",
        advice: "Name classes that the samples have.")
    }
    return place
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
