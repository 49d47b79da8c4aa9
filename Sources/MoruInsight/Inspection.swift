import Foundation

/// What the layers of a model looked like at one step of a training.
public struct Inspection: Sendable, Equatable, CustomStringConvertible {
  /// One layer.
  public struct Layer: Sendable, Equatable {
    /// The layer's path: `dense_1`.
    public let path: String
    /// The mean of its outputs.
    public let mean: Double
    /// Their standard deviation.
    public let deviation: Double
    /// The share of outputs that are 0, from 0 to 1.
    public let zeros: Double
    /// The share of outputs whose size is at least 0.99, from 0 to 1, if all outputs lie between −1 and
    /// 1, as those of tanh and sigmoid do; nil otherwise.
    public let saturated: Double?
    /// The length of the loss's gradient with respect to the layer's weights; nil for a layer that
    /// has none of its own to train.
    public let gradientNorm: Double?
    /// The root of the mean square of the gradient's elements; nil as above.
    public let gradientSize: Double?
    /// The length of the weights; nil as above.
    public let weightNorm: Double?
  }

  /// The epoch, from 1 on.
  public let epoch: Int
  /// Steps done since the training began.
  public let step: Int
  /// The layers, in the order in which they are called.
  public let layers: [Layer]

  /// A table with a row for each layer.
  public var description: String {
    let header = ["layer", "mean", "deviation", "zeros", "saturated", "gradient", "weights"]
    func cell(_ value: Double?) -> String { value.map { String(format: "%.3g", $0) } ?? "–" }
    let rows = layers.map { layer in
      [
        layer.path, cell(layer.mean), cell(layer.deviation), cell(layer.zeros),
        cell(layer.saturated), cell(layer.gradientNorm), cell(layer.weightNorm),
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).enumerated().map { column, entry in
        let space = String(repeating: " ", count: entry.1 - entry.0.count)
        return column == 0 ? entry.0 + space : space + entry.0
      }.joined(separator: "  ")
    }
    return (["epoch \(epoch), step \(step)"] + ([header] + rows).map(line))
      .joined(separator: "\n")
  }
}
