import Synchronization

/// Tells apart layer values: calling the same layer twice shares its weights, as in Keras.
///
/// Copies of a layer have the same identity; `Layer.fresh()` gives a new one. Identities are coded
/// as small numbers through a table that the coder carries, so that sharing survives saving.
public struct Identity: Hashable, Sendable {
  private final class Token: Sendable {}

  private let token: Token

  /// An identity unlike any other.
  public init() { token = Token() }

  public static func == (one: Identity, other: Identity) -> Bool { one.token === other.token }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(token)) }
}

/// The numbers that stand for identities in one file.
final class IdentityTable: Sendable {
  static let key = CodingUserInfoKey(rawValue: "moru.identities")

  private let known = Mutex<(numbers: [Identity: Int], identities: [Int: Identity])>(([:], [:]))

  func number(of identity: Identity) -> Int {
    known.withLock { known in
      if let number = known.numbers[identity] { return number }
      let number = known.numbers.count + 1
      known.numbers[identity] = number
      return number
    }
  }

  /// Number 0 stands for layers that were coded without a table: each is its own.
  func identity(of number: Int) -> Identity {
    guard number != 0 else { return Identity() }
    return known.withLock { known in
      if let identity = known.identities[number] { return identity }
      let identity = Identity()
      known.identities[number] = identity
      return identity
    }
  }

  static func find(in userInfo: [CodingUserInfoKey: Any]) -> IdentityTable? {
    key.flatMap { userInfo[$0] as? IdentityTable }
  }
}

extension Identity: Codable {
  public init(from decoder: any Decoder) throws {
    let number = try decoder.singleValueContainer().decode(Int.self)
    self = IdentityTable.find(in: decoder.userInfo)?.identity(of: number) ?? Identity()
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(IdentityTable.find(in: encoder.userInfo)?.number(of: self) ?? 0)
  }
}
