public import MoruTensors

extension Tensor {
  /// A scalar 0 of an element type.
  static func zero(_ dtype: DType) -> Tensor { Tensor(HostTensor.zeros([], dtype: dtype)) }

  /// Zeros.
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    zero(dtype).broadcast(to: shape)
  }

  /// Ones.
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    Tensor(HostTensor(1.0).converted(to: dtype)).broadcast(to: shape)
  }

  /// Each element is its index along `axis`.
  public static func iota(_ shape: Shape, axis: Int = 0, dtype: DType = .int32) -> Tensor {
    apply(.iota(Iota(type: TensorType(dtype, shape), axis: axis)))
  }

  /// Numbers uniform in [0, 1), a pure function of `seed` (i64[2]: key and step), `stream` and the
  /// element's place.
  public static func randomUniform(
    _ shape: Shape, seed: Tensor, stream: UInt32, dtype: DType = .float32
  ) -> Tensor {
    apply(.randomUniform(RandomUniform(type: TensorType(dtype, shape), stream: stream)), seed)
  }

  /// Numbers of the standard normal distribution, by the Box–Muller transform.
  ///
  /// - Source: Box, Muller 1958, doi:10.1214/aoms/1177706645.
  public static func randomNormal(
    _ shape: Shape, seed: Tensor, stream: UInt32, dtype: DType = .float32
  ) -> Tensor {
    let pair = randomUniform(
      Shape([2] + shape.dimensions), seed: seed, stream: stream, dtype: dtype)
    let radius = sqrt(-2 * log1p(-pair.sliced(0..<1).reshaped(to: shape)))
    return radius * cos(Tensor(2 * Double.pi) * pair.sliced(1..<2).reshaped(to: shape))
  }

  /// The same numbers as another element type.
  public func converted(to dtype: DType) -> Tensor {
    dtype == self.dtype && !vertex.isWeak ? self : .apply(.convert(dtype), self)
  }

  /// The same elements under another shape. `[…] → shape`
  public func reshaped(to shape: Shape) -> Tensor {
    shape == self.shape ? self : .apply(.reshape(shape), self)
  }

  /// Axes in another order: axis i of the result is axis `permutation[i]`.
  public func transposed(_ permutation: [Int]) -> Tensor {
    permutation == Array(0..<rank)
      ? self : .apply(.transpose(Transpose(permutation: permutation)), self)
  }

  /// The elements repeated to `shape` by NumPy's rule: missing leading axes and axes of size 1.
  public func broadcast(to shape: Shape) -> Tensor {
    guard shape != self.shape, error == nil else { return self }
    let axes = Array((shape.rank - rank)..<shape.rank)
    return .apply(.broadcast(Broadcast(shape: shape, axes: axes)), self)
  }

  /// The elements at `range` of one axis, every `stride`-th; all of the other axes.
  public func sliced(_ range: Range<Int>, axis: Int = 0, stride: Int = 1) -> Tensor {
    guard error == nil else { return self }
    guard let place = shape.axis(axis) else { return noAxis("slice", axis) }
    var starts = [Int](repeating: 0, count: rank)
    var limits = shape.dimensions
    var strides = [Int](repeating: 1, count: rank)
    (starts[place], limits[place], strides[place]) = (range.lowerBound, range.upperBound, stride)
    return .apply(.slice(Slice(starts: starts, limits: limits, strides: strides)), self)
  }

  /// Surrounded by `value`: `low` and `high` elements for each axis.
  public func padded(low: [Int], high: [Int], value: Tensor = 0) -> Tensor {
    let rule = Pad(low: low, high: high, interior: low.map { _ in 0 })
    return .apply(.pad(rule), self, value.adopting(dtype))
  }

  /// The elements in opposite order along some axes.
  public func reversed(axes: [Int]) -> Tensor {
    guard error == nil else { return self }
    let places = axes.compactMap { shape.axis($0) }
    guard places.count == axes.count else {
      return noAxis("reverse", axes.first { shape.axis($0) == nil } ?? 0)
    }
    return .apply(.reverse(Reverse(axes: places)), self)
  }

  /// A new axis of size 1 at place `axis`.
  public func expanded(at axis: Int) -> Tensor {
    guard error == nil else { return self }
    let place = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(place) else { return noAxis("expand", axis) }
    var dimensions = shape.dimensions
    dimensions.insert(1, at: place)
    return reshaped(to: Shape(dimensions))
  }

  /// The entries of one axis named by indices. `(x [a…, n, b…], indices [i…]) → [a…, i…, b…]`
  public func gathered(_ indices: Tensor, axis: Int = 0) -> Tensor {
    guard error == nil else { return self }
    guard let place = shape.axis(axis) else { return noAxis("gather", axis) }
    return .apply(.gather(Gather(axis: place)), self, indices)
  }

  /// One where the index along a new last axis equals the element, zero elsewhere.
  /// `whole numbers […] → [… , depth]`
  public func oneHot(depth: Int, dtype: DType = .float32) -> Tensor {
    guard error == nil else { return self }
    // UInt8 could not count past 255.
    let indices = self.dtype == .uint8 ? converted(to: .int32) : self
    let places = Tensor.iota([depth], dtype: indices.dtype)
    return (indices.expanded(at: rank) .== places).converted(to: dtype)
  }

  /// The value itself, with no gradient through it.
  public func stoppingGradient() -> Tensor { aliased(.stop) }

  func noAxis(_ operation: String, _ axis: Int) -> Tensor {
    .failure(
      operation, [self],
      Mismatch(
        "there is no axis \(axis) in shape \(shape)",
        rank == 0 ? "A scalar has no axes." : "Choose an axis in \(-rank)..<\(rank)."))
  }
}

/// Tensors one after another along one axis.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  let place = tensors.first?.shape.axis(axis) ?? axis
  return Tensor.applyAll(.concatenate(Concatenation(axis: place)), tensors)[0]
}
