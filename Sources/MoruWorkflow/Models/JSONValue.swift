internal import Foundation
internal import MoruData

/// JSON that stands for samples: numbers in nested lists, texts, or rows by column name.
indirect enum JSONValue: Decodable {
  case number(Double)
  case text(String)
  case list([JSONValue])
  case row([String: CellValue])

  /// Parses JSON text.
  ///
  /// - Throws: `WorkflowError.json` saying what is wrong where.
  init(_ data: Data, source: String) throws(WorkflowError) {
    if let problem = Self.syntaxProblem(in: data) {
      throw .json(source: source, reason: "this is not JSON: \(problem) Pass a list of numbers.")
    }
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: data)
    } catch let error as DecodingError {
      throw .json(source: source, reason: Self.reason(error))
    } catch {
      throw .json(source: source, reason: "this is not JSON. Pass a list of numbers.")
    }
  }

  init(from decoder: any Decoder) throws {
    if let number = try? decoder.singleValueContainer().decode(Double.self) {
      self = .number(number)
    } else if let text = try? decoder.singleValueContainer().decode(String.self) {
      self = .text(text)
    } else if var list = try? decoder.unkeyedContainer() {
      var items: [JSONValue] = []
      while !list.isAtEnd { items.append(try list.decode(JSONValue.self)) }
      self = .list(items)
    } else if (try? decoder.container(keyedBy: AnyName.self)) != nil {
      self = .row(try decoder.singleValueContainer().decode([String: CellValue].self))
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a number"))
    }
  }

  /// Rows, if this is one or a list of nothing else.
  var rows: [[String: CellValue]]? {
    switch self {
    case .number, .text: return nil
    case .row(let row): return [row]
    case .list(let items):
      let rows = items.compactMap { if case .row(let row) = $0 { row } else { nil } }
      return rows.count == items.count && !rows.isEmpty ? rows : nil
    }
  }

  /// Texts, if this is one or a list of nothing else.
  var texts: [String]? {
    switch self {
    case .text(let text): return [text]
    case .number, .row: return nil
    case .list(let items):
      let texts = items.compactMap { if case .text(let text) = $0 { text } else { nil } }
      return texts.count == items.count && !texts.isEmpty ? texts : nil
    }
  }

  /// The numbers in row-major order and the sizes of the nested lists.
  ///
  /// - Throws: `WorkflowError.json` unless all lists of one depth are equally long.
  func array(source: String) throws(WorkflowError) -> (numbers: [Double], dimensions: [Int]) {
    switch self {
    case .number(let number): return ([number], [])
    case .row:
      throw .json(
        source: source, reason: "lists mix numbers and rows. Pass one or the other.")
    case .text:
      throw .json(
        source: source, reason: "there is text among numbers. Pass numbers, or texts alone.")
    case .list(let items):
      var numbers: [Double] = []
      var inner: [Int]?
      for item in items {
        let (values, dimensions) = try item.array(source: source)
        guard inner == nil || inner == dimensions else {
          throw .json(
            source: source,
            reason: "lists are not equally long: \(inner ?? []) and \(dimensions) side by side. "
              + "Give every sample the same shape.")
        }
        inner = dimensions
        numbers += values
      }
      return (numbers, [items.count] + (inner ?? []))
    }
  }

  private struct AnyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// What breaks the grammar, and at which character; the decoder below says only that it does.
  private static func syntaxProblem(in data: Data) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: data)
      return nil
    } catch {
      let detail = (error as NSError).userInfo["NSDebugDescription"] as? String
      return detail.map { $0.hasSuffix(".") ? $0 : $0 + "." } ?? "it breaks off or is mistyped."
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .typeMismatch(_, let context),
      .keyNotFound(_, let context), .valueNotFound(_, let context):
      let place = context.codingPath.reduce(into: "") { text, key in
        text += key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
      }
      guard place.isEmpty else {
        return "the value at \(place) is no number. JSON has no NaN or infinity; pass a number."
      }
      return "this is not JSON. Pass a list of numbers."
    @unknown default: return "this is not JSON. Pass a list of numbers."
    }
  }
}
