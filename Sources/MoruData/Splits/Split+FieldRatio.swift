internal import Foundation
public import MoruTensors

extension Split {
  /// The largest random part of samples in which classes have given shares, such as the field's: what a
  /// test set has to look like for its figures to be the field's.
  ///
  /// Numbers of samples are rounded to whole ones by largest remainders.
  ///
  /// - Parameters:
  ///   - places: The samples that are drawn from.
  ///   - classes: The class of every sample, a place in `labels`.
  ///   - shares: The wanted share of each class, each at least 0 and together 1.
  /// - Returns: The places that were drawn and those that were left over, both shuffled.
  /// - Throws: `DataError.fieldRatio` if a class would have no sample though its share is above 0;
  ///   `.inconsistent` unless there is a share for each label.
  public static func drawn(
    from places: [Int], classes: [Int32], labels: [String], shares: [Double], seed: Seed
  ) throws(DataError) -> (drawn: [Int], left: [Int]) {
    guard shares.count == labels.count, shares.allSatisfy({ $0 >= 0 && $0 <= 1 }),
      abs(shares.reduce(0, +) - 1) <= 1e-6
    else { throw .inconsistent("\(shares.count) shares for \(labels.count) classes, together 1") }
    var members = [[Int]](repeating: [], count: labels.count)
    for place in places { members[Int(classes[place])].append(place) }
    let wanted = labels.indices.filter { shares[$0] > 0 }
    let total = wanted.map { Double(members[$0].count) / shares[$0] }.min() ?? 0
    let exact = shares.map { $0 * total.rounded(.down) }
    var quotas = exact.map { Int($0) }
    let byRemainder = wanted.sorted { exact[$0] - floor(exact[$0]) > exact[$1] - floor(exact[$1]) }
    for place in byRemainder.prefix(max(0, Int(total) - quotas.reduce(0, +))) {
      quotas[place] = min(quotas[place] + 1, members[place].count)
    }
    if let empty = wanted.first(where: { quotas[$0] == 0 }) {
      throw .fieldRatio(label: labels[empty], share: shares[empty], count: places.count)
    }
    var (drawn, left): ([Int], [Int]) = ([], [])
    for (place, members) in members.enumerated() {
      var generator = seed.child("field").child(place).generator
      let order = members.shuffled(using: &generator)
      drawn += order[..<quotas[place]]
      left += order[quotas[place]...]
    }
    var generator = seed.child("field order").generator
    drawn.shuffle(using: &generator)
    left.shuffle(using: &generator)
    return (drawn, left)
  }
}
