import Foundation

/// The changes that policies draw from.
///
/// - Source: Cubuk et al. 2018, arXiv:1805.09501, table 6.
enum StandardChange: CaseIterable {
  case identity, shearX, shearY, translateX, translateY, rotate
  case brightness, color, contrast, sharpness, posterize, solarize, autoContrast, equalize

  /// Whether things move.
  var isGeometric: Bool {
    switch self {
    case .shearX, .shearY, .translateX, .translateY, .rotate: true
    default: false
    }
  }

  /// What is done at a strength of 0 to 1.
  ///
  /// - Parameter sign: 1 or −1: in which direction, where there are two.
  func operations(
    strength: Double, sign: Double, frame: PictureFrame, border: GeometricTransform.Border
  ) -> [PictureOperation] {
    func moved(_ source: Homography) -> [PictureOperation] {
      [.geometric(GeometricTransform(about: frame, source, border: border))]
    }
    let slant = sign * 0.3 * strength
    let share = sign * 150 / 331 * strength
    let factor = 1 + sign * 0.9 * strength
    switch self {
    case .identity: return []
    case .shearX: return moved(.affine(1, slant, 0, 1))
    case .shearY: return moved(.affine(1, 0, slant, 1))
    case .translateX: return moved(.translation(x: (share * Double(frame.width)).rounded(), y: 0))
    case .translateY: return moved(.translation(x: 0, y: (share * Double(frame.height)).rounded()))
    case .rotate:
      let angle = sign * strength * .pi / 6
      return moved(.affine(cos(angle), -sin(angle), sin(angle), cos(angle)))
    case .brightness: return [.pixels(Brightness.Operation(factor: factor))]
    case .color: return [.pixels(Saturation.Operation(factor: factor))]
    case .contrast: return [.pixels(Contrast.Operation(factor: factor))]
    case .sharpness: return [.pixels(Sharpness.Operation(factor: factor))]
    case .posterize:
      let mask = UInt8(truncatingIfNeeded: 0xFF << Int((4 * strength).rounded()))
      return [.pixels(LookUp { Double($0 & mask) })]
    case .solarize:
      let threshold = 255 * (1 - strength)
      return [.pixels(LookUp { Double($0) >= threshold ? Double(255 - $0) : Double($0) })]
    case .autoContrast: return [AutoContrastRule.operation(for: frame)]
    case .equalize: return [EqualizeRule.operation(for: frame)]
    }
  }
}
