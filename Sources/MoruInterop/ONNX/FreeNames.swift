/// Names that nothing has yet: as asked for, or with the next number behind.
struct FreeNames {
  private var taken: Set<String>
  private var numbers: [String: Int] = [:]

  init(taken: [String] = []) { self.taken = Set(taken) }

  /// A name that is taken from now on.
  mutating func take(_ base: String) -> String {
    var name = base
    while !taken.insert(name).inserted {
      numbers[base, default: 0] += 1
      name = "\(base)_\(numbers[base, default: 0])"
    }
    return name
  }
}
