import MoruArchive
import MoruGraph
import MoruTensors

extension Scope {
  /// Numbers uniform between two; asked for in training only.
  func uniform(_ shape: Shape, _ low: Double, _ high: Double, dtype: DType) -> Tensor {
    guard let seed else { return .zeros(shape, dtype: dtype) }
    let draw = Tensor.randomUniform(shape, seed: seed, stream: nextStream(), dtype: dtype)
    return Tensor(low) + Tensor(high - low) * draw
  }

  /// A number for each picture. `[batch, 1, 1]`
  func uniform(_ factor: RandomFactor, _ pictures: Tensor, scale: Double = 1) -> Tensor {
    uniform(
      [pictures.shape[0], 1, 1], factor.low * scale, factor.high * scale,
      dtype: pictures.floating().dtype)
  }
}

/// Pictures `[batch, height, width, channels]`.
extension Tensor {
  /// Pictures whose elements come from elsewhere: `source` gives the place that an element comes
  /// from, both counted from the middle, in rows and columns.
  func sampled(
    _ fill: FillMode, _ interpolation: Interpolation,
    _ source: (_ row: Tensor, _ column: Tensor) -> (row: Tensor, column: Tensor)
  ) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let middle = (Double(height - 1) / 2, Double(width - 1) / 2)
    let rows = Tensor.iota([1, height, 1], axis: 1, dtype: dtype) - Tensor(middle.0)
    let columns = Tensor.iota([1, 1, width], axis: 2, dtype: dtype) - Tensor(middle.1)
    let place = source(rows, columns)
    let (row, column) = (place.row + Tensor(middle.0), place.column + Tensor(middle.1))
    guard interpolation == .bilinear else {
      return filled(floor(row + 0.5), floor(column + 0.5), fill)
    }
    let (top, left) = (floor(row), floor(column))
    let (down, right) = ((row - top).expanded(at: 3), (column - left).expanded(at: 3))
    func corner(_ below: Double, _ beside: Double) -> Tensor {
      filled(top + Tensor(below), left + Tensor(beside), fill)
    }
    let upper = corner(0, 0) * (1 - right) + corner(0, 1) * right
    let lower = corner(1, 0) * (1 - right) + corner(1, 1) * right
    return upper * (1 - down) + lower * down
  }

  /// The elements at whole rows and columns, which may lie beyond the borders.
  private func filled(_ row: Tensor, _ column: Tensor, _ fill: FillMode) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let y = picked(
      fill.place(row.converted(to: .int32), within: height),
      fill.place(column.converted(to: .int32), within: width))
    guard fill == .constant else { return y }
    func isInside(_ place: Tensor, _ size: Int) -> Tensor {
      (place .>= 0) .& (place .<= Tensor(Double(size - 1)))
    }
    return select((isInside(row, height) .& isInside(column, width)).expanded(at: 3), y, 0)
  }

  /// The elements at rows and columns that broadcast to `[batch, height, width]`.
  func picked(_ row: Tensor, _ column: Tensor) -> Tensor {
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    let picture = Tensor.iota([batch, 1, 1], axis: 0)
    let place =
      (picture * Tensor(Double(height)) + row) * Tensor(Double(width)) + column
    return reshaped(to: [batch * height * width, channels]).gathered(place)
  }

  /// The middle, in the proportions of another size.
  func croppedToAspect(_ height: Int, _ width: Int) -> Tensor {
    let rows = Swift.min(shape[1], Int(Double(shape[2] * height) / Double(width)))
    let columns = Swift.min(shape[2], Int(Double(shape[1] * width) / Double(height)))
    return middle(Swift.max(rows, 1), Swift.max(columns, 1))
  }

  /// The middle of so many rows and columns.
  func centerCropped(_ height: Int, _ width: Int) -> Tensor {
    let whole = enlarged(height, width)
    return whole.error == nil ? whole.middle(height, width) : whole
  }

  /// Pictures of at least so many rows and columns: those that are too small are cut to the
  /// proportions of that size and enlarged.
  func enlarged(_ height: Int, _ width: Int) -> Tensor {
    guard shape[1] < height || shape[2] < width else { return self }
    return croppedToAspect(height, width).resized(axis: 1, to: height, .bilinear)
      .resized(axis: 2, to: width, .bilinear)
  }

  private func middle(_ height: Int, _ width: Int) -> Tensor {
    let (top, left) = ((shape[1] - height) / 2, (shape[2] - width) / 2)
    return sliced(top..<top + height, axis: 1).sliced(left..<left + width, axis: 2)
  }
}

extension FillMode {
  /// Places as they are within the borders, and where to look instead beyond them.
  fileprivate func place(_ place: Tensor, within size: Int) -> Tensor {
    func remainder(_ divisor: Int) -> Tensor {
      let divisor = Tensor(Double(divisor))
      return (place % divisor + divisor) % divisor
    }
    switch self {
    case .constant, .nearest: return clip(place, 0, Tensor(Double(size - 1)))
    case .wrap: return remainder(size)
    case .reflect:
      let round = remainder(2 * size)
      return minimum(round, Tensor(Double(2 * size - 1)) - round)
    }
  }
}
