import MoruLayers
import MoruLearners
public import MoruModels
import MoruTensors
public import MoruTraining

/// Replaces kernels by products of two thinner ones, the nearest that there are, then trains: a dense
/// layer by two, a convolution by one of fewer filters and one of 1×1.
///
/// A kernel of `m` inputs and `n` outputs becomes `m × r` and `r × n` with `r = ⌊(1 − share) · m·n / (m +
/// n)⌋`, so that the share of its weights that goes is the one that is asked for. `W · V · Vᵀ`, with the
/// `r` greatest eigenvectors `V` of `Wᵀ·W`, is the nearest product of rank `r` (Eckart, Young 1936,
/// doi:10.1007/BF02288367).
///
/// - Source: Denton et al. 2014, arXiv:1404.0736.
public struct LowRankFactorization: RecoveringCompression {
  public static let name = "low-rank"
  public var shares = [0.25, 0.5, 0.75, 0.875]
  /// How the network learns on; not at all if nil.
  public var recovery: TrainingStage?

  /// Replaces kernels by products, then trains.
  public init(recovery: TrainingStage? = .recovery) { self.recovery = recovery }

  public func smaller(_ model: TrainedModel, share: Double) throws -> TrainedModel {
    try model.factorizing(share)
  }
}

extension TrainedModel {
  /// The model with products of thinner kernels in place of those of dense layers and convolutions.
  ///
  /// Layers that hold less than a hundredth of all weights stay as they are, and so do those whose
  /// product would be no smaller.
  ///
  /// - Parameter share: How much of each kernel goes, at least 0 and below 1.
  /// - Throws: `CompressionError`.
  public func factorizing(_ share: Double) throws -> TrainedModel {
    try Self.check(share: share)
    let network = try FlatNetwork(self)
    let least = weights.values.reduce(0) { $0 + $1.count } / 100
    var factored: [String: any Layer] = [:]
    var changed: [String: HostTensor?] = [:]
    for (path, layer) in network.layers where factored[path] == nil {
      guard let layer = layer as? any SizedLayer, layer.isDense,
        let kernel = network.weight(path + "/kernel"), kernel.count >= least,
        let factors = try KernelFactors(kernel, share: share)
      else { continue }
      factored[path] = Sequential(layer.factors(rank: factors.rank))
      changed[path + "/kernel"] = .some(nil)
      changed[path + "/inner/kernel"] = factors.inner
      changed[path + "/outer/kernel"] = factors.outer
      if let bias = network.weight(path + "/bias") {
        changed[path + "/bias"] = .some(nil)
        changed[path + "/outer/bias"] = bias
      }
    }
    guard !factored.isEmpty else {
      throw CompressionError.nothingToCompress(
        way: "Factorization", needs: "dense layers or convolutions with wide kernels")
    }
    return try network.model(replacing: factored, weights: changed)
  }
}

/// Two kernels whose product is nearest to one.
private struct KernelFactors {
  let rank: Int
  /// `[window…, inputs, rank]`
  let inner: HostTensor
  /// `[1…, rank, outputs]`
  let outer: HostTensor

  /// Nil if they would hold as many numbers as the kernel.
  init?(_ kernel: HostTensor, share: Double) throws {
    let columns = kernel.shape.dimensions.last ?? 1
    let rows = kernel.count / max(columns, 1)
    let rank = Int((1 - share) * Double(rows * columns) / Double(rows + columns))
    guard rank >= 1, rank < min(rows, columns) else { return nil }
    let values: [Float] = try kernel.converted(to: .float32).array()
    let matrix = values.map(Double.init)
    // Eigenvectors of the shorter side's products, as rows.
    let isTall = rows >= columns
    let square =
      isTall
      ? LinearAlgebra.gram(matrix, rows: rows, columns: columns)
      : LinearAlgebra.product(
        matrix, transposed: matrix, rows: rows, inner: columns, columns: rows)
    let size = min(rows, columns)
    guard let (_, vectors) = LinearAlgebra.leadingEigen(square, size: size, count: rank) else {
      return nil
    }
    let (left, right): ([Double], [Double])
    if isTall {
      left = LinearAlgebra.product(
        matrix, transposed: vectors, rows: rows, inner: columns, columns: rank)
      right = vectors
    } else {
      left = (0..<rows).flatMap { row in (0..<rank).map { vectors[$0 * rows + row] } }
      right = LinearAlgebra.product(vectors, matrix, rows: rank, inner: rows, columns: columns)
    }
    let windows = kernel.shape.dimensions.dropLast(2)
    let inputs = kernel.shape.dimensions.dropLast().last ?? 1
    self.rank = rank
    inner = try HostTensor(left.map(Float.init), shape: Shape(windows + [inputs, rank]))
    outer = try HostTensor(
      right.map(Float.init), shape: Shape(windows.map { _ in 1 } + [rank, columns]))
  }
}
