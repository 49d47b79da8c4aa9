internal import MoruArchive
internal import MoruTensors

/// Finds equal samples, and equal inputs with different targets.
struct Duplicates {
  /// Samples of equal inputs, each group ascending, of those inputs that occur more than once.
  let groups: [[Int]]
  /// Samples equal to an earlier one, target included.
  let duplicates: Int
  /// Different inputs with more than one target; nil without targets.
  let conflicts: Int?

  /// A table's rows as columns of keys, where equal keys mean equal cells.
  init(count: Int, keys: [[Int64]], targets: [Int64]?) {
    self.init(
      hashes: (0..<count).map { row in
        var hasher = Hasher()
        for column in keys { hasher.combine(column[row]) }
        return hasher.finalize()
      }, targets: targets
    ) { first, second in keys.allSatisfy { $0[first] == $0[second] } }
  }

  /// The samples of a data set, compared byte by byte.
  init(_ dataset: Dataset) {
    func hashes(_ tensors: [HostTensor]) -> [Int] {
      (0..<dataset.count).map { row in
        var hasher = Hasher()
        for tensor in tensors { Self.withRow(row, of: tensor) { hasher.combine(bytes: $0) } }
        return hasher.finalize()
      }
    }
    let tensors = dataset.features.map(\.values)
    let targets = dataset.targets.map(\.tensor)
    self.init(
      hashes: hashes(tensors), targets: targets.isEmpty ? nil : hashes(targets).map { Int64($0) }
    ) { first, second in
      tensors.allSatisfy { tensor in
        Self.withRow(first, of: tensor) { bytes in
          Self.withRow(second, of: tensor) { bytes.elementsEqual($0) }
        }
      }
    }
  }

  /// Pictures by the checksums of shape and pixels, so that they need not stay in memory.
  init(checksums: [Checksum], targets: [Int64]) {
    self.init(hashes: checksums.map(\.hashValue), targets: targets) {
      checksums[$0] == checksums[$1]
    }
  }

  /// Samples are compared in full where their hashes agree.
  private init(hashes: [Int], targets: [Int64]?, areEqual: (Int, Int) -> Bool) {
    /// The first samples of different inputs with this hash.
    var firstsByHash: [Int: [Int]] = [:]
    var members: [Int: [Int]] = [:]
    for (sample, hash) in hashes.enumerated() {
      let firsts = firstsByHash[hash] ?? []
      if let first = firsts.first(where: { areEqual($0, sample) }) {
        members[first, default: [first]].append(sample)
      } else {
        firstsByHash[hash] = firsts + [sample]
      }
    }
    groups = members.sorted { $0.key < $1.key }.map(\.value)
    let different = groups.map { group in Set(group.map { targets?[$0] ?? 0 }).count }
    duplicates = zip(groups, different).reduce(0) { $0 + $1.0.count - $1.1 }
    conflicts = targets.map { _ in different.count { $0 > 1 } }
  }

  private static func withRow<R>(
    _ row: Int, of tensor: HostTensor, _ body: (UnsafeRawBufferPointer) -> R
  ) -> R {
    tensor.withUnsafeBytes { bytes in
      let length = bytes.count / max(tensor.shape.first ?? 1, 1)
      return body(UnsafeRawBufferPointer(rebasing: bytes[row * length..<(row + 1) * length]))
    }
  }
}

extension Table.Column {
  /// A number for each cell; equal cells have equal numbers, missing ones included.
  var keys: [Int64] {
    switch values {
    case .numbers(let numbers):
      numbers.map { $0.isNaN ? Int64.min : Int64(bitPattern: ($0 + 0).bitPattern) }
    case .text(let codes, _): codes.map { Int64($0) }
    }
  }
}
