import GoldenKit
import MoruLearners
import MoruTensors
import Testing

@Suite("DBSCAN") struct DBSCANTests {
  @Test(
    "agrees with scikit-learn, border points included",
    arguments: ["dbscan_moons", "dbscan_noise", "dbscan_lattice"])
  func golden(name: String) throws {
    let golden = try ClusterGolden(name)
    let found = try DBSCAN(
      eps: golden.setting("eps").number(), minSamples: golden.setting("min_samples").integer()
    ).cluster(golden.tensor("points"))
    #expect(found.labels.map { $0 ?? -1 } == (try golden.integers("labels")))
    #expect(found.isCore.indices.filter { found.isCore[$0] } == (try golden.integers("core")))
    #expect(found.count == (try golden.integers("labels").max() ?? -1) + 1)
  }

  @Test("the tree finds what looking at all points finds")
  func tree() throws {
    var generator = Seed(6).generator
    let points = HostTensor(shape: [700, 4]) { (values: UnsafeMutableBufferPointer<Double>) in
      // Many equal values, so that halves meet in the midst of them.
      for place in values.indices { values[place] = (generator.uniform() * 6).rounded() }
    }
    let values = try points.array(of: Double.self)
    let found = try DBSCAN(eps: 1.5, minSamples: 12).cluster(points)
    for point in 0..<700 {
      let near = (0..<700).count { other in
        (0..<4).reduce(0.0) {
          let difference = values[point * 4 + $1] - values[other * 4 + $1]
          return $0 + difference * difference
        } <= 2.25
      }
      #expect(found.isCore[point] == (near >= 12))
    }
  }

  @Test("odd cases are defined, refusals say what to do")
  func oddCases() throws {
    let same = try DBSCAN().cluster(HostTensor(repeating: Float(1), shape: [60, 2]))
    #expect(same.count == 1 && same.labels == [Int?](repeating: 0, count: 60))
    let one = try DBSCAN().cluster(.zeros([1, 2]))
    #expect(one.labels == [nil] && one.count == 0)
    #expect(try DBSCAN(minSamples: 1).cluster(.zeros([1, 2])).labels == [0])
    #expect(
      throws: LearnerError.setting(
        learner: "DBSCAN", name: "eps", problem: "must be a number above 0")
    ) {
      try DBSCAN(eps: 0).cluster(.zeros([1, 2]))
    }
    #expect(throws: LearnerError.self) { try DBSCAN(minSamples: 0).cluster(.zeros([1, 2])) }
    #expect(throws: LearnerError.notFinite(learner: "DBSCAN", feature: 0, sample: 1)) {
      try DBSCAN().cluster(HostTensor([[0], [.nan]] as [[Float]]))
    }
  }
}
