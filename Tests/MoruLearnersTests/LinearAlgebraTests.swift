import MoruLearners
import Testing

@Suite struct LinearAlgebraTests {
  @Test func productsAndFactorisations() throws {
    let a: [Double] = [1, 2, 3, 4, 5, 6]
    #expect(
      LinearAlgebra.product(a, [1, 0, 0, 1, 1, 1], rows: 2, inner: 3, columns: 2)
        == [4, 5, 10, 11])
    let gram = LinearAlgebra.gram(a, rows: 3, columns: 2)
    #expect(gram == [35, 44, 44, 56])
    let eigen = try #require(LinearAlgebra.symmetricEigen([2, 1, 1, 2], size: 2))
    #expect(abs(eigen.values[0] - 1) < 1e-12 && abs(eigen.values[1] - 3) < 1e-12)
    let solution = try #require(
      LinearAlgebra.solvePositiveDefinite([4, 1, 1, 3], [1, 2], size: 2, columns: 1))
    #expect(abs(solution[0] - 1.0 / 11) < 1e-12 && abs(solution[1] - 7.0 / 11) < 1e-12)
    #expect(LinearAlgebra.solvePositiveDefinite([1, 2, 2, 1], [1, 1], size: 2, columns: 1) == nil)
  }
}
