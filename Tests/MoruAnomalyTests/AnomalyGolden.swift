import GoldenKit
import MoruTensors

/// A case of `Tests/Golden/anomaly`.
struct AnomalyGolden {
  let file: GoldenFile

  init(_ name: String) throws { file = try GoldenFile("anomaly", name) }

  func tensor(_ name: String) throws -> HostTensor { try file.tensor(name).converted(to: .float32) }

  func numbers(_ name: String) throws -> [Double] {
    try file.tensor(name).converted(to: .float64).array(of: Double.self)
  }

  func integers(_ name: String) throws -> [Int] {
    try file.tensor(name).converted(to: .int64).array(of: Int64.self).map { Int($0) }
  }

  func agrees(_ found: HostTensor, _ name: String, within tolerance: Double) throws -> Bool {
    try relativeError(found.converted(to: .float64), file.tensor(name).converted(to: .float64))
      <= tolerance
  }
}
