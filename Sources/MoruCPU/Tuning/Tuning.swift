/// Chooses among implementations of a step by timing them, once for each shape on a machine.
///
/// Without it the choice is a cost model's, which gives equal bits everywhere; timed choices may
/// differ between machines, and are kept so that they do not differ between runs on one.
final class Tuning {
  private var choices: TunedChoices
  private let file: TuningFile
  private var isChanged = false

  /// Takes up the choices that were made before.
  init(_ file: TuningFile) {
    self.file = file
    choices = file.read()
  }

  /// The place of the fastest of `count` implementations.
  ///
  /// - Parameters:
  ///   - key: Names the computation with everything that its time depends on.
  ///   - time: The least time of an implementation; nil if it is not there.
  func choice(_ key: String, among count: Int, time: (Int) -> Duration?) -> Int? {
    if let known = choices[key], known < count { return known }
    let times = (0..<count).compactMap { place in time(place).map { (place: place, time: $0) } }
    guard let best = times.min(by: { $0.time < $1.time }) else { return nil }
    choices[key] = best.place
    isChanged = true
    return best.place
  }

  /// Keeps new choices for later processes; a file that cannot be written is done without.
  func save() {
    guard isChanged else { return }
    isChanged = false
    choices.add(file.read())
    file.write(choices)
  }
}

/// The implementations that were fastest, by computation; the oldest go when there are too many.
struct TunedChoices: Codable, Equatable {
  /// So many shapes occur in hundreds of models.
  static let limit = 8192

  private struct Entry: Codable, Equatable {
    let key: String
    let choice: Int
  }

  private var entries: [Entry] = []
  private var places: [String: Int] = [:]

  init() {}

  var count: Int { entries.count }

  subscript(key: String) -> Int? {
    get { places[key].map { entries[$0].choice } }
    set {
      guard let newValue, places[key] == nil else { return }
      places[key] = entries.count
      entries.append(Entry(key: key, choice: newValue))
      if entries.count > Self.limit { self = TunedChoices(entries.suffix(Self.limit / 2)) }
    }
  }

  /// Adds choices that other processes have made meanwhile; the present ones stay.
  mutating func add(_ others: TunedChoices) {
    for entry in others.entries.reversed() { self[entry.key] = entry.choice }
  }

  private init(_ entries: some Sequence<Entry>) {
    for entry in entries where entry.choice >= 0 { self[entry.key] = entry.choice }
  }

  init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Entry].self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(entries)
  }
}
