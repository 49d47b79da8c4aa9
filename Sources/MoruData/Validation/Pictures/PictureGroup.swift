public import Foundation

/// Pictures that are equal or look alike.
public struct PictureGroup: Codable, Sendable, Equatable {
  /// One of the pictures.
  public struct Member: Codable, Sendable, Equatable {
    /// The part that it is in, such as `train`.
    public let part: String
    /// `CLASS/FILE`.
    public let name: String
    /// Its class.
    public let label: String
    /// The file; nil for pictures that are not from files of their own.
    public let url: URL?

    private enum CodingKeys: CodingKey { case part, name, label }

    init(part: String, name: String, label: String, url: URL?) {
      self.part = part
      self.name = name
      self.label = label
      self.url = url
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        part: try container.decode(String.self, forKey: .part),
        name: try container.decode(String.self, forKey: .name),
        label: try container.decode(String.self, forKey: .label), url: nil)
    }
  }

  /// The pictures.
  public let members: [Member]
  /// Whether all are equal in every pixel.
  public let isEqual: Bool

  /// Whether the pictures are of more than one class.
  public var isConflict: Bool { Set(members.map(\.label)).count > 1 }
  /// Whether the pictures are in more than one part.
  public var isLeak: Bool { Set(members.map(\.part)).count > 1 }
}
