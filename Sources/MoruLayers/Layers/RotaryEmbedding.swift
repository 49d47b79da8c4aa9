import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// Pairs of features rotated by angles that grow with the time step, so that products of queries and
/// keys depend on their distance alone.
///
/// With `θᵢ = t · maxWavelength^(−2i / features)` features i and `features/2 + i` become
/// `x·cos θ − y·sin θ` and `y·cos θ + x·sin θ`.
///
/// - Shapes: `[batch, time, …, features] → [batch, time, …, features]`, an even number of features.
/// - Source: Su et al. 2021, arXiv:2104.09864; pairs lie half the features apart.
public struct RotaryEmbedding: UnaryLayer {
  public static let kind = "RotaryEmbedding"
  public var identity = Identity()
  public let name: String?
  /// The wavelength that the last pair comes near to, in steps over 2π, above 0.
  public let maxWavelength: Double

  /// Rotates features by the time step.
  public init(maxWavelength: Double = 10_000, name: String? = nil) {
    self.maxWavelength = maxWavelength
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func refused(_ reason: String, _ remedy: String) -> Tensor {
      .failure(Self.kind, [x], Mismatch(reason, remedy))
    }
    guard x.rank >= 3 else {
      return refused(
        "its input has rank \(x.rank), less than 3", "Pass [batch, time, …, features].")
    }
    guard x.shape[x.rank - 1].isMultiple(of: 2) else {
      return refused(
        "its input has \(x.shape[x.rank - 1]) features, which make no pairs",
        "Pass an even number of features.")
    }
    guard maxWavelength > 0 else {
      return refused("its wavelength is \(maxWavelength)", "Choose a wavelength above 0.")
    }
    let x = x.floating()
    let (time, half) = (x.shape[1], x.shape[x.rank - 1] / 2)
    let angles = (0..<time).flatMap { step in
      (0..<half).map { Double(step) * pow(maxWavelength, -Double($0) / Double(half)) }
    }
    func table(_ function: (Double) -> Double) -> Tensor {
      let between = [Int](repeating: 1, count: x.rank - 3)
      return Tensor(HostTensor(angles.map(function)).converted(to: x.dtype))
        .reshaped(to: Shape([time] + between + [half]))
    }
    let (cosine, sine) = (table { cos($0) }, table { sin($0) })
    let first = x.sliced(0..<half, axis: -1)
    let second = x.sliced(half..<2 * half, axis: -1)
    return concatenate(
      [first * cosine - second * sine, second * cosine + first * sine], axis: -1)
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
