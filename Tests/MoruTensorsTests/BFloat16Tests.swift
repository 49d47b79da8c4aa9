import MoruTensors
import Testing

@Suite("BFloat16") struct BFloat16Tests {
  @Test(
    "rounds to nearest, ties to even",
    arguments: [
      (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
      (0x3F81_8000, 0x3F82), (0x8000_0000, 0x8000), (0x0000_8000, 0x0000), (0x0000_8001, 0x0001),
      (0x0001_8000, 0x0002), (0x007F_FFFF, 0x0080), (0x7F7F_7FFF, 0x7F7F), (0x7F7F_8000, 0x7F80),
      (0xFF7F_FFFF, 0xFF80), (0x7F80_0000, 0x7F80), (0xFF80_0000, 0xFF80),
    ] as [(UInt32, UInt16)])
  func rounding(bits: UInt32, expected: UInt16) {
    #expect(BFloat16(Float(bitPattern: bits)).bitPattern == expected)
  }

  /// A carry out of the fraction must not make a number of NaN.
  @Test(
    "keeps NaN quiet", arguments: [0x7F80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FC0_0000] as [UInt32])
  func nan(bits: UInt32) {
    let rounded = BFloat16(Float(bitPattern: bits))
    #expect(Float(rounded).isNaN)
    #expect(rounded.bitPattern & 0x40 != 0)
  }

  @Test("is a Float, exactly")
  func widening() {
    for bits in UInt16.min...UInt16.max {
      let number = BFloat16(bitPattern: bits)
      guard !Float(number).isNaN else { continue }
      #expect(BFloat16(exactly: Float(number))?.bitPattern == bits)
    }
    #expect(BFloat16(exactly: 1.001) == nil)
    #expect("\(BFloat16(1.001))" == "1.0")
  }

  @Test("compares as numbers")
  func comparison() {
    #expect(BFloat16(0) == BFloat16(-0.0))
    #expect(BFloat16(0).hashValue == BFloat16(-0.0).hashValue)
    #expect(BFloat16(.nan) != BFloat16(.nan))
  }

  @Test("is an element type like the others")
  func elements() throws {
    let tensor = try HostTensor([1, -2.5, 3.14159].map { BFloat16($0) }, shape: [3, 1])
    #expect(tensor.byteCount == 6)
    #expect("\(tensor)" == "bf16[3, 1] [[1.0],\n [-2.5],\n [3.140625]]")
    #expect(try tensor.converted(to: .float64).array() == [1, -2.5, 3.140625])
    #expect(try tensor.converted(to: .int32).array() == [1, -2, 3] as [Int32])
    #expect(HostTensor([1.0, -2.5, 3.14159]).converted(to: .bfloat16).values == tensor.values)
  }
}
