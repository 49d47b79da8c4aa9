import Foundation
import MoruArchive

/// A point of a drawing, in pixels from the upper left corner.
struct Point {
  var x: Double
  var y: Double
}

/// A rectangle of a drawing, in pixels.
struct Frame {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }
}

/// SVG elements in drawing order, and the document around them.
///
/// Every text and attribute passes through one escape, so labels may hold anything.
struct Drawing {
  private var elements: [String] = []

  enum Anchor: String { case start, middle, end }

  mutating func rectangle(
    _ frame: Frame, fill: String, radius: Double = 0, stroke: String? = nil, opacity: Double = 1,
    tooltip: String? = nil
  ) {
    var attributes = [
      ("x", frame.x.pixels), ("y", frame.y.pixels),
      ("width", frame.width.pixels), ("height", frame.height.pixels), ("fill", fill),
    ]
    if radius > 0 { attributes.append(("rx", radius.pixels)) }
    if let stroke { attributes.append(("stroke", stroke)) }
    if opacity < 1 { attributes.append(("fill-opacity", opacity.pixels)) }
    append("rect", attributes, content: titleElement(tooltip))
  }

  mutating func line(
    from start: Point, to end: Point, stroke: String, width: Double = 1, dash: String? = nil
  ) {
    var attributes = [
      ("x1", start.x.pixels), ("y1", start.y.pixels), ("x2", end.x.pixels), ("y2", end.y.pixels),
      ("stroke", stroke), ("stroke-width", width.pixels),
    ]
    if let dash { attributes.append(("stroke-dasharray", dash)) }
    append("line", attributes)
  }

  mutating func polyline(_ points: [Point], stroke: String, width: Double, dash: String?) {
    let path = points.map { "\($0.x.pixels),\($0.y.pixels)" }.joined(separator: " ")
    var attributes = [
      ("points", path), ("fill", "none"), ("stroke", stroke), ("stroke-width", width.pixels),
      ("stroke-linejoin", "round"), ("stroke-linecap", "round"),
    ]
    if let dash { attributes.append(("stroke-dasharray", dash)) }
    append("polyline", attributes)
  }

  mutating func polygon(_ points: [Point], fill: String, opacity: Double) {
    let path = points.map { "\($0.x.pixels),\($0.y.pixels)" }.joined(separator: " ")
    append("polygon", [("points", path), ("fill", fill), ("fill-opacity", opacity.pixels)])
  }

  mutating func circle(
    _ center: Point, radius: Double, fill: String, stroke: String, tooltip: String? = nil
  ) {
    append(
      "circle",
      [
        ("cx", center.x.pixels), ("cy", center.y.pixels), ("r", radius.pixels), ("fill", fill),
        ("stroke", stroke), ("stroke-width", "1.5"),
      ], content: titleElement(tooltip))
  }

  /// - Parameter rotation: In degrees, clockwise, around `point`.
  mutating func text(
    _ text: String, at point: Point, size: Double = 12, fill: String = Theme.ink,
    anchor: Anchor = .start, bold: Bool = false, rotation: Double = 0
  ) {
    var attributes = [
      ("x", point.x.pixels), ("y", point.y.pixels), ("font-size", size.pixels), ("fill", fill),
    ]
    if anchor != .start { attributes.append(("text-anchor", anchor.rawValue)) }
    if bold { attributes.append(("font-weight", "600")) }
    if rotation != 0 {
      let transform = "rotate(\(rotation.pixels) \(point.x.pixels) \(point.y.pixels))"
      attributes.append(("transform", transform))
    }
    append("text", attributes, content: text.escaped)
  }

  /// The drawing on a white card, which reads the same in light and dark surroundings.
  ///
  /// - Parameter title: What screen readers announce.
  func document(width: Double, height: Double, title: String) -> String {
    let card =
      "<rect x=\"0.5\" y=\"0.5\" width=\"\((width - 1).pixels)\" height=\"\((height - 1).pixels)\" "
      + "rx=\"10\" fill=\"\(Theme.card)\" stroke=\"\(Theme.border)\"/>"
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width.pixels)" height="\(height.pixels)" \
      viewBox="0 0 \(width.pixels) \(height.pixels)" role="img" font-family="\(Theme.fonts)">
      <title>\(title.escaped)</title>
      \(card)
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  private mutating func append(
    _ name: String, _ attributes: [(String, String)], content: String = ""
  ) {
    let listed = attributes.map { " \($0)=\"\($1.escaped)\"" }.joined()
    elements.append(
      content.isEmpty ? "<\(name)\(listed)/>" : "<\(name)\(listed)>\(content)</\(name)>")
  }

  private func titleElement(_ text: String?) -> String {
    text.map { "<title>\($0.escaped)</title>" } ?? ""
  }
}

extension String {
  /// The text as XML 1.0 allows it in content and attributes; what it forbids becomes U+FFFD.
  var escaped: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// About how wide the text is in a sans-serif font of a size, in pixels: no font is at hand.
  func width(size: Double) -> Double {
    reduce(0) { $0 + ($1.isWide ? 1 : $1.isUppercase ? 0.68 : 0.56) } * size
  }
}

extension Double {
  /// A coordinate, to a hundredth of a pixel, without needless zeros.
  var pixels: String {
    let hundredths = (self * 100).rounded()
    if hundredths.truncatingRemainder(dividingBy: 100) == 0 {
      return String(format: "%.0f", hundredths / 100 + 0)
    }
    return String(
      format: hundredths.truncatingRemainder(dividingBy: 10) == 0 ? "%.1f" : "%.2f", self)
  }
}
