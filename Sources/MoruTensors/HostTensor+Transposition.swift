extension HostTensor {
  /// The same elements with the axes in another order: axis `i` of the result is axis `order[i]`.
  ///
  /// - Throws: `TensorError.axes` if `order` does not name each axis once.
  public func transposed(_ order: [Int]) throws(TensorError) -> HostTensor {
    guard order.sorted() == Array(shape.indices) else { throw .axes(order, rank: shape.rank) }
    let strides = shape.indices.map { axis in shape[(axis + 1)...].reduce(1, *) }
    let result = Shape(order.map { shape[$0] })
    let steps = order.map { strides[$0] }
    func moved<S>(_ elements: [S]) -> [S] {
      var places = [Int](repeating: 0, count: order.count)
      var source = 0
      return elements.indices.map { _ in
        defer {
          // The next place, last axis first, as an odometer counts.
          var axis = order.count - 1
          while axis >= 0 {
            places[axis] += 1
            source += steps[axis]
            if places[axis] < result[axis] { break }
            source -= steps[axis] * result[axis]
            places[axis] = 0
            axis -= 1
          }
        }
        return elements[source]
      }
    }
    let values: Values =
      switch values {
      case .float32(let elements): .float32(moved(elements))
      case .float64(let elements): .float64(moved(elements))
      case .bfloat16(let elements): .bfloat16(moved(elements))
      case .int32(let elements): .int32(moved(elements))
      case .int64(let elements): .int64(moved(elements))
      case .int8(let elements): .int8(moved(elements))
      case .uint8(let elements): .uint8(moved(elements))
      case .bool(let elements): .bool(moved(elements))
      }
    return HostTensor(unchecked: values, shape: result)
  }
}
