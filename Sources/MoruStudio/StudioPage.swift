import Foundation
import MoruData
public import MoruModels
import MoruTensors

/// A model that a page lets people try.
public struct StudioModel: Sendable {
  /// The name in requests.
  public let name: String
  /// The version's number.
  public let version: Int
  /// What it takes and gives.
  public let signature: ModelSignature

  /// A model.
  public init(name: String, version: Int, signature: ModelSignature) {
    self.name = name
    self.version = version
    self.signature = signature
  }
}

/// The page on which a person tries models: draws a picture, fills in a form or writes JSON, and
/// sees the answer. One self-contained HTML text, which asks only the server it came from.
public struct StudioPage: Sendable {
  /// The page's text.
  public let html: String
  /// What the browser shall let the page do: the value of the header `Content-Security-Policy`.
  public let contentSecurityPolicy: String

  /// A page for some models; the first one is shown first.
  public init(models: [StudioModel]) {
    let nonce = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    html = String(decoding: PackageResources.studio_html, as: UTF8.self)
      .replacing("{{nonce}}", with: nonce)
      .replacing("{{models}}", with: Self.json(models))
    contentSecurityPolicy =
      "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; "
      + "connect-src 'self'; img-src data: blob:; frame-ancestors 'self'; base-uri 'none'; "
      + "form-action 'none'"
  }

  /// The models as JSON that can stand inside a script element: `<` would end it.
  private static func json(_ models: [StudioModel]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Names and numbers alone: encoding them cannot fail.
    let data = (try? encoder.encode(models.map(Description.init))) ?? Data("[]".utf8)
    return String(decoding: data, as: UTF8.self).replacing("<", with: "\\u003c")
  }

  /// What the page's script knows of a model.
  private struct Description: Encodable {
    struct Input: Encodable {
      let name: String
      let type: String
      let shape: [Int]
      let picture: Picture?
      let columns: [Column]?
    }

    struct Picture: Encodable {
      let height: Int
      let width: Int
      let channels: Int
      let brightest: Double
    }

    struct Column: Encodable {
      let name: String
      /// What is asked for: a number, a choice, a word or a text.
      let kind: String
      /// The values to choose from; nil for anything but a choice.
      let choices: [String]?
      let mayBeMissing: Bool

      init(_ column: TableEncoding.Column) {
        name = column.name
        (kind, choices, mayBeMissing) =
          switch column.rule {
          case .number(let fill): ("number", nil, fill != nil)
          case .category(let categories, let fill): ("choice", categories, fill != nil)
          case .lookup(_, let fill): ("word", nil, fill != nil)
          case .text: ("text", nil, true)
          }
      }
    }

    struct Output: Encodable {
      let name: String
      let meaning: String
      let labels: [String]?
      let thresholds: [Double]?
      let unit: String?
      let title: String?
    }

    let name: String
    let version: Int
    let inputs: [Input]
    let outputs: [Output]

    init(_ model: StudioModel) {
      name = model.name
      version = model.version
      inputs = model.signature.inputs.map { input in
        Input(
          name: input.name, type: input.dtype.rawValue, shape: input.shape.dimensions,
          picture: input.content.image.map {
            Picture(
              height: $0.height, width: $0.width, channels: $0.channels, brightest: $0.brightest)
          },
          columns: input.content.table?.columns.map(Column.init))
      }
      outputs = model.signature.outputs.map { output in
        let (meaning, labels, title, unit) = output.meaning.parts
        return Output(
          name: output.name, meaning: meaning, labels: labels,
          thresholds: output.labelThresholds?.map(\.threshold), unit: unit, title: title)
      }
    }
  }
}

extension OutputMeaning {
  /// The meaning's word, labels, name and unit.
  fileprivate var parts: (String, labels: [String]?, name: String?, unit: String?) {
    switch self {
    case .probabilities(let labels): ("probabilities", labels, nil, nil)
    case .scores(let labels): ("scores", labels, nil, nil)
    case .probability(let labels): ("probability", labels, nil, nil)
    case .labelSet(let labels, _): ("labelSet", labels, nil, nil)
    case .value(let name, let unit): ("value", nil, name, unit)
    case .forecast, .numbers: ("numbers", nil, nil, nil)
    }
  }
}
