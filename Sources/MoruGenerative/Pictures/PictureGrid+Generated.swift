public import MoruInsight
public import MoruTensors

extension PictureGrid {
  /// Generated pictures side by side, in one scale from the least to the greatest of their numbers.
  ///
  /// - Parameter pictures: `[count, height, width, 1 or 3]`.
  /// - Throws: `InsightError.shape` for another shape, `.outOfRange` for the magnification.
  public init(pictures: HostTensor, magnification: Int = 1) throws {
    let shape = pictures.shape
    let planes =
      shape.rank == 4 && shape[3] == 1
      ? try pictures.reshaped(to: Shape(Array(shape.dropLast()))) : pictures
    try self.init(planes, together: true, magnification: magnification)
  }
}
