import Foundation
import GoldenKit
import MoruCPU
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors

/// The rows of what layers say of their weights: initializers, regularizers and constraints.
enum WeightConformance {
  static func initializers() throws -> ConformanceSection {
    let rows = try initializerCatalog.map { initializer in
      let proof =
        switch initializer.distribution(of: [2, 2], fan: Fan([2, 2])) {
        case .constant, .joint: "known values"
        case .uniform, .normal, .truncatedNormal: "moments, bounds, distribution"
        }
      return ConformanceRow(
        name: kind(initializer), cells: [proof, try isSaved(InitializerBox(initializer))])
    }
    return ConformanceSection(
      title: "Initializers", columns: ["Tested by", "Saved"], rows: sorted(rows))
  }

  static func regularizers() async throws -> ConformanceSection {
    var rows: [ConformanceRow] = []
    for regularizer in regularizerCatalog {
      let proof = try await proof(of: "\(type(of: regularizer))", in: "regularizers") { file in
        let weight = Tensor(try file.tensor("weight").converted(to: .float32))
        let penalty = try GoldenLayer.part(file.description, as: RegularizerBox.self).regularizer
          .penalty(weight)
        return ["output": penalty, "grad.weight": gradients(of: penalty, at: [weight])[0]]
      }
      rows.append(
        ConformanceRow(
          name: kind(regularizer),
          cells: [proof.cases, "yes", try isSaved(RegularizerBox(regularizer)), proof.isOurs],
          error: proof.error))
    }
    return ConformanceSection(
      title: "Regularizers", columns: ["Cases", "Gradient", "Saved", "CPU"], rows: sorted(rows))
  }

  static func constraints() async throws -> ConformanceSection {
    var rows: [ConformanceRow] = []
    for constraint in constraintCatalog {
      let proof = try await proof(of: "\(type(of: constraint))", in: "constraints") { file in
        let weight = Tensor(try file.tensor("weight").converted(to: .float32))
        return [
          "output": try GoldenLayer.part(file.description, as: ConstraintBox.self).constraint.held(
            weight)
        ]
      }
      rows.append(
        ConformanceRow(
          name: kind(constraint),
          cells: [proof.cases, try isSaved(ConstraintBox(constraint)), proof.isOurs],
          error: proof.error))
    }
    return ConformanceSection(
      title: "Constraints", columns: ["Cases", "Saved", "CPU"], rows: sorted(rows))
  }

  private static func kind(_ part: some Any) -> String { "\(type(of: part))" }

  private static func sorted(_ rows: [ConformanceRow]) -> [ConformanceRow] {
    rows.sorted { $0.name < $1.name }
  }

  /// The largest errors of what a part computes in its golden cases.
  private static func proof(
    of kind: String, in group: String, _ compute: (GoldenFile) throws -> [String: Tensor]
  ) async throws -> (cases: String, isOurs: String, error: Double) {
    var (error, ours, cases) = (0.0, 0.0, 0)
    for name in GoldenFile.names(in: group) {
      let file = try GoldenFile(group, name)
      guard file.className == kind else { continue }
      let golden = GoldenLayerCase(
        found: try compute(file),
        expected: file.tensors.filter { $0.key == "output" || $0.key.hasPrefix("grad.") })
      error = max(error, try await golden.error(on: ReferenceExecutor()))
      ours = max(ours, try await golden.error(on: CPUExecutor.shared))
      cases += 1
    }
    return ("\(cases)", ours <= 1e-5 && cases > 0 ? "yes" : "no", error)
  }

  /// Whether a part is the same file after it was read.
  private static func isSaved<Box: Codable>(_ box: Box) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let file = try encoder.encode([box])
    let back = try JSONDecoder().decode([Box].self, from: file)
    return try encoder.encode(back) == file ? "yes" : "no"
  }
}
