import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct OperatorTests {
  @Test("arithmetic broadcasts by NumPy's rule")
  func broadcasting() async throws {
    let column = try constant([1, 2], [2, 1])
    let row = try constant([10, 20, 30])
    #expect((column + row).shape == [2, 3])
    #expect(try await elements(column + row) == [11, 21, 31, 12, 22, 32])
    #expect(try await elements(column - row) == [-9, -19, -29, -8, -18, -28])
    #expect(try await elements(column * row) == [10, 20, 30, 20, 40, 60])
    #expect(try await elements(row / column) == [10, 20, 30, 5, 10, 15])
    #expect(try await elements(row % 7) == [3, 6, 2])
    #expect(try await elements(-row) == [-10, -20, -30])
    #expect((try constant([], [0, 1]) + row).shape == [0, 3])
  }

  @Test("assignment operators do what their operators do")
  func assignment() async throws {
    var x = try constant([6])
    x += 2
    x -= 1
    x *= 6
    x /= 3
    #expect(try await elements(x) == [14])
  }

  @Test("comparisons make Booleans")
  func comparisons() async throws {
    let (x, y) = (try constant([1, 2, 3]), try constant([2, 2, 2]))
    for (result, expected) in [
      (x .== y, [0, 1, 0]), (x .!= y, [1, 0, 1]), (x .< y, [1, 0, 0]), (x .<= y, [1, 1, 0]),
      (x .> y, [0, 0, 1]), (x .>= y, [0, 1, 1]), (x .> 1 .& x .< 3, [0, 1, 0]),
      (x .< 2 .| x .> 2, [1, 0, 1]), (!(x .== 2), [1, 0, 1]),
    ] as [(Tensor, [Double])] {
      #expect(result.dtype == .bool)
      #expect(try await elements(result) == expected)
    }
  }

  @Test("a literal takes the element type of its neighbour")
  func literals() async throws {
    for dtype in DType.allCases where dtype != .bool {
      let x = Tensor(HostTensor([3.0]).converted(to: dtype))
      #expect((x + 1).dtype == dtype)
      #expect((1 + x).dtype == dtype)
      #expect(try await elements(2 * x) == [6])
    }
    // 0.1 is exact to Float64 beside Float64, not the nearest Float32.
    #expect(try await elements(try constant([0]) + 0.1) == [0.1])
    #expect(try await elements(try constant([0]) + (0.1 + Tensor(0.2) * 2)) == [0.5])
    #expect((Tensor(1) + 2).dtype == .float32)
    #expect(Tensor(0.5).constant == HostTensor(0.5 as Float))
  }

  @Test("an expression of literals keeps Float64 however deep and shared it is")
  func deepLiterals() async throws {
    var literal: Tensor = 1.0000001
    for _ in 0..<40 { literal = literal * literal / literal * 1 }
    #expect(try await elements(try constant([0]) + literal) == [1.0000001])
  }

  @Test("whole numbers refuse what they cannot hold")
  func unfitLiterals() throws {
    let x = Tensor(HostTensor([1, 2] as [Int32]))
    for (types, wrong) in [
      ("int32 and float32", x + 0.5), ("float32 and int32", 3_000_000_000 * x),
      ("int32 and float32", x * (Tensor(1) / 2)),
    ] {
      let text = try #require(failure(wrong)).description
      #expect(text.contains("element types \(types) differ"))
      #expect(text.hasSuffix("Convert one of them: x.converted(to: .float32)."))
    }
  }

  @Test("a tensor that was converted on purpose keeps its element type")
  func conversionIsStrong() {
    let one = Tensor(1).converted(to: .int32)
    #expect(failure(one + Tensor(HostTensor([0.5]))) != nil)
  }

  @Test("elementwise functions give what the mathematical ones do")
  func functions() async throws {
    let values = [0.25, 0.5, 1, 2.5]
    let x = try constant(values)
    // Values from the C library through Python's math module.
    for (result, expected) in [
      (exp(x), [1.2840254166877414, 1.6487212707001282, 2.718281828459045, 12.182493960703473]),
      (expm1(x), [0.2840254166877415, 0.6487212707001282, 1.718281828459045, 11.182493960703473]),
      (log(x), [-1.3862943611198906, -0.6931471805599453, 0, 0.9162907318741551]),
      (log1p(x), [0.22314355131420976, 0.4054651081081644, 0.6931471805599453, 1.252762968495368]),
      (sqrt(x), [0.5, 0.7071067811865476, 1, 1.5811388300841898]),
      (rsqrt(x), [2, 1.414213562373095, 1, 0.6324555320336759]),
      (sin(x), [0.24740395925452294, 0.479425538604203, 0.8414709848078965, 0.5984721441039564]),
      (cos(x), [0.9689124217106447, 0.8775825618903728, 0.5403023058681398, -0.8011436155469337]),
      (
        tanh(x), [0.24491866240370913, 0.46211715726000973, 0.7615941559557649, 0.9866142981514303]
      ),
      (erf(x), [0.27632639016823696, 0.5204998778130465, 0.8427007929497149, 0.999593047982555]),
      (
        sigmoid(x),
        [0.5621765008857981, 0.6224593312018546, 0.7310585786300049, 0.9241418199787566]
      ),
      (pow(x, 3), [0.015625, 0.125, 1, 15.625]),
      (square(x), [0.0625, 0.25, 1, 6.25]),
    ] as [(Tensor, [Double])] {
      #expect(agree(try await elements(result), expected))
    }
  }

  @Test("rounding, signs and bounds")
  func rounding() async throws {
    let x = try constant([-2.5, -0.5, 0.5, 1.5, 2.4])
    #expect(try await elements(floor(x)) == [-3, -1, 0, 1, 2])
    #expect(try await elements(ceil(x)) == [-2, -0.0, 1, 2, 3])
    #expect(try await elements(round(x)) == [-2, 0, 0, 2, 2])
    #expect(try await elements(abs(x)) == [2.5, 0.5, 0.5, 1.5, 2.4])
    #expect(try await elements(sign(x)) == [-1, -1, 1, 1, 1])
    #expect(try await elements(maximum(x, 1)) == [1, 1, 1, 1.5, 2.4])
    #expect(try await elements(minimum(x, 1)) == [-2.5, -0.5, 0.5, 1, 1])
    #expect(try await elements(clip(x, -1, 2)) == [-1, -0.5, 0.5, 1.5, 2])
    #expect(try await elements(isFinite(try constant([1, .nan, .infinity]))) == [1, 0, 0])
    #expect(try await elements(maximum(try constant([.nan, 1]), 2))[0].isNaN)
  }

  @Test("select broadcasts all three")
  func choice() async throws {
    let condition = Tensor(HostTensor([true, false]))
    let y = select(condition, try constant([1, 2, 3], [3, 1]), 0)
    #expect(y.shape == [3, 2])
    #expect(try await elements(y) == [1, 0, 2, 0, 3, 0])
  }
}
