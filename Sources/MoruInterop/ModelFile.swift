public import Foundation
public import MoruModels

/// Models in files of other frameworks, by the files' names.
public enum ModelFile {
  /// Reads `.onnx` as ONNX, everything else as Keras's.
  ///
  /// - Throws: As `ONNXFile.read` and `KerasFile.read`.
  public static func read(
    _ url: URL, _ details: ImportDetails = ImportDetails()
  ) throws -> TrainedModel {
    isONNX(url) ? try ONNXFile.read(url, details) : try KerasFile.read(url, details)
  }

  /// Writes `.onnx` as ONNX, `.keras` and `.h5` as Keras does.
  ///
  /// - Throws: As `ONNXFile.write` and `KerasFile.write`.
  public static func write(_ model: TrainedModel, to url: URL) throws {
    if isONNX(url) {
      try ONNXFile.write(model, to: url)
    } else {
      try KerasFile.write(model, to: url)
    }
  }

  private static func isONNX(_ url: URL) -> Bool { url.pathExtension.lowercased() == "onnx" }
}
