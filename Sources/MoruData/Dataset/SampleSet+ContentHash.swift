internal import Crypto
public import MoruArchive
internal import MoruTensors

extension SampleSet {
  /// The hash that `Dataset.contentHash` gives the samples in memory, wherever they are kept.
  ///
  /// - Throws: What reading a file throws.
  public func contentHash() throws -> Checksum {
    if let data { return data.contentHash }
    var hash = SHA256()
    try forEachPart { part in
      part.features[0].values.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    let digits = hash.finalize().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    let features = signature.map { feature in
      Dataset.part(
        feature.name, feature.dtype, Shape([count] + feature.shape.dimensions), digits)
    }
    return known.hash(of: features)
  }
}
