/// Names of layouts that say which axis is which: `nhwc` and `OIhw16i16o` where oneDNN numbers axes
/// as `acdb` and `ABcd16b16a`.
enum LayoutNames {
  /// The layouts of a primitive's tensors, one for each of `roles`.
  ///
  /// - Parameter kind: The kind of step; products and copies keep oneDNN's letters, since their axes
  ///   have no names.
  static func names(of primitive: DNNLPrimitive, _ roles: [DNNLRole], kind: String) -> [String] {
    let layouts = roles.map { (role: $0, layout: primitive.layout(of: $0.value)) }
    let pictureRank = layouts.first { $0.role.isPicture }?.layout?.rank ?? 0
    let hasNames = pictureRank > 2 && kind != "dot" && kind != "reorder"
    return layouts.compactMap { role, layout in
      guard let layout else { return nil }
      return hasNames
        ? renamed(layout.name, axes: axes(of: role, layout.rank, pictureRank)) : layout.name
    }
  }

  private static func axes(of role: DNNLRole, _ rank: Int, _ pictureRank: Int) -> String {
    let spatial = "dhw".suffix(max(0, min(pictureRank - 2, 3)))
    switch role {
    case .weights, .weightsGradient: return (rank > pictureRank ? "goi" : "oi") + spatial
    case .bias, .biasGradient: return "c"
    default: return "nc" + spatial
    }
  }

  private static func renamed(_ name: String, axes: String) -> String {
    let letters = Array(axes)
    return String(
      name.map { letter in
        guard let place = letter.lowercased().unicodeScalars.first.map({ Int($0.value) - 97 }),
          letters.indices.contains(place)
        else { return letter }
        return letter.isUppercase ? Character(letters[place].uppercased()) : letters[place]
      })
  }
}

extension DNNLRole {
  fileprivate var isPicture: Bool {
    switch self {
    case .source, .destination, .sourceGradient, .destinationGradient: true
    default: false
    }
  }
}
