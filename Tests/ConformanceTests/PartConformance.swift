import Foundation
import GoldenKit
import MoruArchive
import MoruCPU
import MoruGraph
import MoruReference

/// The golden cases of a family of parts.
struct GoldenProof: Sendable {
  /// The folder of the cases.
  let group: String
  /// Whether the cases have gradients.
  var hasGradients = false
  /// The part of ours that a case is about.
  let part: @Sendable (GoldenFile) throws -> any NamedPart
  /// The largest relative error of a case's values on an executor, in Float32.
  let error: @Sendable (GoldenFile, any Executor) async throws -> Double
}

extension ConformanceSection {
  /// A table of parts that files name by their kind.
  ///
  /// - Parameters:
  ///   - title: The heading.
  ///   - parts: One of each kind: a catalogue.
  ///   - proof: Their golden cases; nil for a family that has tests of its own instead.
  init(_ title: String, _ parts: [any NamedPart], proof: GoldenProof? = nil) async throws {
    var golden: [String: [(file: GoldenFile, part: any NamedPart)]] = [:]
    for name in proof.map({ GoldenFile.names(in: $0.group) }) ?? [] {
      guard let proof else { break }
      let file = try GoldenFile(proof.group, name)
      let part = try proof.part(file)
      golden[type(of: part).kind, default: []].append((file, part))
    }
    var rows: [ConformanceRow] = []
    for part in parts {
      let cases = golden[type(of: part).kind] ?? []
      var (error, ours) = (0.0, 0.0)
      for (file, _) in cases {
        error = max(error, try await proof?.error(file, ReferenceExecutor()) ?? 0)
        ours = max(ours, try await proof?.error(file, CPUExecutor.shared) ?? 0)
      }
      let isSaved = try ([part] + cases.map(\.part)).allSatisfy(Self.isSaved)
      var cells = [cases.isEmpty ? "—" : "\(cases.count)"]
      if proof?.hasGradients == true { cells.append(cases.isEmpty ? "—" : "yes") }
      cells += [isSaved ? "yes" : "no", cases.isEmpty ? "—" : ours <= 1e-5 ? "yes" : "no"]
      rows.append(
        ConformanceRow(
          name: type(of: part).kind, cells: cells, error: cases.isEmpty ? nil : error))
    }
    let gradient = proof?.hasGradients == true ? ["Gradient"] : []
    self.init(title: title, columns: ["Cases"] + gradient + ["Saved", "CPU"], rows: rows)
  }

  /// Whether a part is the same file after it was read.
  private static func isSaved(_ part: any NamedPart) throws -> Bool {
    func file(_ part: any NamedPart) throws -> Data {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return try encoder.encode(Written(part: part))
    }
    func read<Part: NamedPart>(_ part: Part, _ file: Data) throws -> any NamedPart {
      try JSONDecoder().decode(Part.self, from: file)
    }
    let first = try file(part)
    return try file(read(part, first)) == first
  }
}

/// A part as it stands in a file.
private struct Written: Encodable {
  let part: any NamedPart

  func encode(to encoder: any Encoder) throws { try encoder.encode(part: part) }
}
