public import Foundation
import MoruArchive
import MoruData
public import MoruTensors

/// Weights without a model, by the names that their writer gave them: safetensors, NumPy's `.npz`, and
/// HDF5 files of Keras.
///
/// `TrainedModel.settingWeights` gives a model those that it shall have.
///
/// The format is known by the first bytes, not by the file's name.
public enum WeightFile {
  /// Reads all weights of a file.
  ///
  /// HDF5 files with a group for each layer give `dense_1/kernel`, those of Keras 3
  /// `layers/dense/vars/0`, other HDF5 files the paths in them.
  ///
  /// - Throws: `ArchiveError` or `DataError` for a file that cannot be read or is damaged;
  ///   `InteropError.missingWeight` for a weight that is listed but not there.
  public static func read(_ url: URL) throws -> [String: HostTensor] {
    let file = try OpenFile(reading: url)
    let start = try file.read(count: min(file.byteCount, 4), at: 0)
    if start == Data([0x89, 0x48, 0x44, 0x46]) {
      let root = try HDF5File.read(url)
      return try KerasWeights(layers: root, file: url.lastPathComponent).named()
    }
    if start.starts(with: Array("PK".utf8)) {
      let arrays = try NumPy.readArchive(at: url)
      return Dictionary(arrays.map { ($0.name, $0.array) }) { first, _ in first }
    }
    return try SafeTensors(opening: url).tensors()
  }
}
