/// The candidate most like `name`, for "did you mean" in error texts; nil if none comes close.
///
/// A candidate is close when its distance is at most a third of the longer name's length (at
/// least one edit). Letters are compared without case; the first of equally close ones wins.
///
/// - Source: Damerau 1964, doi:10.1145/363958.363994; the optimal string alignment variant, which
///   edits no part of the name twice.
public func nearest(_ name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased())
    let limit = max(1, max(wanted.count, letters.count) / 3)
    guard abs(wanted.count - letters.count) <= limit else { continue }
    let distance = editDistance(wanted, letters)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.candidate
}

/// The least number of insertions, deletions, replacements and swaps of neighbours between two
/// words.
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for (row, left) in first.enumerated() {
    var current = [row + 1]
    for (column, right) in second.enumerated() {
      var distance = min(
        last[column + 1] + 1, current[column] + 1, last[column] + (left == right ? 0 : 1))
      if row > 0, column > 0, left == second[column - 1], first[row - 1] == right {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
