/// How a function bends, about: a positive definite matrix of some variables, the same for each group
/// of so many of them.
struct Curvature {
  private let inverse: [Double]
  private let size: Int

  /// Nil if the matrix of `[size, size]`, of which the upper half is looked at, is not positive definite.
  init?(_ matrix: [Double], size: Int) {
    guard let inverse = LinearAlgebra.inverse(positiveDefinite: matrix, size: size) else {
      return nil
    }
    self.inverse = inverse
    self.size = size
  }

  /// What would have to be moved to change slopes by so much.
  func moves(for slopes: [Double]) -> [Double] {
    LinearAlgebra.product(
      slopes, inverse, rows: slopes.count / size, inner: size, columns: size)
  }
}

/// Finds the least value of a smooth function by its gradients, with a memory of the last steps in
/// place of second derivatives, and on top of what is known about these at the start.
///
/// - Source: Liu, Nocedal 1989, doi:10.1007/BF01589116; the line search is algorithm 3.5 of Nocedal,
///   Wright 2006, "Numerical Optimization", doi:10.1007/978-0-387-40065-5.
struct LBFGS {
  /// Where a function is, and which way it goes.
  struct Point {
    let place: [Double]
    let value: Double
    let gradient: [Double]
  }

  /// Stops when no element of the gradient is larger.
  let tolerance: Double
  /// Stops after so many steps.
  let maxIterations: Int
  /// Steps that are remembered.
  private let memory = 10
  /// About how the function bends; nil if that is not known.
  var curvature: Curvature?
  let function: ([Double]) -> (value: Double, gradient: [Double])

  /// The least point that is found, and whether the gradient is as small there as asked.
  func minimize(from start: [Double]) -> (point: Point, isConverged: Bool) {
    var point = evaluate(start)
    var steps: [(move: [Double], change: [Double], scale: Double)] = []
    for _ in 0..<maxIterations {
      if isConverged(point) { return (point, true) }
      var direction = direction(point.gradient, steps)
      if dot(direction, point.gradient) >= 0 {
        steps = []
        direction = point.gradient.map { -$0 }
      }
      let isKnown = curvature != nil || !steps.isEmpty
      let first = isKnown ? 1 : min(1, 1 / dot(direction, direction).squareRoot())
      guard let next = search(from: point, along: direction, first: first) else { break }
      let move = zip(next.place, point.place).map { $0 - $1 }
      let change = zip(next.gradient, point.gradient).map { $0 - $1 }
      let curvature = dot(move, change)
      if curvature > 0 {
        steps.append((move, change, 1 / curvature))
        if steps.count > memory { steps.removeFirst() }
      }
      point = next
    }
    return (point, isConverged(point))
  }

  private func evaluate(_ place: [Double]) -> Point {
    let (value, gradient) = function(place)
    return Point(place: place, value: value, gradient: gradient)
  }

  private func isConverged(_ point: Point) -> Bool {
    point.gradient.allSatisfy { abs($0) <= tolerance }
  }

  /// The gradient turned round and divided by the curvature that the last steps have met.
  private func direction(
    _ gradient: [Double], _ steps: [(move: [Double], change: [Double], scale: Double)]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var shares: [Double] = []
    for step in steps.reversed() {
      let share = step.scale * dot(step.move, direction)
      shares.append(share)
      add(step.change, times: -share, to: &direction)
    }
    direction = curvature?.moves(for: direction) ?? direction
    if let last = steps.last {
      let expected = curvature?.moves(for: last.change) ?? last.change
      let scale = 1 / (last.scale * dot(last.change, expected))
      for place in direction.indices { direction[place] *= scale }
    }
    for (step, share) in zip(steps, shares.reversed()) {
      add(step.move, times: share - step.scale * dot(step.change, direction), to: &direction)
    }
    return direction
  }

  /// A point along a direction that is lower by enough, with a slope that is flatter by enough; nil
  /// if rounding hides any.
  private func search(from start: Point, along direction: [Double], first: Double) -> Point? {
    let slope = dot(start.gradient, direction)
    func point(at length: Double) -> Point {
      var place = start.place
      add(direction, times: length, to: &place)
      return evaluate(place)
    }
    func isLow(_ point: Point, _ length: Double) -> Bool {
      point.value <= start.value + 1e-4 * length * slope
    }
    var (low, lowPoint) = (0.0, start)
    var high: Double?
    var length = first
    var best: Point?
    for _ in 0..<40 {
      let candidate = point(at: length)
      let candidateSlope = dot(candidate.gradient, direction)
      if !candidate.value.isFinite || !isLow(candidate, length)
        || (low > 0 && candidate.value >= lowPoint.value)
      {
        high = length
      } else if abs(candidateSlope) <= -0.9 * slope {
        return candidate
      } else {
        best = candidate
        if candidateSlope >= 0 { high = length } else { (low, lowPoint) = (length, candidate) }
      }
      length = high.map { (low + $0) / 2 } ?? length * 2
    }
    return best
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for place in a.indices { sum += a[place] * b[place] }
    return sum
  }

  private func add(_ a: [Double], times factor: Double, to b: inout [Double]) {
    for place in a.indices { b[place] += factor * a[place] }
  }
}
