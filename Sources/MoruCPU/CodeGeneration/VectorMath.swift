/// Functions of Float32 lanes, by the formulas of CKernels' vector_math.inc.
extension VectorBlock {
  /// x = n ln 2 + r; gives exp(r) − 1 and n. NaN goes through both.
  private mutating func reduced(
    _ x: Value, from lowest: Float, to highest: Float
  ) -> (Value, n: Value) {
    // The second operand of these is the result if it is NaN.
    let low = apply(.minimum, constant(highest), x)
    let clamped = apply(.maximum, constant(lowest), low)
    let n = round(multiply(clamped, constant(1.44269504)))
    var r = fused(n, constant(-0.693359375), clamped)
    r = fused(n, constant(2.12194440e-4), r)
    let q = polynomial(
      r,
      [
        1.9891268510e-4, 1.3933900050e-3, 8.3333106746e-3, 4.1666462666e-2, 1.6666666668e-1,
        5.0000000137e-1,
      ])
    return (fused(multiply(q, r), r, r), n)
  }

  /// The nearest whole number, even ones first.
  private mutating func round(_ x: Value) -> Value { apply(.round, x, immediate: 8) }

  mutating func exponential(_ x: Value) -> Value {
    let (p, n) = reduced(x, from: -104, to: 89)
    return apply(.scale, add(p, constant(1)), n)
  }

  mutating func exponentialMinusOne(_ x: Value) -> Value {
    let (p, n) = reduced(x, from: -30, to: 89)
    let one = constant(1)
    let power = apply(.scale, one, n)
    let result = fused(power, p, subtract(power, one))
    let isTiny = compare(.less, absolute(x), constant(1e-6))
    let tiny = fused(multiply(x, constant(0.5)), x, x)
    let isHuge = compare(.greater, n, constant(126))
    return choose(
      isHuge, apply(.scale, add(p, one), n), choose(isTiny, tiny, result))
  }

  mutating func logarithm(_ x: Value) -> Value {
    let isTiny = compare(.less, x, constant(Float.leastNormalMagnitude))
    let scaled = choose(isTiny, multiply(x, constant(16_777_216)), x)
    // The mantissa goes to [√½, √2).
    let shifted = apply(.subtractWords, scaled, constant(bits: 0x3F35_04F3))
    var exponent = apply(.floatFromWord, apply(.shiftRight, shifted, immediate: 23))
    exponent = choose(isTiny, subtract(exponent, constant(24)), exponent)
    let mantissa = apply(
      .addWords, apply(.and, shifted, constant(bits: 0x007F_FFFF)), constant(bits: 0x3F35_04F3))
    let f = subtract(mantissa, constant(1))
    let p = polynomial(
      f,
      [
        6.9716114715e-2, -1.1479733847e-1, 1.1685419923e-1, -1.2425687331e-1, 1.4249057646e-1,
        -1.6667802320e-1, 2.0000715749e-1, -2.4999996958e-1, 3.3333331180e-1,
      ])
    let square = multiply(f, f)
    var small = multiply(multiply(p, f), square)
    small = fused(square, constant(-0.5), small)
    small = fused(exponent, constant(-2.12194440e-4), small)
    var result = fused(exponent, constant(0.693359375), add(f, small))
    let zero = constant(0)
    result = choose(compare(.equal, x, zero), constant(-Float.infinity), result)
    result = choose(compare(.less, x, zero), constant(Float.nan), result)
    result = choose(compare(.equal, x, constant(Float.infinity)), x, result)
    return choose(compare(.unordered, x, x), x, result)
  }

  mutating func logarithmPlusOne(_ x: Value) -> Value {
    let one = constant(1)
    let u = add(x, one)
    let correction = divide(subtract(subtract(u, one), x), u)
    var result = subtract(logarithm(u), correction)
    result = choose(compare(.equal, x, constant(-1)), constant(-Float.infinity), result)
    result = choose(compare(.equal, u, one), x, result)
    return choose(compare(.equal, x, constant(Float.infinity)), x, result)
  }

  /// x log₂(e) = n + r for bounded x; gives 2ⁿ and r.
  private mutating func powerOfTwo(
    _ x: Value, from lowest: Float, to highest: Float, _ log2E: Float, _ rest: Float
  ) -> (Value, r: Value) {
    // The second operand of these is the result if it is NaN.
    let bounded = apply(
      .maximum, constant(lowest), apply(.minimum, constant(highest), x))
    let (large, factor) = (constant(12_582_912), constant(log2E))
    let shifted = fused(bounded, factor, large)
    var r = fused(bounded, factor, subtract(large, shifted))
    r = fused(bounded, constant(rest), r)
    let power = apply(
      .addWords, apply(.shiftLeft, shifted, immediate: 23), constant(bits: 0x3F80_0000))
    return (power, r)
  }

  mutating func tangent(_ x: Value) -> Value {
    let (power, r) = powerOfTwo(x, from: -20, to: 20, 2.88539008, 3.85192606e-8)
    let p = polynomial(
      r,
      [1.5403512e-4, 1.3390735e-3, 9.618238e-3, 5.5503573e-2, 2.4022649e-1, 6.931472e-1])
    let e = fused(power, multiply(p, r), subtract(power, constant(1)))
    return divide(e, add(e, constant(2)))
  }

  mutating func logistic(_ x: Value) -> Value {
    let (power, r) = powerOfTwo(x, from: -89, to: 87, -1.44269504, -1.92596303e-8)
    let p = polynomial(
      r, [1.3276472e-3, 9.675542e-3, 5.550713e-2, 2.402212e-1, 6.9314694e-1, 1])
    return divide(constant(1), fused(power, p, constant(1)))
  }

  mutating func errorFunction(_ x: Value) -> Value {
    let magnitude = absolute(x)
    let t = polynomial(
      multiply(x, x),
      [
        7.8758750627e-5, -8.0168642872e-4, 5.1890874234e-3, -2.6854212010e-2, 1.1283594715e-1,
        -3.7612626667e-1, 1.1283791658,
      ])
    // 1 − exp(−q) where q fits −log(erfc) on [1, 4].
    let q = polynomial(
      apply(.minimum, constant(4), magnitude),
      [
        7.5826819697e-8, -3.3216845907e-6, 6.2298353252e-5, -6.8583668301e-4, 5.0649469202e-3,
        -2.7099523294e-2, 1.1105501737e-1, 6.3095302982e-1, 1.1306751442, -4.1632921771e-4,
      ])
    let power = exponential(apply(.exclusiveOr, q, constant(bits: 0x8000_0000)))
    let outer = copySign(subtract(constant(1), power), of: x)
    return choose(compare(.less, magnitude, constant(1)), multiply(x, t), outer)
  }

  /// −1, 0 or 1; NaN stays.
  mutating func sign(_ x: Value) -> Value {
    let zero = constant(0)
    let negative = choose(compare(.less, x, zero), constant(-1), x)
    return choose(compare(.greater, x, zero), constant(1), negative)
  }
}
