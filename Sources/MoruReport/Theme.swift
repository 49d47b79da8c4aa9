import Foundation

/// The colours and fonts of all drawings.
enum Theme {
  static let card = "#ffffff"
  static let border = "#d8dee6"
  static let ink = "#1f2933"
  static let faintInk = "#5b6773"
  static let background = "#f6f8fa"
  static let grid = "#e8ecf1"
  static let axis = "#9aa5b1"

  static let fonts =
    "system-ui, -apple-system, 'Segoe UI', 'Noto Sans KR', 'Apple SD Gothic Neo', "
    + "'Malgun Gothic', 'Nanum Gothic', sans-serif"

  /// Colours told apart with any colour vision, by Okabe and Ito; the light yellow is left out.
  static let series = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]

  /// Colours told apart; beyond `series`, hues spread evenly.
  static func color(_ index: Int) -> String {
    if index < series.count { return series[index] }
    let hue = Double(index - series.count) * 137.5
    return "hsl(\(hue.truncatingRemainder(dividingBy: 360).pixels), 65%, 45%)"
  }

  /// Dashes, so that series differ without colour, too.
  static let dashes: [String?] = [nil, "7 4", "2 4", "10 4 2 4"]
}

/// A colour as its red, green and blue parts, each 0…255.
struct Color {
  var red: Double
  var green: Double
  var blue: Double

  /// Deep blue: judged right.
  static let right = Color(red: 8, green: 69, blue: 129)
  /// Deep vermilion: judged wrong. Blue and orange differ with any colour vision.
  static let wrong = Color(red: 178, green: 70, blue: 0)

  /// The colour `share` of the way from white to this one.
  func tint(_ share: Double) -> Color {
    func mix(_ part: Double) -> Double { (255 + (part - 255) * share).rounded() }
    return Color(red: mix(red), green: mix(green), blue: mix(blue))
  }

  var hex: String { String(format: "#%02x%02x%02x", Int(red), Int(green), Int(blue)) }

  /// The ink of more contrast on this colour, black or white: 4.5 : 1 or better on any.
  var ink: String { luminance > 0.179 ? "#000000" : "#ffffff" }

  /// Relative luminance, 0…1, as WCAG 2 defines it.
  var luminance: Double {
    func linear(_ part: Double) -> Double {
      let share = part / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
