import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruModels
import MoruTensors

/// Features that are kept in a file, named after the samples, the layers and the weights that they come
/// from, so that it never holds those of others.
struct FeatureFile {
  private static let tensor = "features"
  private let url: URL

  /// - Throws: `ArchiveError` if the folder cannot be made; `LayerError.notSavable` for layers that have
  ///   no form in a file.
  init(of data: SampleSet, by extractor: TrainedModel, in folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.userInfo = LayerCatalog.standard.userInfo
    let weights = extractor.weights.sorted { $0.key < $1.key }.map { path, value in
      "\(path) \(value.withUnsafeBytes { Checksum(of: $0) })"
    }
    let parts =
      [try data.contentHash().hex, Checksum(of: try encoder.encode(LayerBox(extractor.layer))).hex]
      + weights
    let checksum = Checksum(of: Array(parts.joined(separator: "\n").utf8))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appending(path: "\(checksum).safetensors")
  }

  /// The features; nil if none are kept.
  ///
  /// - Throws: `ArchiveError` for a damaged file.
  func read() throws -> HostTensor? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try SafeTensors(opening: url).tensor(Self.tensor)
  }

  func write(_ features: HostTensor) throws {
    try SafeTensors.write([Self.tensor: features], to: url)
  }
}
