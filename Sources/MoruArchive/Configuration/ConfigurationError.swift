/// What can be wrong with the settings of a part: a layer, a loss, an optimizer, a training.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// A file names a layer, activation, loss … that does not exist.
  case unknownKind(String, of: String, nearest: String?)
  /// A configuration has a key that the part does not have; `among` lists the keys that it has.
  case unknownKey(String, in: String, among: [String])
  /// A setting is out of range.
  case outOfRange(String, in: String, allowed: String)

  /// The error that `family` has no member `name`, with the nearest that it has.
  public static func unknown(
    _ name: String, of family: String, among known: [String]
  ) -> ConfigurationError {
    .unknownKind(name, of: family, nearest: nearest(name, among: known))
  }

  public var description: String {
    switch self {
    case .unknownKind(let name, let family, let nearest):
      "There is no \(family) named \"\(name)\"."
        + (nearest.map(meant) ?? " Remove it or correct its name.")
    case .unknownKey(let key, let part, let known):
      "\(part) has no setting \"\(key)\"."
        + (nearest(key, among: known).map(meant) ?? " Remove it" + choice(known))
    case .outOfRange(let key, let part, let allowed):
      "\(part): \(key) must be \(allowed). Change it."
    }
  }

  private func meant(_ name: String) -> String { " Did you mean \"\(name)\"?" }

  private func choice(_ known: [String]) -> String {
    known.isEmpty ? "." : ", or use another: \(known.joined(separator: ", "))."
  }
}
