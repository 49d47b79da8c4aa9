internal import Foundation

extension Int {
  /// So many bytes in a unit of readable size, such as `3.4 MiB`.
  var bytesText: String {
    switch self {
    case ..<1024: "\(self) B"
    case ..<(1 << 20): String(format: "%.1f KiB", Double(self) / 1024)
    case ..<(1 << 30): String(format: "%.1f MiB", Double(self) / Double(1 << 20))
    default: String(format: "%.2f GiB", Double(self) / Double(1 << 30))
    }
  }
}

extension Double {
  /// So many seconds in a unit of readable size, such as `12.0 ms`.
  var secondsText: String {
    switch self {
    case 1...: String(format: "%.1f s", self)
    case 1e-3..<1: String(format: "%.1f ms", self * 1e3)
    default: String(format: "%.1f µs", self * 1e6)
    }
  }
}
