internal import CKernels
internal import MoruTensors

/// The samples of a linear model as its search takes them: features of mean 0 and of a scale at which
/// their loss and its penalty bend about as much, and a column of ones for an intercept, in the blocks of
/// the engine's kernels.
struct LinearRecords {
  /// Samples in a block.
  static let blockSize = Int(CK_LINEAR_BLOCK)

  /// Number of columns: features, and perhaps the ones.
  let columns: Int
  let blockCount: Int
  /// How much each sample counts, 0 for those that fill the last block.
  let weights: Buffer<Double>
  let totalWeight: Double
  /// What features were divided by, and what was taken away before. `[features]`
  private(set) var scales: [Double] = []
  private(set) var means: [Double] = []
  /// `[blocks, columns, samples]`
  private let values: Buffer<Double>
  private let count: Int

  /// - Parameters:
  ///   - centres: Whether means are taken away.
  ///   - hasOnes: Whether there is a column for an intercept.
  ///   - penalty: What half the squared weights of features as they came are multiplied by, at least 0.
  init(_ samples: Samples, centres: Bool, hasOnes: Bool, penalty: Double) {
    let (width, size) = (samples.width, Self.blockSize)
    count = samples.count
    columns = width + (hasOnes ? 1 : 0)
    blockCount = (count + size - 1) / size
    totalWeight = samples.totalWeight
    weights = Buffer(repeating: 0, count: blockCount * size)
    for (place, weight) in samples.weights.enumerated() { weights[place] = weight }
    values = Buffer(repeating: 0, count: blockCount * size * columns)
    lay(samples, hasOnes: hasOnes)
    let total = totalWeight
    means = weightedSums().prefix(width).map { $0 / total }
    // The penalty's part keeps the bend along constant and tiny features from growing without bound.
    scales = squares(around: means).map {
      let scale = ($0 / total + penalty).squareRoot()
      return scale > 0 ? scale : 1
    }
    scale(by: scales, around: centres ? means : [Double](repeating: 0, count: width))
  }

  /// Work on parts of the blocks, side by side: each part adds to numbers of its own, which are added up
  /// in order.
  ///
  /// - Returns: The sums, `size` of them.
  func sums(
    _ size: Int, _ body: (_ blocks: Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] { Self.sums(size, blockCount, body) }

  /// `outputs[unit][sample] = Σ weights[unit][column] · value`, of a block.
  func outputs(
    _ block: Int, _ weights: UnsafePointer<Double>, units: Int,
    into outputs: UnsafeMutablePointer<Double>
  ) { ck_linear_outputs(start(block), Int64(columns), weights, Int64(units), outputs) }

  /// `gradient[unit][column] += Σ slopes[unit][sample] · value`, of a block.
  func addGradient(
    _ block: Int, _ slopes: UnsafePointer<Double>, units: Int,
    to gradient: UnsafeMutablePointer<Double>
  ) { ck_linear_gradient(start(block), Int64(columns), slopes, Int64(units), gradient) }

  /// The mean over samples of the products of columns, from blocks here and there that hold about
  /// `atLeast` samples; nil if those do not count. `[columns, columns]`
  func products(ofAbout atLeast: Int) -> [Double]? {
    let size = Self.blockSize
    let step = max(1, blockCount / max(1, (atLeast + size - 1) / size))
    let chosen = Array(stride(from: 0, to: blockCount, by: step))
    let total = chosen.reduce(0.0) { total, block in
      (0..<size).reduce(total) { $0 + weights[block * size + $1] }
    }
    guard total > 0 else { return nil }
    return Self.sums(columns * columns, chosen.count) { range, products in
      let weighed = Buffer(repeating: 0.0, count: columns * size)
      for block in chosen[range] {
        let (source, weights) = (start(block), weights(of: block))
        for place in 0..<columns * size {
          weighed.start[place] = source[place] * weights[place % size]
        }
        addGradient(block, weighed.start, units: columns, to: products)
      }
    }.map { $0 / total }
  }

  private func start(_ block: Int) -> UnsafeMutablePointer<Double> {
    values.start + block * columns * Self.blockSize
  }

  private func weights(of block: Int) -> UnsafeMutablePointer<Double> {
    weights.start + block * Self.blockSize
  }

  /// Lays rows out column by column, eight at a time, so that whole cache lines are written.
  private func lay(_ samples: Samples, hasOnes: Bool) {
    let (width, size) = (samples.width, Self.blockSize)
    samples.features.withUnsafeBufferPointer { features in
      guard let features = features.baseAddress else { return }
      Parallel.forEach(parts: min(16, blockCount), of: blockCount) { _, blocks in
        for first in stride(from: blocks.lowerBound * size, to: blocks.upperBound * size, by: 8) {
          let target = start(first / size) + first % size
          let rows = max(0, min(8, count - first))
          for column in 0..<width {
            for row in 0..<rows {
              target[column * size + row] = features[(first + row) * width + column]
            }
          }
          if hasOnes { for row in 0..<rows { target[width * size + row] = 1 } }
        }
      }
    }
  }

  private func scale(by scales: [Double], around centers: [Double]) {
    Parallel.forEach(parts: min(16, blockCount), of: blockCount) { _, blocks in
      for block in blocks {
        let rows = min(Self.blockSize, count - block * Self.blockSize)
        for column in scales.indices {
          let target = start(block) + column * Self.blockSize
          let (center, scale) = (centers[column], 1 / scales[column])
          for row in 0..<rows { target[row] = (target[row] - center) * scale }
        }
      }
    }
  }

  private func weightedSums() -> [Double] {
    sums(columns) { blocks, sums in
      for block in blocks { addGradient(block, weights(of: block), units: 1, to: sums) }
    }
  }

  /// The weighted sums of squared distances of features from their means.
  private func squares(around means: [Double]) -> [Double] {
    sums(means.count) { blocks, sums in
      for block in blocks {
        let weights = UnsafeRawPointer(weights(of: block))
        for column in means.indices {
          let source = UnsafeRawPointer(start(block) + column * Self.blockSize)
          var sum = SIMD8<Double>.zero
          for offset in stride(from: 0, to: Self.blockSize * 8, by: 64) {
            let distance =
              source.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self) - means[column]
            sum +=
              weights.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self) * distance
              * distance
          }
          sums[column] += sum.sum()
        }
      }
    }
  }

  private static func sums(
    _ size: Int, _ blockCount: Int,
    _ body: (_ blocks: Range<Int>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let parts = min(16, blockCount)
    let partial = Buffer(repeating: 0.0, count: parts * size)
    Parallel.forEach(parts: parts, of: blockCount) { part, blocks in
      body(blocks, partial.start + part * size)
    }
    return (0..<size).map { place in
      (0..<parts).reduce(0) { $0 + partial[$1 * size + place] }
    }
  }
}
