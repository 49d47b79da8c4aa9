public import Foundation
import MoruData
public import MoruTensors

extension ModelInput {
  /// A picture as a batch of one sample: brought to the input's size, channels and range.
  ///
  /// - Parameter image: UInt8 `[height, width, channels]`, as files are decoded.
  /// - Throws: `ModelError.content` if the input is not a picture; `DataError` for a picture that
  ///   cannot be scaled.
  public func encode(image: HostTensor) throws -> HostTensor {
    guard let encoding = content.image else {
      throw ModelError.content(expected: wanted, found: "a picture")
    }
    var picture = try ImageFile.resized(
      image, height: encoding.height, width: encoding.width, interpolation: encoding.interpolation)
    if picture.shape[2] != encoding.channels {
      picture = try ImageFile.converted(picture, toChannels: encoding.channels)
    }
    let bytes = try picture.reshaped(to: Shape([1] + shape.dimensions))
    if encoding.brightest == 255 { return bytes.converted(to: dtype) }
    let scale = encoding.brightest / 255
    let values = try bytes.converted(to: .float64).array(of: Double.self).map { $0 * scale }
    return try HostTensor(values, shape: bytes.shape).converted(to: dtype)
  }

  /// Rows of a table as a batch; of a time series the last window of each series.
  ///
  /// - Throws: `ModelError.content` if the input is not a row; `DataError` naming row and column.
  public func encode(table url: URL) throws -> HostTensor {
    if let encoding = content.series {
      return try encoding.windows(at: url).batch.converted(to: dtype)
    }
    guard let encoding = content.table else {
      throw ModelError.content(expected: wanted, found: "a table")
    }
    return try encoding.encode(encoding.table(at: url)).converted(to: dtype)
  }

  /// Texts as a batch, for a row of one column that holds text.
  ///
  /// - Parameter source: What to call the texts in messages.
  /// - Throws: `ModelError.content` if the input is not a text; `DataError` naming the text.
  public func encode(texts: [String], source: String) throws -> HostTensor {
    guard content.takesText, let encoding = content.table else {
      throw ModelError.content(expected: wanted, found: "a text")
    }
    return try encoding.encode(texts: texts, source: source).converted(to: dtype)
  }

  /// Numbers as a batch: one sample or several.
  ///
  /// - Parameter numbers: In row-major order.
  /// - Parameter shape: The input's own shape, or that with a batch axis before it.
  /// - Throws: `ModelError.inputType` if the shape is another, or if numbers for an input of whole
  ///   numbers are not such; `.notFinite` for NaN and infinity.
  public func encode(numbers: [Double], shape: Shape) throws(ModelError) -> HostTensor {
    let batch = shape == self.shape ? Shape([1] + shape.dimensions) : shape
    guard batch.rank == self.shape.rank + 1, batch.dropFirst().elementsEqual(self.shape),
      let tensor = try? HostTensor(numbers, shape: batch)
    else {
      throw .inputType(
        name: name, expected: batchDescription, found: "numbers of shape \(shape)")
    }
    guard numbers.allSatisfy(\.isFinite) else { throw .notFinite(name: name) }
    let values = tensor.converted(to: dtype)
    // Rounding 0.5 to 0, or 300 to 255, would answer another question than was asked.
    guard !dtype.isInteger || values.converted(to: .float64) == tensor else {
      throw .inputType(
        name: name, expected: "whole numbers \(batchDescription)",
        found: "numbers that \(dtype.rawValue) cannot hold")
    }
    return values
  }

  /// What the input takes, in words.
  public var wanted: String {
    let numbers = "numbers \(batchDescription)"
    let row = content.table.map {
      content.takesText ? "a text" : "a row of \($0.columns.count) columns"
    }
    let picture = content.image.map { "a picture (\($0.width) × \($0.height))" }
    let series = content.series.map {
      "a table whose rows are steps of '\($0.target)' (at least \($0.context))"
    }
    return [picture, row, series, numbers].compactMap { $0 }.joined(separator: " or ")
  }
}
