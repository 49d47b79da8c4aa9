internal import GRDB

/// What can go wrong with the database of a workspace.
public enum TrackingError: Error, Equatable, CustomStringConvertible {
  /// The file is no SQLite database.
  case notADatabase(path: String)
  /// The file is the SQLite database of another program.
  case foreignDatabase(path: String)
  /// The database was written by a newer Moru.
  case newerSchema(path: String)
  /// The database's pages contradict each other.
  case corrupted(path: String)
  /// The column holds what Moru never writes.
  case unreadableValue(path: String, column: String)
  /// Another process kept the database locked for longer than the store waits.
  case busy(path: String)
  /// The disk is full.
  case full(path: String)
  /// The file may not be written.
  case readOnly(path: String)
  /// The file cannot be opened.
  case cannotOpen(path: String)
  /// SQLite refused with this result code and message.
  case failed(path: String, code: Int, message: String)

  public var description: String {
    switch self {
    case .notADatabase(let path):
      "\(path) is not a database. Move it away, or choose another workspace folder."
    case .foreignDatabase(let path):
      "\(path) is the database of another program and is left as it is. Choose another workspace "
        + "folder."
    case .newerSchema(let path):
      "\(path) was written by a newer version of Moru. Update Moru to open it."
    case .corrupted(let path):
      "\(path) is damaged. Restore it, with its -wal file, from a copy; the model packages beside "
        + "it are not affected."
    case .unreadableValue(let path, let column):
      "\(path) holds a value in \(column) that Moru never writes. Restore it from a copy."
    case .busy(let path):
      "\(path) is locked by another process. Try again when that has ended."
    case .full(let path): "\(path) cannot grow: the disk is full. Free some space."
    case .readOnly(let path):
      "\(path) may not be written. Check the permissions of the file and its folder."
    case .cannotOpen(let path):
      "\(path) cannot be opened. Check that it is a file and its permissions."
    case .failed(let path, let code, let message):
      "\(path): SQLite refused with code \(code), \(message). Try again; if it stays, restore the "
        + "file from a copy."
    }
  }

  /// The meaning of a database error; statement and values stay out of it.
  init(_ error: DatabaseError, path: String) {
    self =
      switch error.resultCode {
      case .SQLITE_NOTADB: .notADatabase(path: path)
      case .SQLITE_CORRUPT: .corrupted(path: path)
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
      case .SQLITE_FULL: .full(path: path)
      case .SQLITE_READONLY, .SQLITE_PERM: .readOnly(path: path)
      case .SQLITE_CANTOPEN: .cannotOpen(path: path)
      default:
        .failed(
          path: path, code: Int(error.extendedResultCode.rawValue),
          message: error.message ?? "no message")
      }
  }
}
