internal import MoruArchive
internal import MoruMetrics

extension TrainingSettings {
  /// What mistakes cost, for the classes of some data; nil if nothing is said.
  ///
  /// - Throws: `PlacedError` for a class that the data do not have, or data without classes.
  func costMatrix(labels: [String]?) throws -> CostMatrix? {
    guard let costs else { return nil }
    let path = ["training", "costs"].map(AnyKey.init(stringValue:))
    guard let labels else {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "costs", in: "training", allowed: "left out for targets that are not classes"),
        at: path)
    }
    func place(_ label: String, _ path: [any CodingKey]) throws -> Int {
      guard let place = labels.firstIndex(of: label) else {
        throw PlacedError(ConfigurationError.unknown(label, of: "class", among: labels), at: path)
      }
      return place
    }
    var matrix = labels.map { _ in labels.map { _ in 0.0 } }
    for (truth, answers) in costs.sorted(by: { $0.key < $1.key }) {
      let truthPath = path + [AnyKey(stringValue: truth)]
      let row = try place(truth, truthPath)
      for (answer, cost) in answers.sorted(by: { $0.key < $1.key }) {
        matrix[row][try place(answer, truthPath + [AnyKey(stringValue: answer)])] = cost
      }
    }
    return try CostMatrix(costs: matrix)
  }
}
