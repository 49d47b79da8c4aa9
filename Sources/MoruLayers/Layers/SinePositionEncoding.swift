import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// The input plus sines and cosines of the time step, so that order can be told: feature 2i gets
/// `sin(t / w)`, feature 2i + 1 `cos(t / w)` with `w = maxWavelength^(2i / features)`.
///
/// - Shapes: `[batch, time, features] → [batch, time, features]`.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
public struct SinePositionEncoding: UnaryLayer {
  public static let kind = "SinePositionEncoding"
  public var identity = Identity()
  public let name: String?
  /// The wavelength that the last features come near to, in steps over 2π, above 0.
  public let maxWavelength: Double

  /// Adds sines of wavelengths up to `maxWavelength`.
  public init(maxWavelength: Double = 10_000, name: String? = nil) {
    self.maxWavelength = maxWavelength
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size1D.refusedRank(Self.kind, x) { return failed }
    guard maxWavelength > 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its greatest wavelength is \(maxWavelength)", "Choose one above 0."))
    }
    let x = x.floating()
    let (time, features) = (x.shape[1], x.shape[2])
    let waves = (0..<time).flatMap { step in
      (0..<features).map { feature in
        let share = Double(feature / 2 * 2) / Double(features)
        let angle = Double(step) * pow(maxWavelength, -share)
        return feature % 2 == 0 ? sin(angle) : cos(angle)
      }
    }
    let table = Tensor(HostTensor(waves).converted(to: x.dtype)).reshaped(to: [time, features])
    return x + table
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, maxWavelength
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    maxWavelength = try fields.value(.maxWavelength, default: 10_000)
    guard maxWavelength > 0 else {
      throw fields.outOfRange(.maxWavelength, "above 0, not \(maxWavelength)")
    }
  }
}
