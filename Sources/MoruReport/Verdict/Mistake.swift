public import Foundation

/// A sample that was judged wrong, shown as a picture or as a row.
public struct Mistake: Sendable, Equatable {
  /// What is true.
  public var truth: String
  /// What the model says.
  public var predicted: String
  /// How sure it is, 0…1, or how far off, as text.
  public var detail: String
  /// The sample's name: a file, or its place.
  public var name: String
  /// The sample as a PNG picture; nil if it is none.
  public var png: Data?
  /// The sample's columns and their values; empty if it is no row.
  public var cells: [(name: String, value: String)]

  /// A sample that was judged wrong.
  public init(
    truth: String, predicted: String, detail: String, name: String, png: Data? = nil,
    cells: [(name: String, value: String)] = []
  ) {
    self.truth = truth
    self.predicted = predicted
    self.detail = detail
    self.name = name
    self.png = png
    self.cells = cells
  }

  public static func == (a: Mistake, b: Mistake) -> Bool {
    a.truth == b.truth && a.predicted == b.predicted && a.detail == b.detail && a.name == b.name
      && a.png == b.png && a.cells.elementsEqual(b.cells, by: ==)
  }
}
