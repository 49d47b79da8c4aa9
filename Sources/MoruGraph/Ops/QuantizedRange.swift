public import MoruTensors

/// How numbers are written in one byte: `q = clip(round(x / scale))`, so that `x ≈ scale · q`.
///
/// Zero is always exact, so that padding and what an activation cuts off stay zero.
///
/// - Source: Jacob et al. 2018, arXiv:1712.05877; Wu et al. 2020, arXiv:2004.09602, for scales
///   without an offset.
public struct QuantizedRange: Codable, Hashable, Sendable {
  /// The distance between neighbouring numbers, above 0.
  public let scale: Float
  /// Whether numbers below 0 occur: Int8 and −128…127, else UInt8 and 0…255.
  public let isSigned: Bool

  /// A range of numbers with a known scale.
  public init(scale: Float, isSigned: Bool) {
    self.scale = scale
    self.isSigned = isSigned
  }

  /// The range that holds `low…high`; if that is 0 alone, its scale is 1.
  public init(low: Float, high: Float) {
    self.init(magnitude: max(abs(low), abs(high)), isSigned: low < 0)
  }

  /// The range that holds numbers up to a magnitude of at least 0; if that is 0, its scale is 1.
  public init(magnitude: Float, isSigned: Bool) {
    let steps: Float = isSigned ? 127 : 255
    // A subnormal scale would have no reciprocal.
    scale = magnitude / steps >= .leastNormalMagnitude ? magnitude / steps : 1
    self.isSigned = isSigned
  }

  /// The type of the whole numbers.
  public var dtype: DType { isSigned ? .int8 : .uint8 }
  /// The least and the greatest of them.
  public var limits: ClosedRange<Double> { isSigned ? -128...127 : 0...255 }
}

extension Tensor {
  /// Whole numbers that stand for the elements: `clip(round(x · (1/scale)))`, halves to the even one.
  /// `f32[…] → i8 or u8[…]`
  public func quantized(to range: QuantizedRange) -> Tensor {
    steps(of: Tensor(Double(1 / range.scale)), range).converted(to: range.dtype)
  }

  /// The numbers that whole ones stand for, `scale · q`. `i8 or u8[…] → f32[…]`
  public func dequantized(from range: QuantizedRange) -> Tensor {
    converted(to: .float32) * Tensor(Double(range.scale))
  }

  /// What is left of the elements when they are quantized and dequantized, with the gradient of `x`
  /// where that is inside the range, and 0 elsewhere. `f32[…] → f32[…]`
  ///
  /// - Parameters:
  ///   - scale: The distance between neighbouring numbers, of a shape that broadcasts.
  ///   - limits: The least and the greatest whole number.
  /// - Source: Bengio, Léonard, Courville 2013, arXiv:1308.3432, for the gradient.
  public func fakeQuantized(scale: Tensor, limits: ClosedRange<Double>) -> Tensor {
    let reciprocal = 1 / scale
    let low = Tensor(limits.lowerBound)
    let high = Tensor(limits.upperBound)
    let whole = round(self * reciprocal)
    let value = clip(whole, low, high) * scale
    let isInside = (whole .>= low) .& (whole .<= high)
    return value.withGradient(to: [self]) { [select(isInside, $0, 0)] }
  }

  private func steps(of reciprocal: Tensor, _ range: QuantizedRange) -> Tensor {
    clip(
      round(self * reciprocal), Tensor(range.limits.lowerBound), Tensor(range.limits.upperBound))
  }
}
