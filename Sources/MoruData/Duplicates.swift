internal import MoruArchive
internal import MoruTensors

/// Counts equal samples, and equal inputs with different targets.
struct Duplicates {
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
    /// One input and what it occurred with.
    struct Input {
      let first: Int
      var targets: Set<Int64>
    }
    var inputsByHash: [Int: [Input]] = [:]
    var duplicates = 0
    for (sample, hash) in hashes.enumerated() {
      let target = targets?[sample] ?? 0
      var inputs = inputsByHash[hash] ?? []
      if let place = inputs.firstIndex(where: { areEqual($0.first, sample) }) {
        if !inputs[place].targets.insert(target).inserted { duplicates += 1 }
      } else {
        inputs.append(Input(first: sample, targets: [target]))
      }
      inputsByHash[hash] = inputs
    }
    self.duplicates = duplicates
    conflicts = targets.map { _ in
      inputsByHash.values.reduce(0) { $0 + $1.count { $0.targets.count > 1 } }
    }
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
