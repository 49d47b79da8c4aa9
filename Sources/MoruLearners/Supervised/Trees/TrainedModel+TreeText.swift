import Foundation
import MoruArchive
import MoruData
import MoruLayers
public import MoruModels
import MoruTensors

extension TrainedModel {
  /// One of the model's trees, or the rules of a model of rules, as text: a question on each line, its
  /// answers below.
  ///
  /// ```text
  /// petal length < 2.45?
  ///   yes: setosa (100 %)
  ///   no: petal width < 1.75?
  ///     yes: versicolor (91 %)
  ///     no: virginica (98 %)
  /// ```
  ///
  /// - Parameter tree: Which tree, from 0 on; of boosted classes each round has one for each class.
  /// - Throws: `LearnerError.notOf` if the model has no such tree.
  public func treeText(_ tree: Int = 0) throws -> String {
    guard let call = declaration.calls.first(where: { $0.kind == DecisionTrees.kind }) else {
      throw LearnerError.notOf(learner: "a learner of trees")
    }
    func numbers(_ name: String) throws -> [Float] {
      try weights["\(call.path)/\(name)"]?.array(of: Float.self) ?? []
    }
    let roots = try numbers("root")
    guard roots.indices.contains(tree) else {
      throw LearnerError.notOf(learner: "a learner of more than \(tree) trees")
    }
    let text = TreeText(
      features: try numbers("feature").map { Int($0) }, thresholds: try numbers("threshold"),
      children: try numbers("children").map { Int($0) }, values: try numbers("value"),
      questions: Questions(self), labels: signature.outputs[0].classLabels)
    return text.lines(from: Int(roots[tree])).joined(separator: "\n")
  }
}

/// A tree that writes itself down.
private struct TreeText {
  let features: [Int]
  let thresholds: [Float]
  let children: [Int]
  let values: [Float]
  let questions: Questions
  let labels: [String]?

  func lines(from root: Int) -> [String] {
    var lines: [String] = []
    // A list rather than recursion: trees may be as deep as there are samples.
    var pending = [(node: root, depth: 0, lead: "")]
    while let (node, depth, lead) = pending.popLast() {
      let start = String(repeating: "  ", count: depth) + lead
      let (below, above) = (children[3 * node], children[3 * node + 1])
      guard below != node else {
        lines.append(start + answer(node))
        continue
      }
      let (question, isAboutAbove) = questions.text(features[node], thresholds[node])
      lines.append(start + question)
      let (yes, no) = isAboutAbove ? (above, below) : (below, above)
      pending.append((no, depth + 1, "no: "))
      pending.append((yes, depth + 1, "yes: "))
    }
    return lines
  }

  private func answer(_ node: Int) -> String {
    let width = values.count / features.count
    let leaf = values[node * width..<(node + 1) * width]
    let sum = leaf.reduce(0, +)
    guard let labels, labels.count == width, sum > 0, leaf.allSatisfy({ $0 >= 0 }) else {
      return leaf.map { Double($0).significant }.joined(separator: ", ")
    }
    let best = leaf.indices.reduce(leaf.startIndex) { leaf[$1] > leaf[$0] ? $1 : $0 }
    let share = String(format: "%.0f", 100 * Double(leaf[best] / sum))
    return "\(labels[best - leaf.startIndex]) (\(share) %)"
  }
}

/// How features are asked about.
private struct Questions {
  private let names: [String]
  private let isWord: [Bool]

  init(_ model: TrainedModel) {
    let input = model.signature.inputs[0]
    let count = input.shape.elementCount
    if let table = input.content.table, table.featureNames.count == count {
      names = table.featureNames
      isWord = table.columns.flatMap { column in
        let isCategory = if case .category = column.rule { true } else { false }
        return [Bool](repeating: isCategory, count: column.rule.width)
      }
    } else {
      names = (0..<count).map { "feature \($0)" }
      isWord = [Bool](repeating: false, count: count)
    }
  }

  /// A question, and whether it is yes from the threshold on rather than below.
  func text(_ feature: Int, _ threshold: Float) -> (question: String, isAboutAbove: Bool) {
    isWord[feature]
      ? ("\(names[feature])?", true)
      : ("\(names[feature]) < \(Double(threshold).significant)?", false)
  }
}
