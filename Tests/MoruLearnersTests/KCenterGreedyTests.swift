import GoldenKit
import MoruLearners
import MoruTensors
import Testing

@Suite("Greedy centers") struct KCenterGreedyTests {
  private func points() throws -> (HostTensor, [Int]) {
    let file = try GoldenFile("anomaly", "k_centers")
    return (
      try file.tensor("points"), try file.tensor("chosen").array(of: Int32.self).map { Int($0) }
    )
  }

  @Test("each further center is the record that NumPy finds farthest")
  func golden() throws {
    let (points, chosen) = try points()
    #expect(try KCenterGreedy(12).places(in: points, from: 7) == chosen)
    #expect(try KCenterGreedy(3).places(in: points, from: 7) == Array(chosen.prefix(3)))
  }

  @Test("thousands of records, in several parts, are no different from a few")
  func parts() throws {
    let values = Seed(3).uniform(count: 9000 * 3).map { Float($0) }
    let points = try HostTensor(values, shape: [9000, 3])
    let chosen = try KCenterGreedy(6).places(in: points, from: 11)
    var nearest = [Float](repeating: .infinity, count: 9000)
    var expected = [11]
    while expected.count < 6 {
      let last = expected[expected.count - 1] * 3
      for place in 0..<9000 {
        let squares = (0..<3).map { feature in
          let difference = values[place * 3 + feature] - values[last + feature]
          return difference * difference
        }
        nearest[place] = min(nearest[place], squares.reduce(0, +))
      }
      expected.append(nearest.indices.max { nearest[$0] < nearest[$1] } ?? 0)
    }
    #expect(chosen == expected)
  }

  @Test("the seed decides the first record; as many as there are, or more, means all")
  func odd() throws {
    let (points, _) = try points()
    #expect(
      try KCenterGreedy(5).places(in: points, seed: 1)
        == KCenterGreedy(5).places(in: points, seed: 1))
    #expect(
      try Set((0..<20).map { try KCenterGreedy(1).places(in: points, seed: Seed($0))[0] }).count > 1
    )
    #expect(try KCenterGreedy(60).places(in: points, seed: 1) == Array(0..<60))
    #expect(try KCenterGreedy(61).places(in: points, seed: 1) == Array(0..<60))
    let same = HostTensor(repeating: Float(2), shape: [4, 2])
    #expect(try KCenterGreedy(2).places(in: same, from: 3).count == 2)
    #expect(throws: LearnerError.self) { try KCenterGreedy(0).places(in: points, seed: 1) }
    #expect(throws: LearnerError.self) {
      try KCenterGreedy(1).places(in: HostTensor.zeros([0, 2]), seed: 1)
    }
    #expect(
      throws: LearnerError.notFinite(learner: "k-center greedy", feature: 1, sample: 1)
    ) {
      try KCenterGreedy(1).places(in: HostTensor([[1, 2], [3, .nan]] as [[Float]]), seed: 1)
    }
  }
}
