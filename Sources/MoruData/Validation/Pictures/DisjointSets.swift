/// Things that are joined into groups, pair by pair.
///
/// - Source: Tarjan 1975, doi:10.1145/321879.321884; paths are halved.
struct DisjointSets {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func root(of thing: Int) -> Int {
    var thing = thing
    while parents[thing] != thing {
      parents[thing] = parents[parents[thing]]
      thing = parents[thing]
    }
    return thing
  }

  /// Joins two groups; the earlier root leads.
  mutating func join(_ one: Int, _ other: Int) {
    let (first, second) = (root(of: one), root(of: other))
    parents[max(first, second)] = min(first, second)
  }

  /// The groups of two or more, each ascending, by their first members.
  mutating func groups() -> [[Int]] {
    var members: [Int: [Int]] = [:]
    for thing in parents.indices { members[root(of: thing), default: []].append(thing) }
    return members.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
