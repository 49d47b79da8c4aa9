public import Foundation
public import MoruArchive

/// What a cleaning changed, completely: from it and the cleaned data the original comes back, byte for
/// byte.
public struct CleaningJournal: Codable, Sendable, Equatable {
  /// A cell that was rewritten.
  public struct Cell: Codable, Sendable, Equatable {
    /// The row, from 0, as in the original.
    public let row: Int
    /// The line of the original, from 1.
    public let line: Int
    /// The column, as in the original.
    public let column: String
    /// The place of the column in the original, from 0.
    public let place: Int
    /// What stood there, as it was written.
    public let old: String
    /// What stands there now.
    public let new: String
    /// Why.
    public let step: CleaningStep
  }

  /// A row that was taken out.
  public struct Row: Codable, Sendable, Equatable {
    /// The row, from 0, as in the original.
    public let row: Int
    /// The line of the original, from 1.
    public let line: Int
    /// The row as it was written, with its line end.
    public let text: String
    /// Its bytes, where they are no text of the table's encoding; else nil.
    public let bytes: Data?
    /// Why.
    public let step: CleaningStep
    /// Why, in words.
    public let reason: String
  }

  /// A column that was dropped.
  public struct Column: Codable, Sendable, Equatable {
    /// Cells that follow each other and are written alike.
    public struct Run: Codable, Sendable, Equatable {
      /// What stood there, as it was written.
      public let text: String
      /// In how many rows.
      public var count: Int
    }

    /// Its name.
    public let name: String
    /// Its place in the original, from 0.
    public let place: Int
    /// The head, as it was written.
    public let head: String
    /// The cells of the rows that were kept.
    public let cells: [Run]
    /// Why.
    public let step: CleaningStep
  }

  /// A picture that was put aside.
  public struct Picture: Codable, Sendable, Equatable {
    /// Where it was: `CLASS/FILE`, or `PART/CLASS/FILE`.
    public let path: String
    /// Why.
    public let step: CleaningStep
    /// Why, in words.
    public let reason: String
  }

  /// The form of journals.
  public static let version = 1

  /// The form in which it is written.
  public var journal = Self.version
  /// The name of the original.
  public let source: String
  /// The name of the cleaned copy, which lies beside the journal.
  public let output: String
  /// SHA-256 of the original table, decompressed; nil for pictures.
  public let sourceChecksum: Checksum?
  /// SHA-256 of the cleaned table; nil for pictures.
  public let outputChecksum: Checksum?
  /// What stands between the fields of a table; nil for pictures.
  public let separator: String?
  /// How the bytes of both tables stand for text; UTF-8 if nil.
  public var encoding: TextEncoding?
  /// The steps that were asked for.
  public let steps: [CleaningStep]
  /// Rows or pictures before.
  public let countBefore: Int
  /// Rows or pictures after.
  public let countAfter: Int
  /// Cells that were rewritten.
  public internal(set) var cells: [Cell] = []
  /// Rows that were taken out.
  public internal(set) var rows: [Row] = []
  /// Columns that were dropped.
  public internal(set) var columns: [Column] = []
  /// Pictures that were put aside.
  public internal(set) var pictures: [Picture] = []

  /// How many changes each step made, of those that made any.
  public var counts: [(step: CleaningStep, what: String, count: Int)] {
    CleaningStep.allCases.flatMap { step -> [(step: CleaningStep, what: String, count: Int)] in
      [
        (step, "cell", cells.count { $0.step == step }),
        (step, "row", rows.count { $0.step == step }),
        (step, "column", columns.count { $0.step == step }),
        (step, "picture", pictures.count { $0.step == step }),
      ].filter { $0.count > 0 }
    }
  }
}
