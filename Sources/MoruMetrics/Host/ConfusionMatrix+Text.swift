import Foundation
import MoruArchive

extension ConfusionMatrix {
  /// A pair of different classes that the model mixes up.
  public struct Confusion: Codable, Sendable, Equatable {
    /// The true class.
    public let truth: Int
    /// The class it is taken for.
    public let predicted: Int
    /// How many samples of the true class are.
    public let count: Int
  }

  /// The pairs of classes mixed up, most frequent first; equals in the matrix's order.
  public var confusions: [Confusion] {
    var found: [Confusion] = []
    for (row, rowCounts) in counts.enumerated() {
      for (column, count) in rowCounts.enumerated() where row != column && count > 0 {
        found.append(Confusion(truth: row, predicted: column, count: count))
      }
    }
    // Swift's sort is stable in practice but not by promise, so the order is spelt out.
    return found.sorted { ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted) }
  }

  /// The matrix as an aligned table for the terminal; a dot stands for 0.
  ///
  /// Where it would be wider than `maximumWidth`, columns are headed by class numbers; where even
  /// that is too wide, the most frequent confusions are listed instead.
  ///
  /// - Parameter maximumWidth: In terminal columns.
  public func text(maximumWidth: Int = 100) -> String {
    let names = labels.map { $0.truncated(toColumns: 24) }
    let named = table(rowHeads: names, columnHeads: names)
    if named.width <= maximumWidth { return named.text }
    let numbered = table(
      rowHeads: names.enumerated().map { "\($0) \($1)" },
      columnHeads: names.indices.map(String.init))
    if numbered.width <= maximumWidth { return numbered.text }
    return confusionList
  }

  private func table(rowHeads: [String], columnHeads: [String]) -> TextTable {
    var table = TextTable(["true \\ predicted"] + columnHeads + ["total"])
    for (row, support) in supports.enumerated() {
      table.append(
        [rowHeads[row]] + counts[row].map { $0 == 0 ? "·" : "\($0)" } + ["\(support)"])
    }
    return table
  }

  private var confusionList: String {
    let shown = confusions.prefix(15)
    guard !shown.isEmpty else { return "No confusions among \(labels.count) classes." }
    let supports = supports
    var table = TextTable(["true class", "taken for", "samples", "share of the true class"])
    for confusion in shown {
      table.append([
        labels[confusion.truth].truncated(toColumns: 24),
        labels[confusion.predicted].truncated(toColumns: 24),
        "\(confusion.count)",
        String(format: "%.1f %%", 100 * share(confusion.count, of: supports[confusion.truth])),
      ])
    }
    return "The most frequent confusions among \(labels.count) classes:\n" + table.text
  }
}
