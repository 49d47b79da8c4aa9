extension HostTensor {
  /// The same elements, in the same order, under another shape.
  ///
  /// - Throws: `TensorError.countMismatch` if the shapes hold different numbers of elements.
  public func reshaped(to shape: Shape) throws(TensorError) -> HostTensor {
    guard shape.elementCount == count else {
      throw .countMismatch(count: count, shape: shape)
    }
    return HostTensor(unchecked: values, shape: shape)
  }

  /// The elements at `range` of one axis; all of the other axes. `[n, …] → [range.count, …]`
  ///
  /// - Throws: `TensorError.outOfRange` if the axis or the range does not exist.
  public func slice(_ range: Range<Int>, axis: Int = 0) throws(TensorError) -> HostTensor {
    guard let place = shape.axis(axis) else {
      throw .outOfRange(range: range, axis: axis, size: 0)
    }
    let size = shape[place]
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw .outOfRange(range: range, axis: axis, size: size)
    }
    if range.count == size { return self }
    var dimensions = shape.dimensions
    dimensions[place] = range.count
    let outer = shape[..<place].reduce(1, *)
    let inner = shape[(place + 1)...].reduce(1, *) * dtype.byteCount
    return HostTensor(shape: Shape(dimensions), dtype: dtype) { target in
      withUnsafeBytes { source in
        let length = range.count * inner
        for block in 0..<outer {
          let start = (block * size + range.lowerBound) * inner
          UnsafeMutableRawBufferPointer(rebasing: target[block * length..<(block + 1) * length])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + length]))
        }
      }
    }
  }

  /// The rows (entries of the first axis) named by `indices`, in that order, repeats allowed.
  /// `[n, …] → [indices.count, …]`
  ///
  /// - Throws: `TensorError.outOfRange` for an index outside the first axis.
  public func rows(_ indices: [Int]) throws(TensorError) -> HostTensor {
    guard let size = shape.first else { throw .outOfRange(range: 0..<0, axis: 0, size: 0) }
    for index in indices where index < 0 || index >= size {
      throw .outOfRange(range: index..<index + 1, axis: 0, size: size)
    }
    let length = shape.dropFirst().reduce(1, *) * dtype.byteCount
    let result = Shape([indices.count] + shape.dimensions.dropFirst())
    return HostTensor(shape: result, dtype: dtype) { target in
      withUnsafeBytes { source in
        for (row, index) in indices.enumerated() {
          UnsafeMutableRawBufferPointer(rebasing: target[row * length..<(row + 1) * length])
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: source[index * length..<(index + 1) * length]))
        }
      }
    }
  }

  /// The entries of one axis named by `indices`, in that order, repeats allowed; all of the other axes.
  ///
  /// - Throws: `TensorError.outOfRange` for an axis that does not exist and an index outside it.
  public func taking(_ indices: [Int], axis: Int) throws(TensorError) -> HostTensor {
    guard let place = shape.axis(axis) else { throw .outOfRange(range: 0..<0, axis: axis, size: 0) }
    let (outer, size) = (shape[..<place].reduce(1, *), shape[place])
    for index in indices where index < 0 || index >= size {
      throw .outOfRange(range: index..<index + 1, axis: axis, size: size)
    }
    var dimensions = shape.dimensions
    dimensions[place] = indices.count
    let inner = shape.dimensions[(place + 1)...]
    let flat = try reshaped(to: Shape([outer * size] + inner))
    let rows = (0..<outer).flatMap { block in indices.map { block * size + $0 } }
    return try flat.rows(rows).reshaped(to: Shape(dimensions))
  }

  /// Tensors joined along their first axis.
  ///
  /// - Throws: `TensorError.cannotJoin` if their other axes or element types differ, or if there
  ///   is none.
  public static func concatenated(_ parts: [HostTensor]) throws(TensorError) -> HostTensor {
    guard let first = parts.first else { throw .cannotJoin("there are none") }
    for part in parts {
      guard part.dtype == first.dtype else {
        throw .cannotJoin("\(first.dtype.rawValue) and \(part.dtype.rawValue)")
      }
      guard part.shape.rank > 0, first.shape.rank > 0,
        part.shape.dropFirst().elementsEqual(first.shape.dropFirst())
      else { throw .cannotJoin("shapes \(first.shape) and \(part.shape)") }
    }
    if parts.count == 1 { return first }
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    return HostTensor(
      shape: Shape([rows] + first.shape.dimensions.dropFirst()), dtype: first.dtype
    ) { target in
      var offset = 0
      for part in parts {
        part.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + source.count])
            .copyMemory(from: source)
          offset += source.count
        }
      }
    }
  }

  /// Tensors of one shape and type, laid side by side on a new first axis.
  ///
  /// - Throws: `TensorError.cannotJoin` if they differ or there is none.
  public static func stacked(_ parts: [HostTensor]) throws(TensorError) -> HostTensor {
    var rows: [HostTensor] = []
    for part in parts {
      rows.append(HostTensor(unchecked: part.values, shape: Shape([1] + part.shape.dimensions)))
    }
    return try concatenated(rows)
  }
}
