internal import CXGBoost
import Foundation

/// XGBoost's C library: gradient boosting from samples to a table of nodes.
struct Booster {
  let samples: Samples
  /// A number for each sample, or its class from 0 on.
  let labels: [Double]
  /// XGBoost's settings by name.
  let settings: [String: String]

  /// Grows trees, each of one number a leaf.
  ///
  /// - Throws: `LearnerError.xgboost` with the library's words.
  func grow(rounds: Int) throws -> TreeTable {
    let features = samples.features.map(Float.init)
    var data: DMatrixHandle?
    try Self.check(
      XGDMatrixCreateFromMat(
        features, bst_ulong(samples.count), bst_ulong(samples.width), .nan, &data))
    defer { XGDMatrixFree(data) }
    for (field, values) in [("label", labels), ("weight", samples.weights)] {
      try Self.check(
        XGDMatrixSetFloatInfo(data, field, values.map(Float.init), bst_ulong(values.count)))
    }
    var booster: BoosterHandle?
    try Self.check(XGBoosterCreate([data], 1, &booster))
    defer { XGBoosterFree(booster) }
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      try Self.check(XGBoosterSetParam(booster, name, value))
    }
    for round in 0..<rounds {
      try Self.check(XGBoosterUpdateOneIter(booster, Int32(round), data))
    }
    var length: bst_ulong = 0
    var bytes: UnsafePointer<CChar>?
    try Self.check(XGBoosterSaveModelToBuffer(booster, #"{"format":"json"}"#, &length, &bytes))
    guard let bytes else { throw LearnerError.xgboost("it saved no model") }
    return try Self.table(Data(bytes: bytes, count: Int(length)))
  }

  private static func check(_ status: Int32) throws(LearnerError) {
    guard status != 0 else { return }
    // The first line is the message; a stack trace follows.
    let text = XGBGetLastError().map { String(cString: $0) } ?? "an error without a message"
    throw .xgboost(String(text.split(separator: "\n").first ?? "an error without a message"))
  }

  private static func table(_ json: Data) throws -> TreeTable {
    let trees: [Tree]
    do {
      trees = try JSONDecoder().decode(Saved.self, from: json).learner.booster.model.trees
    } catch {
      throw LearnerError.xgboost("it saved a model that cannot be read: \(error)")
    }
    var table = TreeTable(width: 1)
    for tree in trees {
      table.beginTree()
      let start = table.count
      for node in tree.left.indices {
        table.leaf([tree.left[node] < 0 ? tree.conditions[node] : 0])
      }
      for node in tree.left.indices where tree.left[node] >= 0 {
        let (below, above) = (start + tree.left[node], start + tree.right[node])
        table.split(
          start + node, feature: tree.features[node], threshold: Float(tree.conditions[node]),
          below: below, above: above, missing: tree.defaultLeft[node] != 0 ? below : above)
      }
    }
    return table
  }

  /// A model as XGBoost saves it, as far as it matters here.
  private struct Saved: Decodable {
    struct Learner: Decodable {
      let booster: GradientBooster
      enum CodingKeys: String, CodingKey { case booster = "gradient_booster" }
    }
    struct GradientBooster: Decodable { let model: Model }
    struct Model: Decodable { let trees: [Tree] }
    let learner: Learner
  }

  private struct Tree: Decodable {
    /// The child below the condition; −1 at leaves.
    let left: [Int]
    let right: [Int]
    let features: [Int]
    /// The thresholds, and at leaves the values.
    let conditions: [Double]
    let defaultLeft: [Int]

    enum CodingKeys: String, CodingKey {
      case left = "left_children"
      case right = "right_children"
      case features = "split_indices"
      case conditions = "split_conditions"
      case defaultLeft = "default_left"
    }
  }
}
