import Foundation
import MoruArchive
import MoruGraph

/// `exp(mean of −log p(target))`: among how many equally likely tokens a language model is as
/// undecided; 1 is the best.
///
/// - Shapes: target `[batch, …]` or `[batch, …, 1]` whole numbers, prediction `[batch, …, classes]`.
public struct Perplexity: ClassEntropyMetric {
  public static let kind = "perplexity"
  /// Whether predictions are logits rather than probabilities.
  public let fromLogits: Bool
  /// The class number of places that do not count, such as padding; nil if all do.
  public let ignoreClass: Int?

  /// How many tokens a language model wavers between.
  public init(fromLogits: Bool = false, ignoreClass: Int? = nil) {
    self.fromLogits = fromLogits
    self.ignoreClass = ignoreClass
  }

  public func value(sums: [[Double]]) -> Double { exp(sums[0][0] / sums[1][0]) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case fromLogits, ignoreClass }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    fromLogits = try fields.value(.fromLogits, default: false)
    ignoreClass = try fields.optional(.ignoreClass)
  }
}

extension Metric where Self == Perplexity {
  /// How many tokens a language model wavers between.
  public static var perplexity: Self { .init() }
  /// How many tokens a language model wavers between.
  public static func perplexity(
    fromLogits: Bool = false, ignoreClass: Int? = nil
  ) -> Self {
    .init(fromLogits: fromLogits, ignoreClass: ignoreClass)
  }
}
