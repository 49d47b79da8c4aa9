internal import Foundation
internal import GRDB

/// A column holds what no version of Moru has written there.
struct UnreadableColumn: Error {
  let name: String
}

extension Row {
  /// The value of a column; GRDB's own subscript would trap on one that does not convert.
  func read<T: DatabaseValueConvertible>(
    _ column: String, as type: T.Type = T.self
  ) throws -> T {
    guard let value = try readIfPresent(column, as: type) else {
      throw UnreadableColumn(name: column)
    }
    return value
  }

  /// The value of a column, nil for NULL.
  func readIfPresent<T: DatabaseValueConvertible>(
    _ column: String, as type: T.Type = T.self
  ) throws -> T? {
    guard let stored: DatabaseValue = self[column], !stored.isNull else { return nil }
    guard let value = T.fromDatabaseValue(stored) else { throw UnreadableColumn(name: column) }
    return value
  }

  /// The value that `make` understands in the text of a column.
  func read<T>(_ column: String, _ make: (String) throws -> T?) throws -> T {
    guard let value = try readIfPresent(column, make) else { throw UnreadableColumn(name: column) }
    return value
  }

  /// The value that `make` understands in the text of a column, nil for NULL.
  func readIfPresent<T>(_ column: String, _ make: (String) throws -> T?) throws -> T? {
    guard let text = try readIfPresent(column, as: String.self) else { return nil }
    guard let value = try? make(text) else { throw UnreadableColumn(name: column) }
    return value
  }

  /// A stored time.
  func readDate(_ column: String) throws -> Date {
    Date(timeIntervalSince1970: Double(try read(column, as: Int64.self)) / 1000)
  }
}
