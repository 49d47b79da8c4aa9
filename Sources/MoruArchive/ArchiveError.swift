import Foundation

/// What can go wrong with files, names and the run store.
public enum ArchiveError: Error, Equatable, CustomStringConvertible {
  /// A system call on `path` failed with `code` (errno); `action` is a verb such as "open".
  case system(action: String, path: String, code: Int32)
  /// `path` is a folder, a pipe or a device where a file is needed.
  case notAFile(path: String)
  /// `path` is a file where a folder is needed.
  case notAFolder(path: String)
  /// The content of `file` breaks its format.
  case damaged(file: String, reason: String)
  /// `file` has `byteCount` bytes where at most `limit` make sense.
  case tooLarge(file: String, byteCount: Int, limit: Int)
  /// `file` holds no tensor of this name.
  case unknownTensor(name: String, file: String, nearest: String?)
  /// A tensor cannot be saved under this name.
  case tensorName(String)
  /// `file` is not the one that was saved.
  case checksumMismatch(file: String, expected: Checksum, found: Checksum)
  /// The checksums in `folder` do not cover `file`.
  case unlisted(file: String, folder: String)
  /// A folder that must be new exists.
  case folderExists(path: String)
  /// A folder would be replaced, but lacks the file that marks it as one of Moru's.
  case notReplaceable(path: String, marker: String)
  /// The file system cannot exchange two folders in one step.
  case exchangeUnsupported(path: String)
  /// The folder is not a workspace.
  case notAWorkspace(path: String)
  /// A model or alias cannot have this name.
  case invalidName(String, reason: String)
  /// The text is neither `NAME[:VERSION|@ALIAS]` nor a path.
  case invalidReference(String, reason: String)
  /// The registry has no model of this name.
  case unknownModel(name: String, nearest: String?)
  /// The model has no version of this number; `newest` is its newest one.
  case unknownVersion(model: String, version: Int, newest: Int)
  /// The model has no alias of this name.
  case unknownAlias(model: String, alias: String, nearest: String?)
  /// The alias points nowhere else in the audit trail.
  case nothingToRollBack(model: String, alias: String)
  /// The version is in this stage, or the alias at this version, already.
  case unchanged(what: String)
  /// A change of the registry was not signed or not explained.
  case unexplained(missing: String)
  /// There is no run of this identity.
  case unknownRun(id: String, nearest: String?)
  /// The run's state does not allow this; `action` is a verb such as "resume".
  case runState(id: String, status: RunStatus, action: String)

  public var description: String {
    switch self {
    case .system(let action, let path, let code):
      "Cannot \(action) \(path): \(systemMessage(code)). \(systemAdvice(code))"
    case .notAFile(let path): "\(path) is not a regular file. Name a file."
    case .notAFolder(let path): "\(path) is not a folder. Choose another path."
    case .damaged(let file, let reason):
      "\(file) is damaged: \(reason). Restore it from a copy or make it again."
    case .tooLarge(let file, let byteCount, let limit):
      "\(file) has \(byteCount) bytes, more than the \(limit) allowed. Check that it is the "
        + "right file."
    case .unknownTensor(let name, let file, let nearest):
      "\(file) holds no tensor named \(quoted(name))\(suggestion(nearest)) "
        + "Check that the weights belong to this model."
    case .tensorName(let name):
      "A tensor cannot be saved as \(quoted(name)). Choose a name that is neither empty nor "
        + "\"__metadata__\"."
    case .checksumMismatch(let file, let expected, let found):
      "\(file) has changed since it was saved: its SHA-256 begins with \(found.short), not "
        + "\(expected.short). Restore it from a copy or make it again."
    case .unlisted(let file, let folder):
      "\(file) has no checksum in \(folder)/\(ChecksumManifest.fileName). Save it again."
    case .folderExists(let path): "\(path) exists already. Choose another path or remove it."
    case .notReplaceable(let path, let marker):
      "\(path) exists and holds no \(marker), so it is not replaced. Choose another path or "
        + "remove it."
    case .exchangeUnsupported(let path):
      "The file system of \(path) cannot replace a folder in one step. Save to a new path and "
        + "remove the old folder, or use a local disk."
    case .notAWorkspace(let path):
      "\(path) is not a workspace: it holds no \(Workspace.databaseName). Check the path, or "
        + "train a model to begin one."
    case .invalidName(let name, let reason):
      "\(quoted(name)) cannot be a name: \(reason). Use letters, digits, '.', '_' and '-'."
    case .invalidReference(let text, let reason):
      "\(quoted(text)) does not name a model: \(reason). Write NAME, NAME:VERSION, NAME@ALIAS "
        + "or the path of a .moru folder."
    case .unknownModel(let name, let nearest):
      "There is no model named \(quoted(name))\(suggestion(nearest)) "
        + "`moru models list` shows all."
    case .unknownVersion(let model, let version, let newest):
      "\(quoted(model)) has no version \(version); its newest is \(newest). "
        + "`moru models show \(model)` lists all."
    case .unknownAlias(let model, let alias, let nearest):
      "\(quoted(model)) has no alias \(quoted(alias))\(suggestion(nearest)) "
        + "`moru models show \(model)` lists all."
    case .nothingToRollBack(let model, let alias):
      "The alias \(quoted(alias)) of \(quoted(model)) has no earlier version. Move it to a "
        + "version by number."
    case .unchanged(let what): "\(what) already. Nothing was changed."
    case .unexplained(let missing):
      "The change has no \(missing). State who makes it and why; the audit trail keeps both."
    case .unknownRun(let id, let nearest):
      "There is no run \(quoted(id))\(suggestion(nearest)) `moru runs list` shows all."
    case .runState(let id, let status, let action):
      "Cannot \(action) run \(id): it is \(status.rawValue). \(runAdvice(status))"
    }
  }
}

/// `name` in quotes, control characters escaped and cut to a readable length.
package func quoted(_ name: String) -> String {
  let escaped = name.unicodeScalars.prefix(80).map { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      "\\u{" + String(scalar.value, radix: 16) + "}"
    default: String(scalar)
    }
  }
  return "'" + escaped.joined() + (name.unicodeScalars.count > 80 ? "…'" : "'")
}

private func suggestion(_ nearest: String?) -> String {
  nearest.map { "; did you mean \(quoted($0))?" } ?? "."
}

private func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code)).lowercased()
}

private func systemAdvice(_ code: Int32) -> String {
  switch code {
  case ENOENT: "Check the path."
  case EACCES, EPERM, EROFS: "Check its permissions."
  case ENOSPC, EDQUOT: "Free some space on the disk."
  case EMFILE, ENFILE: "Raise the limit of open files (ulimit -n)."
  default: "Check the disk and try again."
  }
}

private func runAdvice(_ status: RunStatus) -> String {
  switch status {
  case .running: "Wait until it ends."
  case .interrupted: "Resume it first."
  case .finished, .failed: "Start a new run."
  }
}
