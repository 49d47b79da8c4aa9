import MoruArchive
import MoruGraph
public import MoruTensors

/// For the bias of an LSTM, whose second quarter is the forget gate's: ones there, so that cells
/// remember at first, and another initializer for the rest.
///
/// - Source: Jozefowicz et al. 2015, ICML 37.
public struct UnitForget: Initializer {
  public static let kind = "unitForget"
  /// How the other gates' biases start.
  public let others: any Initializer

  /// Ones for the forget gate.
  public init(others: any Initializer = .zeros) { self.others = others }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .joint { [others] seed in
      let type = TensorType(.float64, shape)
      // Float64 values are always read as what they are.
      var numbers =
        (try? others.values(type: type, fan: fan, seed: seed).array(of: Double.self)) ?? []
      for place in numbers.count / 4..<numbers.count / 2 { numbers[place] = 1 }
      return numbers
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case others }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    others = try fields.initializer(.others, default: .zeros)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(InitializerBox(others), forKey: .others)
  }
}

extension Initializer where Self == UnitForget {
  /// Ones for the forget gate of an LSTM, `others` for the rest.
  public static func unitForget(others: any Initializer) -> Self { .init(others: others) }
}
