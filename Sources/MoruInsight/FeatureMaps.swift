public import MoruCPU
public import MoruGraph
public import MoruModels
public import MoruTensors

extension TrainedModel {
  /// What a layer sees in a picture: each channel of its output as a grey picture, black its least
  /// and white its greatest number.
  ///
  /// - Parameters:
  ///   - path: The layer, such as `conv2d_1`; its output is `[batch, height, width, channels]`.
  ///   - picture: `[height, width, channels]`, as the model takes it.
  ///   - magnification: Rows and columns that each element becomes, at least 1.
  ///   - executor: Where it is computed.
  /// - Throws: `InsightError` for an unknown layer, a layer of other outputs or another picture.
  /// - Source: Zeiler, Fergus 2013, arXiv:1311.2901, show such maps.
  public func featureMaps(
    of path: String, for picture: HostTensor, magnification: Int = 1,
    on executor: any Executor = .cpu
  ) async throws -> PictureGrid {
    let drawing = try Drawing(of: self, picture: picture)
    let planes = try drawing.planes(of: path)
    return try PictureGrid(
      try await planes.value(on: executor), magnification: magnification)
  }

  /// What layer after layer sees in a picture, each as `featureMaps(of:for:)` shows it, all as wide as a
  /// picture of `width` pixels as far as whole steps allow.
  ///
  /// - Parameters:
  ///   - picture: `[height, width, channels]`, as the model takes it.
  ///   - paths: The layers; if nil, all whose outputs are maps of more than one place.
  ///   - width: Pixels that a map is at least as wide as, at least 1.
  ///   - executor: Where it is computed.
  /// - Returns: The grids in the order of the layers.
  /// - Throws: As for one layer; `InsightError.outOfRange` for the width.
  public func featureMaps(
    for picture: HostTensor, of paths: [String]? = nil, width: Int = 32,
    on executor: any Executor = .cpu
  ) async throws -> [(path: String, grid: PictureGrid)] {
    guard (1...1024).contains(width) else {
      throw InsightError.outOfRange("width", allowed: "from 1 to 1024")
    }
    let drawing = try Drawing(of: self, picture: picture)
    let paths = paths ?? drawing.picturePaths
    let planes = try await executor.values(of: paths.map { try drawing.planes(of: $0) })
    return try zip(paths, planes).map { path, planes in
      let magnification = min(max((width + planes.shape[2] - 1) / planes.shape[2], 1), 64)
      return (path, try PictureGrid(planes, magnification: magnification))
    }
  }

  /// A convolution's kernels as pictures on one scale: in colour if they take three channels, else
  /// each kernel's mean over its input channels.
  ///
  /// - Parameters:
  ///   - path: The layer; its kernel is `[height, width, in, out]`.
  ///   - magnification: Rows and columns that each element becomes, at least 1.
  /// - Throws: `InsightError.unknownLayer` if there is no such kernel; `.shape` if it is no picture.
  public func filters(of path: String, magnification: Int = 8) async throws -> PictureGrid {
    let kernels = weights.keys.filter { $0.hasSuffix("kernel") }
      .map { String($0.dropLast("/kernel".count)) }.sorted()
    guard let kernel = weights[path + "/kernel"] else {
      throw InsightError.unknownLayer(path, known: kernels, nearest: nil)
    }
    guard kernel.shape.rank == 4 else {
      throw InsightError.shape(
        of: "the kernel of \(path)", found: kernel.shape, needed: "[height, width, in, out]")
    }
    let isColored = kernel.shape[2] == 3
    let tensor = Tensor(kernel)
    let planes =
      isColored ? tensor.transposed([3, 0, 1, 2]) : tensor.mean(axes: [2]).transposed([2, 0, 1])
    return try PictureGrid(
      try await planes.value(on: .cpu), together: true, magnification: magnification)
  }
}
