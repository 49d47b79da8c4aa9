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
    let output = try drawing.output(of: path)
    guard output.rank == 4 else {
      throw InsightError.shape(
        of: "the output of \(path)", found: output.shape,
        needed: "[batch, height, width, channels]")
    }
    let planes = output.transposed([0, 3, 1, 2])
      .reshaped(to: [output.shape[3], output.shape[1], output.shape[2]])
    return try PictureGrid(
      try await planes.value(on: executor), magnification: magnification)
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
