extension HostTensor: CustomStringConvertible {
  /// The elements in nested brackets with their type and shape; long axes show three entries at
  /// each end.
  public var description: String {
    let prefix = "\(dtype.shortName)\(shape.dimensions)"
    guard count > 0 else { return "\(prefix) []" }
    var text = ""
    write(axis: 0, offset: 0, strides: shape.strides, into: &text)
    return "\(prefix) \(text)"
  }

  private func write(axis: Int, offset: Int, strides: [Int], into text: inout String) {
    guard axis < shape.rank else {
      text += element(at: offset)
      return
    }
    let edge = 3
    let size = shape[axis]
    let isInnermost = axis == shape.rank - 1
    let separator = isInnermost ? ", " : ",\n" + String(repeating: " ", count: axis + 1)
    text += "["
    for index in 0..<size {
      if size > 2 * edge + 1, index == edge { text += separator + "…" }
      if size > 2 * edge + 1, (edge..<size - edge).contains(index) { continue }
      if index > 0 { text += separator }
      write(axis: axis + 1, offset: offset + index * strides[axis], strides: strides, into: &text)
    }
    text += "]"
  }

  private func element(at offset: Int) -> String {
    switch values {
    case .float32(let array): "\(array[offset])"
    case .float64(let array): "\(array[offset])"
    case .bfloat16(let array): "\(array[offset])"
    case .int32(let array): "\(array[offset])"
    case .int64(let array): "\(array[offset])"
    case .int8(let array): "\(array[offset])"
    case .uint8(let array): "\(array[offset])"
    case .bool(let array): "\(array[offset])"
    }
  }
}
