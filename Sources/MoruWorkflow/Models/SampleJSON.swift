internal import Foundation
internal import MoruData

/// JSON that stands for samples: numbers in nested lists, texts, or rows by column name.
enum SampleJSON {
  case number(Double)
  case text(String)
  case list([SampleJSON])
  case row([String: CellValue])

  private static let depthLimit = 64

  /// Parses JSON text, with or without the byte order mark that some editors put before it.
  ///
  /// - Throws: `WorkflowError.json` saying what is wrong where.
  init(_ data: Data, source: String) throws(WorkflowError) {
    let value: JSONValue
    do throws(JSONProblem) {
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      value = try JSONReader.value(
        of: data.starts(with: mark) ? data.dropFirst(mark.count) : data,
        depthLimit: Self.depthLimit)
    } catch {
      throw .json(
        source: source, reason: "this is not JSON: \(Self.reason(error)) Pass a list of numbers.")
    }
    try self.init(value, at: "", source: source)
  }

  /// - Parameter place: Where the value stands: `[0].width`.
  private init(_ value: JSONValue, at place: String, source: String) throws(WorkflowError) {
    switch value {
    case .number(let number): self = .number(number)
    case .integer(let integer): self = .number(Double(integer))
    case .single(let number): self = .number(Double(number))
    case .string(let text): self = .text(text)
    case .numbers(let numbers): self = .list(numbers.map { .number($0) })
    case .array(let elements):
      var items: [SampleJSON] = []
      for (index, element) in elements.enumerated() {
        items.append(try SampleJSON(element, at: "\(place)[\(index)]", source: source))
      }
      self = .list(items)
    case .object(let members):
      var row: [String: CellValue] = [:]
      for member in members {
        guard let cell = CellValue(member.value) else {
          throw Self.noNumber(at: "\(place).\(member.name)", source)
        }
        row[member.name] = cell
      }
      self = .row(row)
    case .null, .bool: throw Self.noNumber(at: place, source)
    }
  }

  private static func noNumber(at place: String, _ source: String) -> WorkflowError {
    .json(
      source: source,
      reason: place.isEmpty
        ? "this is no number. Pass a list of numbers."
        : "the value at \(place) is no number. JSON has no NaN or infinity; pass a number.")
  }

  private static func reason(_ problem: JSONProblem) -> String {
    switch problem {
    case .notUTF8: "it is not UTF-8."
    case .grammar(let line, let column, let expected, let found):
      "at line \(line), column \(column), expected \(expected)"
        + (found.map { " but found \($0)" } ?? "") + "."
    case .depth(let limit): "lists are nested deeper than \(limit) levels."
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
}
