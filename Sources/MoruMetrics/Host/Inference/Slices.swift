/// A part of the samples, such as those of one machine or folder, and a figure of it.
public struct Slice<Figure> {
  /// What the samples have in common.
  public let name: String
  /// The number of samples.
  public let count: Int
  /// Their figure.
  public let figure: Figure

  /// A part from its figure.
  public init(name: String, count: Int, figure: Figure) {
    self.name = name
    self.count = count
    self.figure = figure
  }
}

extension Slice: Sendable where Figure: Sendable {}
extension Slice: Equatable where Figure: Equatable {}
extension Slice: Encodable where Figure: Encodable {}
extension Slice: Decodable where Figure: Decodable {}

/// Any figure of each part of the samples, so that a good mean hides no bad part.
public struct Slices: Sendable, Equatable {
  /// The parts by name, in the order of their names, with the places of their samples.
  public let parts: [(name: String, places: [Int])]

  /// Parts samples by name, such as the values of a column or the folders of pictures.
  public init(_ names: [String]) {
    parts = Dictionary(grouping: names.indices) { names[$0] }
      .map { (name: $0.key, places: $0.value) }.sorted { $0.name < $1.name }
  }

  public static func == (a: Slices, b: Slices) -> Bool {
    a.parts.elementsEqual(b.parts) { $0 == $1 }
  }

  /// The figure of each part.
  ///
  /// - Parameter figure: Of the samples at some places.
  public func map<Figure>(
    _ figure: ([Int]) throws(MetricsError) -> Figure
  ) throws(MetricsError) -> [Slice<Figure>] {
    var found: [Slice<Figure>] = []
    for (name, places) in parts {
      found.append(Slice(name: name, count: places.count, figure: try figure(places)))
    }
    return found
  }
}
