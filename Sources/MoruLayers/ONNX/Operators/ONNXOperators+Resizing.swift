import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Pictures drawn in another size.
  static let resizing: [String: ONNXRule] = [
    "Resize": single { call in
      let x = try call.value(0)
      let rule = try ResizeRule(call, x)
      var result = x.tensor
      for axis in rule.axes.indices {
        result = try rule.resized(result, place: x.place(rule.axes[axis]), number: axis).checked()
      }
      return ONNXValue(result.converted(to: x.dtype), order: x.order)
    }
  ]
}

/// How a picture is drawn in another size, as ONNX's attributes describe it.
private struct ResizeRule {
  let axes: [Int]
  private var scales: [Double] = []
  private var sizes: [Int] = []
  private let mode: String
  private let coordinates: String
  private let nearest: String
  private let cubic: Double
  private let smooths: Bool
  private let excludesOutside: Bool

  init(_ call: ONNXCall, _ x: ONNXValue) throws {
    axes = try call.ints("axes")?.map { try x.axis($0) } ?? Array(0..<x.rank)
    mode = try call.expect("mode", in: ["nearest", "linear", "cubic"], default: "nearest")
    coordinates = try call.expect(
      "coordinate_transformation_mode",
      in: [
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
      ], default: "half_pixel")
    nearest = try call.expect(
      "nearest_mode", in: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"],
      default: "round_prefer_floor")
    cubic = try call.double("cubic_coeff_a", default: -0.75)
    smooths = try call.flag("antialias")
    excludesOutside = try call.flag("exclude_outside")
    let old = axes.map { x.shape[$0] }
    let allowed = 1...1 << 20
    guard old.allSatisfy(allowed.contains) else {
      throw Mismatch("it resizes axes of \(old)", "Check the file.")
    }
    if let given = call.optional(2), given.shape.elementCount > 0 {
      scales = try call.doubles(2)
      sizes = zip(old, scales).map { old, scale in
        // The product is one of Float32, as elsewhere: 0.7 of 10 is 7.
        scale > 0 && scale < 1e6 ? Int((Float(old) * Float(scale)).rounded(.down)) : -1
      }
    } else {
      sizes = try call.ints(3)
      guard sizes.count == old.count, sizes.allSatisfy(allowed.contains) else {
        throw Mismatch("its sizes are \(sizes)", "Check the file.")
      }
      scales = zip(sizes, old).map { Double($0) / Double(max($1, 1)) }
      let policy = try call.expect(
        "keep_aspect_ratio_policy", in: ["stretch", "not_larger", "not_smaller"], default: "stretch"
      )
      let extremes = (scales.min() ?? 1, scales.max() ?? 1)
      if policy != "stretch" {
        let scale = policy == "not_larger" ? extremes.0 : extremes.1
        scales = scales.map { _ in scale }
        sizes = old.map { Int((Double($0) * scale).rounded()) }
      }
    }
    guard scales.count == axes.count, sizes.allSatisfy(allowed.contains) else {
      throw Mismatch("it makes \(old) into \(sizes)", "Check the file.")
    }
  }

  /// Where a new element lies among the old ones.
  private func position(_ place: Int, _ number: Int, old: Int) -> Double {
    let (scale, size) = (scales[number], sizes[number])
    let x = Double(place)
    switch coordinates {
    case "asymmetric": return x / scale
    case "align_corners":
      let exact = Double(old) * scale
      return exact == 1 ? 0 : x * Double(old - 1) / (exact - 1)
    case "pytorch_half_pixel": return size == 1 ? 0 : (x + 0.5) / scale - 0.5
    case "half_pixel_symmetric":
      let exact = Double(old) * scale
      let offset = Double(old) / 2 * (1 - Double(size) / exact)
      return offset + (x + 0.5) / scale - 0.5
    default: return (x + 0.5) / scale - 0.5
    }
  }

  private func nearestPlace(_ position: Double) -> Int {
    switch nearest {
    case "floor": Int(position.rounded(.down))
    case "ceil": Int(position.rounded(.up))
    case "round_prefer_ceil": Int((position + 0.5).rounded(.down))
    default: Int((position - 0.5).rounded(.up))
    }
  }

  /// The share of an old element at some distance.
  private func weight(_ distance: Double) -> Double {
    let d = abs(distance)
    guard mode == "cubic" else { return max(0, 1 - d) }
    if d <= 1 { return ((cubic + 2) * d - (cubic + 3)) * d * d + 1 }
    return d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0
  }

  /// One axis drawn in its new size: each new element is a weighted sum of old ones.
  func resized(_ x: Tensor, place: Int, number: Int) throws -> Tensor {
    let old = x.shape[place]
    let size = sizes[number]
    guard scales[number] != 1 || size != old else { return x }
    func gathered(_ x: Tensor, _ places: [Int]) -> Tensor {
      let kept = places.map { Int32(min(max($0, 0), old - 1)) }
      return x.gathered(Tensor(HostTensor(kept)), axis: place)
    }
    let positions = (0..<size).map { position($0, number, old: old) }
    if mode == "nearest" { return gathered(x, positions.map(nearestPlace)) }
    let x = x.floating()
    if mode == "linear", !smooths, !excludesOutside, coordinates == "half_pixel",
      scales[number] == Double(size) / Double(old)
    {
      return x.resized(axis: place, to: size, .bilinear)
    }
    // Where pictures shrink the window may widen, so that every old element counts.
    let shrink = smooths ? max(1, 1 / scales[number]) : 1
    let reach = (mode == "cubic" ? 2 : 1) * shrink
    let count = Int(reach.rounded(.up)) * 2
    guard count <= 256 else {
      throw Mismatch("it makes \(old) into \(size)", "Export smaller steps.")
    }
    let first = positions.map { Int($0.rounded(.down)) - count / 2 + 1 }
    var shares = (0..<count).map { tap in
      positions.indices.map { place -> Double in
        let element = first[place] + tap
        let share = weight((Double(element) - positions[place]) / shrink)
        return excludesOutside && !(0..<old).contains(element) ? 0 : share
      }
    }
    if smooths || excludesOutside {
      let totals = positions.indices.map { place in shares.reduce(0) { $0 + $1[place] } }
      shares = shares.map { zip($0, totals).map { $1 == 0 ? 0 : $0 / $1 } }
    }
    let column = Shape([size] + [Int](repeating: 1, count: x.rank - place - 1))
    return shares.indices.reduce(Tensor(0)) { sum, tap in
      let share = Tensor(HostTensor(shares[tap]).converted(to: x.dtype)).reshaped(to: column)
      return sum + gathered(x, first.map { $0 + tap }) * share
    }
  }
}
