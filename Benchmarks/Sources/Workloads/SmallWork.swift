import Moru

extension Workload where Self == Latency {
  /// A sum of eight numbers, computed at once.
  static var eagerOperation: Self {
    Latency("eager op") {
      let x = Tensor(HostTensor([Float](repeating: 1, count: 8)))
      return try await RepeatedWork(repetitions: 100) { _ = try await (x + x).value(on: .cpu) }
    }
  }

  /// `tanh(x · w)` for a row of 64 numbers, `w` resident.
  static var compiledCall: Self {
    Latency("compiled call") {
      let x = Tensor(Samples.values([1, 64]))
      let step = compiled(state: Tensor(Samples.values([64, 64])), on: .cpu) {
        (weights: inout Tensor, x: Tensor) in tanh(matmul(x, weights))
      }
      return try await RepeatedWork(repetitions: 100) { _ = try await step(x) }
    }
  }

  /// A product of two large matrices: what the machine can do at most.
  static var matrixProduct: Self {
    Latency("matrix product") {
      let size = 2048
      let weights = Tensor(Samples.values([size, size]))
      let product = compiled(state: [weights, weights], on: .cpu) { (state: inout [Tensor]) in
        state[1] = matmul(state[0], state[0])
        return [Tensor]()
      }
      return try await RepeatedWork { _ = try await product() }
    }
  }
}
