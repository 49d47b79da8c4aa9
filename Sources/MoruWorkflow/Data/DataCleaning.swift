public import Foundation
internal import MoruArchive
public import MoruData

/// Cleans tables and folders of pictures into copies, and takes that back.
public enum DataCleaning {
  /// What a cleaning would change; nothing is written.
  ///
  /// - Throws: `DataError` naming what cannot be read.
  public static func plan(
    of url: URL, target: String?, steps: Set<CleaningStep>
  ) throws -> CleaningJournal {
    switch try format(of: url) {
    case .csv:
      return try TableCleaning(of: url, target: target, steps: steps, output: "").journal
    case .images, .idx: return try PictureCleaning(of: url, steps: steps, output: "").journal
    case .texts, .numpy: throw unfit(url)
    }
  }

  /// Writes a cleaned copy, and beside it the journal, `OUTPUT.journal.json`.
  ///
  /// - Throws: `WorkflowError.unfit` if there is something at the output already; `DataError`.
  public static func apply(
    to url: URL, target: String?, steps: Set<CleaningStep>, output: URL
  ) throws -> (journal: CleaningJournal, file: URL) {
    let file = output.appendingPathExtension("journal.json")
    try refuseExisting(output)
    try refuseExisting(file)
    let journal: CleaningJournal
    switch try format(of: url) {
    case .csv:
      let cleaning = try TableCleaning(
        of: url, target: target, steps: steps, output: output.lastPathComponent)
      journal = cleaning.journal
      // The journal first: a cleaned table is never without one.
      try write(journal, to: file)
      try AtomicFile.write(cleaning.bytes, to: output)
    case .images, .idx:
      let cleaning = try PictureCleaning(of: url, steps: steps, output: output.lastPathComponent)
      journal = cleaning.journal
      try write(journal, to: file)
      try cleaning.write(from: url, to: output)
    case .texts, .numpy: throw unfit(url)
    }
    return (journal, file)
  }

  private static func unfit(_ url: URL) -> WorkflowError {
    .unfit(
      source: url.lastPathComponent,
      reason: "Only tables and folders of pictures are cleaned. Pass one of these.")
  }

  /// Writes the original that a journal's cleaned copy, beside it, was made from.
  ///
  /// - Throws: `WorkflowError.json` for a file that is no journal, `.unfit` if there is something at the
  ///   output already; `DataError.journal` if the copy has changed.
  public static func undo(journal file: URL, output: URL) throws -> CleaningJournal {
    try refuseExisting(output)
    let journal = try read(file)
    let cleaned = file.deletingLastPathComponent().appending(path: journal.output)
    if journal.separator == nil {
      try PictureCleaning.restore(from: cleaned, to: output, journal)
    } else {
      let bytes: Data
      do { bytes = try Data(contentsOf: cleaned) } catch {
        throw DataError.journal(
          file: journal.output, problem: "the cleaned copy is not beside its journal",
          advice: "Put both into one folder.")
      }
      try AtomicFile.write(TableCleaning.original(from: bytes, journal), to: output)
    }
    return journal
  }

  private static func format(of url: URL) throws -> DataFormat {
    let format = try DataFormat.find(at: url)
    guard format != .idx else {
      throw WorkflowError.unfit(
        source: url.lastPathComponent,
        reason: "IDX files are not cleaned. Pass a table or a folder of pictures by class.")
    }
    return format
  }

  private static func write(_ journal: CleaningJournal, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(journal) + Data("\n".utf8), to: file)
  }

  private static func read(_ file: URL) throws -> CleaningJournal {
    func refusal(_ reason: String) -> WorkflowError {
      .json(source: file.lastPathComponent, reason: reason)
    }
    let bytes: Data
    do { bytes = try Data(contentsOf: file) } catch {
      throw refusal("cannot be read. Check the path.")
    }
    do {
      let journal = try JSONDecoder().decode(CleaningJournal.self, from: bytes)
      guard journal.journal == CleaningJournal.version, !journal.output.contains("/") else {
        throw refusal("this is a journal of another version. Undo with the program that wrote it.")
      }
      return journal
    } catch is DecodingError {
      throw refusal("this is no journal. Pass the .journal.json that `moru data clean` wrote.")
    }
  }
}

/// Never over what is there.
func refuseExisting(_ url: URL) throws {
  guard !FileManager.default.fileExists(atPath: url.path) else {
    throw WorkflowError.unfit(
      source: url.lastPathComponent, reason: "There is something of this name. Name another output."
    )
  }
}
