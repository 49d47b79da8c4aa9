import MoruGraph
import MoruTensors

/// How a picture is drawn in another size.
public enum Interpolation: String, Codable, Sendable, CaseIterable {
  /// The nearest element.
  case nearest
  /// The mean of the two neighbours along each axis, weighted by distance.
  case bilinear
}

extension Tensor {
  /// The elements of one axis at `size` places spread evenly: place i lies at `(i + ½) · old / size −
  /// ½`, the rule of half pixels.
  func resized(axis: Int, to size: Int, _ interpolation: Interpolation) -> Tensor {
    guard error == nil, shape[axis] != size else { return self }
    let old = shape[axis]
    let scale = Double(old) / Double(size)
    func gathered(_ places: [Int]) -> Tensor {
      let kept = places.map { Int32(Swift.min(Swift.max($0, 0), old - 1)) }
      return self.gathered(Tensor(HostTensor(kept)), axis: axis)
    }
    switch interpolation {
    case .nearest:
      return gathered((0..<size).map { Int(((Double($0) + 0.5) * scale).rounded(.down)) })
    case .bilinear:
      let places = (0..<size).map { (Double($0) + 0.5) * scale - 0.5 }
      let lower = places.map { Int($0.rounded(.down)) }
      let shares = zip(places, lower).map { $0 - Double($1) }
      let column = Shape([size] + [Int](repeating: 1, count: rank - axis - 1))
      let share = Tensor(HostTensor(shares).converted(to: dtype)).reshaped(to: column)
      let low = gathered(lower)
      return low + (gathered(lower.map { $0 + 1 }) - low) * share
    }
  }
}
