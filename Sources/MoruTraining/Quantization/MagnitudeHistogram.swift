import Foundation

/// How often magnitudes occur, in bins of equal width from 0 on.
struct MagnitudeHistogram {
  private var counts: [Int]
  private let width: Float

  /// No numbers yet.
  ///
  /// - Parameters:
  ///   - greatest: The greatest magnitude that will come.
  ///   - bins: How many bins there are up to it, at least `fewestBins`.
  init(upTo greatest: Float, bins: Int) {
    counts = [Int](repeating: 0, count: bins)
    width = greatest / Float(bins)
  }

  mutating func add(_ values: [Float]) {
    guard width > 0 else { return }
    for value in values {
      counts[min(Int(abs(value) / width), counts.count - 1)] += 1
    }
  }

  /// The magnitude that a share of all values does not exceed, to the width of a bin.
  func magnitude(ofShare share: Double) -> Float {
    let wanted = share * Double(counts.reduce(0, +))
    var seen = 0
    for (bin, count) in counts.enumerated() {
      seen += count
      if Double(seen) >= wanted { return width * Float(bin + 1) }
    }
    return width * Float(counts.count)
  }

  /// Ranges of fewer bins are not tried.
  private static let fewestBins = 128

  /// The magnitude at which numbers may be cut off so that least is lost of how they are distributed.
  ///
  /// A range of the first `n` bins is judged by `KL(P ‖ Q) = Σ P · ln(P / Q)`: P are the counts of these
  /// bins, those of all further ones added to the last; Q are the counts of these bins when only `levels`
  /// are told apart, each spread evenly over its bins that are not empty; both are brought to a sum of 1. Of
  /// equal ranges the widest is taken.
  ///
  /// - Source: Migacz 2017, "8-bit inference with TensorRT"; in the details NVIDIA's calibrator,
  ///   https://github.com/NVIDIA/TensorRT, `tools/pytorch-quantization/pytorch_quantization/calib/histogram.py`.
  func magnitude(ofLeastDivergenceIn levels: Int) -> Float {
    var counts = counts.map(Double.init)
    // Zeros are exact in any range; behind a relu they are so many that nothing else would count.
    counts[0] = counts[1]
    let total = counts.reduce(0, +)
    var inside = counts[..<Self.fewestBins].reduce(0, +)
    var best = (bins: counts.count, divergence: Double.infinity)
    for bins in Self.fewestBins...counts.count {
      let divergence = Self.divergence(
        counts[..<bins], inside: inside, outside: total - inside, levels: levels)
      if divergence <= best.divergence { best = (bins, divergence) }
      if bins < counts.count { inside += counts[bins] }
    }
    return width * Float(best.bins)
  }

  private static func divergence(
    _ counts: ArraySlice<Double>, inside: Double, outside: Double, levels: Int
  ) -> Double {
    let bins = counts.count
    var sums = [Double](repeating: 0, count: levels)
    var filled = sums
    for (bin, count) in counts.enumerated() where count > 0 {
      sums[bin * levels / bins] += count
      filled[bin * levels / bins] += 1
    }
    var divergence = 0.0
    for (bin, count) in counts.enumerated() {
      let whole = (bin == bins - 1 ? count + outside : count) / (inside + outside)
      guard whole > 0 else { continue }
      let level = bin * levels / bins
      // Infinite where an empty last bin takes all that is cut off.
      let near = count > 0 ? sums[level] / filled[level] / inside : 0
      divergence += whole * log(whole / near)
    }
    return divergence
  }
}
