internal import MoruTensors

extension Dataset {
  /// All features of some samples side by side, as numbers.
  ///
  /// - Throws: `DataError.resampling` if one is NaN or infinite.
  func points(_ places: [Int], for resampler: String) throws(DataError) -> Points {
    var parts: [(values: [Double], width: Int)] = []
    for feature in features {
      let values = try Self.numbers(feature.values, at: places)
      if let wrong = values.firstIndex(where: { !$0.isFinite }) {
        let width = max(values.count / max(places.count, 1), 1)
        throw .resampling(
          resampler,
          problem: "value \(wrong % width) of feature '\(feature.name)' of sample "
            + "\(places[wrong / width]) is not a finite number",
          advice: "Fill missing values first.")
      }
      parts.append((values, values.count / max(places.count, 1)))
    }
    if parts.count == 1 {
      return Points(values: parts[0].values, count: places.count, width: parts[0].width)
    }
    let rows = places.indices.flatMap { row in
      parts.flatMap { $0.values[row * $0.width..<(row + 1) * $0.width] }
    }
    return Points(
      values: rows, count: places.count, width: parts.reduce(0) { $0 + $1.width })
  }

  /// The samples of a plan.
  ///
  /// - Throws: `DataError.resampling` if samples of more than one target are to be made, or none is
  ///   left; `.inconsistent` for places outside the samples.
  func resampled(by plan: ResamplingPlan, named name: String) throws(DataError) -> Dataset {
    guard !plan.taken.isEmpty || !plan.made.isEmpty else {
      throw .resampling(name, problem: "no sample is left", advice: "Keep some of each class.")
    }
    guard plan.made.isEmpty || targets.count == 1 else {
      throw .resampling(
        name, problem: "what is true of a made sample is known for one target of \(targets.count)",
        advice: "Use data of one target, or RandomOverSampler.")
    }
    // A made sample has its base's class and weight, and features of its own.
    let places = plan.taken + plan.made.map(\.base)
    let copies = try subset(places)
    guard !plan.made.isEmpty else { return copies.marked(resampledBy: name) }
    var mixed: [Feature] = []
    for feature in features {
      let made = try Self.mixed(feature.values, plan.made)
      do throws(TensorError) {
        let taken = try feature.values.rows(plan.taken)
        mixed.append(
          Feature(name: feature.name, values: try HostTensor.concatenated([taken, made])))
      } catch { throw .inconsistent("\(error)") }
    }
    return try copies.with(features: mixed).marked(resampledBy: name)
  }

  private static func mixed(
    _ values: HostTensor, _ mixtures: [ResamplingPlan.Mixture]
  ) throws(DataError) -> HostTensor {
    var result = try numbers(values, at: mixtures.map(\.base))
    let others = try numbers(values, at: mixtures.map(\.neighbor))
    let width = result.count / mixtures.count
    for (row, mixture) in mixtures.enumerated() {
      for place in row * width..<(row + 1) * width {
        result[place] += mixture.step * (others[place] - result[place])
        if values.dtype.isInteger { result[place].round() }
      }
      for (column, value) in mixture.fixed where column < width {
        result[row * width + column] = value
      }
    }
    do throws(TensorError) {
      let shape = Shape([mixtures.count] + values.shape.dimensions.dropFirst())
      return try HostTensor(result, shape: shape).converted(to: values.dtype)
    } catch { throw .inconsistent("\(error)") }
  }

  private static func numbers(
    _ values: HostTensor, at places: [Int]
  ) throws(DataError) -> [Double] {
    do throws(TensorError) {
      return try values.rows(places).converted(to: .float64).array(of: Double.self)
    } catch { throw .inconsistent("\(error)") }
  }
}
