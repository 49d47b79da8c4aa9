internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruModels
internal import MoruTensors

/// A request that a person can paste: a picture of an upright stroke, a row, or zeros, whichever
/// the model takes.
struct RequestExample {
  let name: SafeName
  let model: TrainedModel

  /// A command line that asks the server at an address.
  func curl(to place: String) -> String {
    "curl -s \(place)/v1/models/\(name):predict -H 'Content-Type: application/json' -d '{\"instances\": [\(instance)]}'"
  }

  private var instance: String {
    guard let input = model.signature.inputs.first else { return "" }
    if let image = input.content.image, let picture = Self.stroke(image) { return picture }
    if let table = input.content.table { return Self.row(table) }
    return Self.zeros(input.shape.dimensions[...])
  }

  /// A picture as the server takes it, PNG in base 64.
  private static func stroke(_ image: ImageEncoding) -> String? {
    let (height, width) = (image.height, image.width)
    let half = max(width / 16, 1)
    let pixels = (0..<height * width).flatMap { place -> [UInt8] in
      let (row, column) = (place / width, place % width)
      let isInk =
        (width / 2 - half..<width / 2 + half).contains(column)
        && (height / 8..<height - height / 8).contains(row)
      return Array(repeating: isInk ? 255 : 0, count: image.channels)
    }
    guard let tensor = try? HostTensor(pixels, shape: [height, width, image.channels]),
      let png = try? ImageFile.pngData(tensor)
    else { return nil }
    return "{\"b64\": \"\(png.base64EncodedString())\"}"
  }

  private static func row(_ table: TableEncoding) -> String {
    if table.textColumn != nil { return quoted("…") }
    let cells = table.columns.map { column in
      let cell =
        switch column.rule {
        case .number: "0"
        case .category(let categories, _): quoted(categories.first ?? "")
        case .lookup(let lookup, _): quoted(lookup.vocabulary.last ?? "")
        case .text: quoted("…")
        }
      return "\(quoted(column.name)): \(cell)"
    }
    return "{" + cells.joined(separator: ", ") + "}"
  }

  /// A JSON text that may stand between single quotation marks on a command line.
  private static func quoted(_ text: String) -> String {
    let json = (try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8)
    return String(decoding: json, as: UTF8.self).replacing("'", with: "\\u0027")
  }

  private static func zeros(_ dimensions: ArraySlice<Int>) -> String {
    guard let count = dimensions.first else { return "0" }
    let inner = zeros(dimensions.dropFirst())
    return "[" + Array(repeating: inner, count: count).joined(separator: ", ") + "]"
  }
}
