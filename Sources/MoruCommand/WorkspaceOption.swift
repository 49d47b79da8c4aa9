internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruTracking

/// Where runs and models are kept.
struct WorkspaceOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The folder of runs and models (default: ./workspace).", valueName: "dir"))
  var workspace: String?

  /// The option as it was given, for commands that are printed to be pasted.
  var asGiven: String { workspace.map { " --workspace \($0)" } ?? "" }

  private var folder: URL { URL(filePath: workspace ?? "workspace") }

  /// Opens the store of a workspace that is there.
  ///
  /// - Throws: `ArchiveError.notAWorkspace`: a mistyped path makes no empty workspace.
  func existing() throws -> any RunStore { try existingWorkspace().store }

  /// A workspace that is there, and its store.
  func existingWorkspace() throws -> (workspace: Workspace, store: any RunStore) {
    let workspace = try Workspace(existingAt: folder)
    return (workspace, try SQLiteRunStore(workspace))
  }

  /// The workspace, if there is one: for what can do without.
  func workspaceIfAny() throws -> Workspace? {
    FileManager.default.fileExists(atPath: folder.appending(path: Workspace.databaseName).path)
      ? try Workspace(existingAt: folder) : nil
  }

  /// A workspace, which is made if it is not there, and its store.
  func created() throws -> (workspace: Workspace, store: any RunStore) {
    let workspace = try Workspace(creatingAt: folder)
    return (workspace, try SQLiteRunStore(workspace))
  }
}

/// Who works at the machine, for the audit trail.
var currentAuthor: String {
  let name = NSUserName()
  return name.isEmpty ? "unknown" : name
}
