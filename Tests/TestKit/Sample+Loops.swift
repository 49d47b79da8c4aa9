import MoruGraph
import MoruTensors

extension Sample {
  static let looping: [Sample] = [recurrences, carries, delays, edges].flatMap { $0 }

  /// Recurrences over `[steps, batch, features]` with a weight from outside.
  private static let recurrences: [Sample] = [false, true].flatMap { reversed in
    let suffix = reversed ? " reversed" : ""
    return [
      loop("scan of a recurrent layer" + suffix, [[4, 3, 2], [3, 5], [2, 5], [5, 5]]) { x in
        let last = scan(x[1], over: x[0], reversed: reversed) { h, x0 in
          (tanh(matmul(x0, x[2]) + matmul(h, x[3])), [Tensor]())
        }
        return last.carry
      },
      loop("scan with outputs" + suffix, [[4, 3, 5], [3, 5], [5, 5], [5]]) { x in
        let all = scan([x[1], x[1] * 0.5], over: x[0], reversed: reversed) { state, z in
          let h = sigmoid(z + matmul(state[0], x[2]) + x[3])
          let c = state[1] * h + 0.3
          return ([tanh(c) * h, c], [h, c.sum(axes: [1])])
        }
        return all.outputs[0] * all.carry[1] + all.outputs[1].expanded(at: 2)
      },
      loop("scan of four gates" + suffix, [[3, 2, 8], [2, 2], [2, 8]]) { x in
        let all = scan([x[1], 0 * x[1]], over: x[0], reversed: reversed) { state, z in
          let gates = z + matmul(state[0], x[2])
          func gate(_ place: Int) -> Tensor { gates.sliced(2 * place..<2 * place + 2, axis: 1) }
          let c = sigmoid(gate(1)) * state[1] + sigmoid(gate(0)) * tanh(gate(2))
          let h = sigmoid(gate(3)) * tanh(c)
          return ([h, c], h)
        }
        return concatenate([all.outputs, all.carry[1].expanded(at: 0)])
      },
    ].flatMap { $0 }
  }

  /// What may be carried, sliced and read from outside.
  private static let carries: [Sample] = [
    loop("scan without sequences", [[2, 3]]) { x in
      scan(x[0], over: [Tensor](), length: 3) { y, _ in (sin(y) * x[0], [Tensor]()) }.carry
    },
    loop("scan without carries", [[3, 2], [2]]) { x in
      scan([Tensor](), over: x[0]) { _, row in ([], row * row * x[1]) }.outputs
    },
    loop("scan with a count", [[4, 2]]) { x in
      let start = [Tensor(HostTensor(Int32(0))), x[0].sliced(0..<1).reshaped(to: [2])]
      let all = scan(start, over: x[0]) { state, row in
        let isEven = (state[0] % 2) .== 0
        let y = select(isEven.broadcast(to: [2]), state[1] * row, state[1] + row)
        return ([state[0] + 1, y], y)
      }
      return all.outputs * all.carry[0].converted(to: x[0].dtype)
    },
    loop("scan of scans", [[3, 2, 2], [2], [2]]) { x in
      scan(x[1], over: x[0]) { outer, rows in
        let inner = scan(outer, over: rows) { h, row in
          let y = tanh(h * x[2] + row)
          return (y, y)
        }
        return (inner.carry, inner.outputs * outer)
      }.outputs
    },
    loop("scan with a stopped gradient", [[3, 2], [2]]) { x in
      // Finite differences see what is stopped, so that only a constant may be.
      scan(x[1], over: x[0]) { h, row in (h * row + (0 * h).stoppingGradient(), h) }.outputs
    },
    loop("scan that attends", [[3, 2, 4], [2, 4], [5, 4]]) { x in
      scan(x[1], over: x[0]) { h, row in
        let scores = DotGeneral(leftContracting: [1], rightContracting: [1])
        let weights = softmax(Tensor.applyAll(.dot(scores), [h + row, x[2]])[0])
        let y = matmul(weights, x[2])
        return (y, weights)
      }.carry
    },
  ].flatMap { $0 }

  /// Every element type may be carried, sliced and stacked.
  private static let delays: [Sample] = DType.allCases.map { dtype in
    Sample(
      "scan that delays \(dtype.shortName)",
      [Values.spread([4, 3], dtype), Values.spread([3], dtype, seed: 2)], isExact: true,
      smoothDomain: "all numbers"
    ) { x in
      scan(x[1], over: x[0], reversed: true) { delayed, row in (row, delayed) }.outputs
    }
  }

  private static let edges: [Sample] = [
    loop("scan of no steps", [[0, 2, 3], [2, 3], [3, 3]]) { x in
      let all = scan(x[1], over: x[0]) { h, row in
        let y = matmul(h, x[2]) + row
        return (y, y)
      }
      return concatenate([all.outputs, all.carry.expanded(at: 0)])
    },
    loop("scan of an empty batch", [[2, 0, 3], [0, 3], [3, 3]]) { x in
      scan(x[1], over: x[0]) { h, row in (tanh(matmul(h, x[2]) + row), [Tensor]()) }.carry
    },
    loop("scan that hands on its input", [[3, 2], [2]]) { x in
      let all = scan([x[1], x[1]], over: x[0]) { state, row in ([state[1], row], state[0]) }
      return all.outputs * all.carry[0]
    },
  ].flatMap { $0 }

  private static func loop(
    _ name: String, _ shapes: [Shape], _ draw: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> [Sample] {
    [DType.float32, .float64].map { dtype in
      Sample(
        "\(name) \(dtype.shortName)",
        shapes.enumerated().map {
          Values.spread($1, dtype, in: -1.3...1.1, seed: Seed(UInt64($0)))
        },
        smoothDomain: "all numbers", draw: draw)
    }
  }
}
