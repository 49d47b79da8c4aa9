import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// Brings probabilities that were learned at one class ratio to another, `p′ᵢ ∝ pᵢ · fieldᵢ / trainedᵢ`;
/// of scores before a softmax `x′ᵢ = xᵢ + ln(fieldᵢ / trainedᵢ)`.
///
/// It stands at the end of a model, so that whoever asks the model has answers at the field's ratio.
///
/// - Shapes: `[batch, classes] → [batch, classes]`, or `[batch, 1] → [batch, 1]` for the probability of
///   the second of two classes.
/// - Source: Saerens, Latinne, Decaestecker 2002, doi:10.1162/089976602753284446, equation 2.4.
public struct PriorShift: UnaryLayer {
  public static let kind = "PriorShift"
  public var identity = Identity()
  public let name: String?
  /// Each class's share of the samples that were learned from, above 0.
  public let trained: [Double]
  /// Each class's share in the field, at least 0.
  public let field: [Double]
  /// Whether the model gives scores before a softmax (or sigmoid), not probabilities.
  public let fromLogits: Bool

  /// A layer from one class ratio to another.
  public init(trained: [Double], field: [Double], fromLogits: Bool = false, name: String? = nil) {
    self.trained = trained
    self.field = field
    self.fromLogits = fromLogits
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let classes = trained.count
    guard x.rank == 2, x.shape[1] == classes || (x.shape[1] == 1 && classes == 2) else {
      return .failure(
        Self.kind, [x], Mismatch("it shifts \(classes) classes", "Pass [batch, \(classes)]."))
    }
    // A share of 0 rules a class out, as far as numbers reach.
    let factors = zip(field, trained).map { max($0, 1e-30) / max($1, 1e-30) }
    func constant(_ values: [Double]) -> Tensor {
      Tensor(HostTensor(values).converted(to: x.dtype))
    }
    if fromLogits {
      let steps = factors.map { log($0) }
      return x + constant(x.shape[1] == 1 ? [steps[1] - steps[0]] : steps)
    }
    if x.shape[1] == 1 {
      let yes = x * constant([factors[1]])
      return yes / (yes + (1 - x) * constant([factors[0]]))
    }
    let weighted = x * constant(factors)
    return weighted / weighted.sum(axes: [1], keepingAxes: true)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, trained, field, fromLogits
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    trained = try fields.required(.trained)
    field = try fields.required(.field)
    fromLogits = try fields.value(.fromLogits, default: false)
    guard trained.count == field.count, trained.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
      throw fields.outOfRange(.trained, "as long as field, shares above 0")
    }
    guard field.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
      throw fields.outOfRange(.field, "shares from 0 to 1")
    }
  }
}
