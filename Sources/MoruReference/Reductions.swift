import MoruGraph
import MoruTensors

func reduce<T: Number>(_ rule: Reduce, _ x: HostTensor, of type: T.Type) throws -> HostTensor {
  let elements: [T] = try x.array()
  let kept = x.shape.axes(without: rule.axes)
  let members = x.shape.places(along: rule.axes)
  let (start, function): (T.Total, Binary) =
    switch rule.kind {
    case .sum: (T.Total(place: 0), .add)
    case .product: (T.Total(place: 1), .multiply)
    case .maximum: (T.least.total, .maximum)
    case .minimum: (T.greatest.total, .minimum)
    }
  let result = x.shape.places(along: kept).map { place in
    T(
      total: members.reduce(start) {
        $0.applying(function, with: elements[place + $1].total)
      })
  }
  return try HostTensor(result, shape: Shape(kept.map { x.shape[$0] }))
}

func argMax<T: Number>(_ rule: ArgMax, _ x: HostTensor, of type: T.Type) throws -> HostTensor {
  let elements: [T] = try x.array()
  let kept = x.shape.axes(without: [rule.axis])
  let members = x.shape.places(along: [rule.axis])
  let result = x.shape.places(along: kept).map { place in
    Int32(firstGreatest(members.map { elements[place + $0] }))
  }
  return try HostTensor(result, shape: Shape(kept.map { x.shape[$0] }))
}

/// The index of the first NaN, else of the first greatest element.
func firstGreatest<T: Number>(_ elements: [T]) -> Int {
  var best = 0
  for index in elements.indices where !elements[best].isNotANumber {
    if elements[index] > elements[best] || elements[index].isNotANumber { best = index }
  }
  return best
}

func cumulativeSum<T: Number>(
  _ rule: CumulativeSum, _ x: HostTensor, of type: T.Type
) throws -> HostTensor {
  var elements: [T] = try x.array()
  let members = x.shape.places(along: [rule.axis])
  for place in x.shape.places(along: x.shape.axes(without: [rule.axis])) {
    var total = T.Total(place: 0)
    for member in rule.isReversed ? members.reversed() : members {
      let next = total.plus(elements[place + member].total)
      elements[place + member] = T(total: rule.isExclusive ? total : next)
      total = next
    }
  }
  return try HostTensor(elements, shape: x.shape)
}

func dot<T: Number>(
  _ rule: DotGeneral, _ operands: [HostTensor], of type: T.Type
) throws -> HostTensor {
  let (left, right) = (operands[0], operands[1])
  let (x, y): ([T], [T]) = (try left.array(), try right.array())
  let leftFree = rule.leftFree(rank: left.shape.rank)
  let rightFree = rule.rightFree(rank: right.shape.rank)
  let products = Array(
    zip(
      left.shape.places(along: rule.leftContracting),
      right.shape.places(along: rule.rightContracting)))
  var result: [T] = []
  for (leftBatch, rightBatch) in zip(
    left.shape.places(along: rule.leftBatch), right.shape.places(along: rule.rightBatch))
  {
    for row in left.shape.places(along: leftFree) {
      for column in right.shape.places(along: rightFree) {
        let total = products.reduce(T.Total(place: 0)) { total, inner in
          let (i, j) = (leftBatch + row + inner.0, rightBatch + column + inner.1)
          return total.plus(x[i].total.times(y[j].total))
        }
        result.append(T(total: total))
      }
    }
  }
  let sizes =
    rule.leftBatch.map { left.shape[$0] } + leftFree.map { left.shape[$0] }
    + rightFree.map { right.shape[$0] }
  return try HostTensor(result, shape: Shape(sizes))
}
