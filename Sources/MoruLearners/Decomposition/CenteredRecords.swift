import Foundation
import MoruTensors

/// Records minus their mean, and ways to their longest directions.
struct CenteredRecords<Element: RecordScalar> {
  let records: Records<Element>
  let mean: [Double]

  /// Directions, the longest first.
  struct Directions {
    /// The squared length of all records along each direction.
    let squaredLengths: [Double]
    /// Of length 1. `[directions, features]`
    let directions: [Double]
    /// The squared length along all directions together.
    let total: Double
  }

  /// All directions, by singular values.
  func full() -> Directions? {
    let values = centered().array.map { Double($0) }
    return LinearAlgebra.rightSingular(values, rows: records.count, columns: records.features)
      .map { values, vectors in
        let squares = values.map { $0 * $0 }
        return Directions(
          squaredLengths: squares, directions: vectors, total: squares.reduce(0, +))
      }
  }

  /// The longest directions by the products of features, or of records if these are fewer.
  func byProducts(_ count: Int) -> Directions? {
    guard records.count >= records.features else { return byProductsOfRecords(count) }
    let products = productsOfFeatures()
    return LinearAlgebra.leadingEigen(products, size: records.features, count: count)
      .map { values, vectors in
        Directions(
          squaredLengths: values, directions: vectors,
          total: trace(products, size: records.features))
      }
  }

  private func productsOfFeatures() -> [Double] {
    let size = records.features
    let block = Buffer<Element>(repeating: 0, count: size * size)
    let sum = Buffer(repeating: 0.0, count: size * size)
    // Sums of some thousand products at a time keep Float32's digits.
    records.forEachCentredBlock(around: mean) { rows, values in
      Element.gram(values, into: block.start, rows: rows.count, columns: size)
      Parallel.forEach(parts: min(size, 16), of: size) { _, range in
        for row in range {
          for place in row * size + row..<(row + 1) * size { sum[place] += Double(block[place]) }
        }
      }
    }
    return sum.array
  }

  private func byProductsOfRecords(_ count: Int) -> Directions? {
    let size = records.count
    let values = centered()
    let products = Buffer<Element>(repeating: 0, count: size * size)
    Element.gram(values, ofRows: true, into: products.start, rows: size, columns: records.features)
    let matrix = products.array.map { Double($0) }
    guard let found = LinearAlgebra.leadingEigen(matrix, size: size, count: count) else {
      return nil
    }
    // A direction without length cannot be found from the records; all are looked for instead.
    let least = Double(Element.ulpOfOne) * Double(size) * found.values[0]
    guard found.values.allSatisfy({ $0 > least }) else { return full() }
    let left = Buffer(
      zip(0..., found.values).flatMap { place, value in
        (0..<size).map { Element(found.vectors[place * size + $0] / value.squareRoot()) }
      })
    let directions = Buffer<Element>(repeating: 0, count: count * records.features)
    Element.product(
      left.start, values, into: directions.start, rows: count, inner: size,
      columns: records.features)
    return Directions(
      squaredLengths: found.values, directions: directions.array.map { Double($0) },
      total: trace(matrix, size: size))
  }

  /// About the longest directions, from what is left of some at random.
  func randomized(_ count: Int, seed: Seed) -> Directions? {
    let (rows, features) = (records.count, records.features)
    let width = min(count + 10, rows, features)
    let values = centered()
    var generator = seed.child("directions").generator
    var basis = Buffer((0..<features * width).map { _ in Element(generator.normal()) })
    let image = Buffer<Element>(repeating: 0, count: rows * width)
    let back = Buffer<Element>(repeating: 0, count: features * width)
    // More rounds where few directions are kept, whose lengths must stand out more.
    for _ in 0..<(10 * count < min(rows, features) ? 7 : 4) {
      Element.product(
        values.start, basis, into: image.start, rows: rows, inner: features, columns: width)
      Element.product(
        values.start, transposed: true, image, into: back.start, rows: features, inner: rows,
        columns: width)
      guard
        let next = LinearAlgebra.orthonormalColumns(
          back.array.map { Double($0) }, rows: features, columns: width)
      else { return nil }
      basis = Buffer(next.map { Element($0) })
    }
    // Along the basis the records are few numbers each, whose own directions are exact.
    Element.product(
      values.start, basis, into: image.start, rows: rows, inner: features, columns: width)
    guard
      let found = LinearAlgebra.rightSingular(
        image.array.map { Double($0) }, rows: rows, columns: width)
    else { return nil }
    let columns = basis.array.map { Double($0) }
    var directions = [Double](repeating: 0, count: count * features)
    for direction in 0..<count {
      for feature in 0..<features {
        for place in 0..<width {
          directions[direction * features + feature] +=
            found.vectors[direction * width + place] * columns[feature * width + place]
        }
      }
    }
    return Directions(
      squaredLengths: found.values.prefix(count).map { $0 * $0 }, directions: directions,
      total: squaredLength(values))
  }

  private func centered() -> Buffer<Element> {
    let values = Buffer<Element>(repeating: 0, count: records.values.count)
    records.forEachCentredBlock(around: mean) { rows, block in
      (values.start + rows.lowerBound * records.features)
        .update(from: block.start, count: rows.count * records.features)
    }
    return values
  }

  private func squaredLength(_ values: Buffer<Element>) -> Double {
    let sums = Buffer(repeating: 0.0, count: 16)
    Parallel.forEach(parts: 16, of: values.count) { part, range in
      for place in range { sums[part] += Double(values[place]) * Double(values[place]) }
    }
    return sums.array.reduce(0, +)
  }

  private func trace(_ matrix: [Double], size: Int) -> Double {
    (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] }
  }
}

extension SeededGenerator {
  /// The next number, normal with mean 0 and deviation 1.
  ///
  /// - Source: Box, Muller 1958, doi:10.1214/aoms/1177706645.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
