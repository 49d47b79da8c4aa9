public import Foundation
public import MoruData
public import MoruReport

/// Data held against a schema.
public struct DataValidation: Encodable, Sendable {
  /// What was held against it.
  public let source: String
  /// Whether no rule is broken; warnings break none.
  public let isValid: Bool
  /// Broken rules, then what has moved.
  public let findings: [Finding]

  /// Holds a table or a folder of pictures against a schema.
  ///
  /// - Throws: As `DataSchema.findings(at:)`.
  public init(of url: URL, against schema: DataSchema) throws {
    source = url.lastPathComponent
    findings = try schema.findings(at: url)
    isValid = !findings.contains { $0.severity == .problem }
  }

  /// The result as a page.
  public func page() -> HTMLPage {
    HTMLPage(
      title: "Validation: \(source)",
      lead: [
        isValid
          ? .note(.good, "The data keep every rule of the schema.")
          : .note(.bad, "The data break rules of the schema.")
      ],
      sections: [
        .init("Findings", findings.map { DataInspection.note($0, part: nil) })
      ])
  }
}
