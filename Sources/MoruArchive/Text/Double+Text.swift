internal import Foundation

extension Double {
  /// Four digits after the point, for shares.
  package var fixed: String { String(format: "%.4f", self) }

  /// Four significant digits, for quantities of any size.
  package var significant: String { String(format: "%.4g", self) }
}
