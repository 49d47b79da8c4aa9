import GoldenKit
import MoruTensors
import Testing

/// A case of `Tests/Golden/clusters`.
struct ClusterGolden {
  let file: GoldenFile

  init(_ name: String) throws { file = try GoldenFile("clusters", name) }

  func tensor(_ name: String) throws -> HostTensor { try file.tensor(name) }

  func numbers(_ name: String) throws -> [Double] {
    try file.tensor(name).converted(to: .float64).array(of: Double.self)
  }

  func integers(_ name: String) throws -> [Int] {
    try file.tensor(name).converted(to: .int64).array(of: Int64.self).map { Int($0) }
  }

  func setting(_ name: String) throws -> Settings { try file.config.value(name) }

  /// How much each record counts, if the case says so.
  var weights: [Float]? {
    get throws {
      try file.tensors["weights"]?.converted(to: .float32).array(of: Float.self)
    }
  }

  /// Whether values are those of the case, relative to the greatest.
  func agrees(_ values: HostTensor, _ name: String, within tolerance: Double) throws -> Bool {
    let expected = try tensor(name).converted(to: .float64)
    return try relativeError(values.converted(to: .float64), expected) <= tolerance
  }

  func agrees(_ values: [Double], _ name: String, within tolerance: Double) throws -> Bool {
    let expected = try HostTensor(numbers(name))
    return try relativeError(HostTensor(values), expected) <= tolerance
  }
}
