import Foundation
import GoldenKit
import MoruData
import MoruLearners
import MoruTensors
import Testing

@Suite("t-SNE") struct TSNETests {
  @Test("agrees with scikit-learn from a given start")
  func golden() throws {
    let golden = try ClusterGolden("t_sne")
    let points = try golden.tensor("points")
    let perplexity = try golden.setting("perplexity").number()
    // scikit-learn's distances and probabilities are Float32.
    let joint = try TSNE.probabilities(of: points, perplexity: perplexity)
    #expect(try golden.agrees(joint, "joint", within: 1e-5))
    func embed(_ iterations: Int, method: TSNE.Method = .exact) throws -> TSNE.Embedding {
      try TSNE(
        perplexity: perplexity, earlyExaggeration: golden.setting("exaggeration").number(),
        earlyIterations: 20, maximumIterations: iterations,
        learningRate: golden.setting("learning_rate").number(), method: method
      ).embed(probabilities: golden.tensor("joint"), from: golden.tensor("start"))
    }
    #expect(try golden.agrees(embed(20).places, "early", within: 1e-9))
    let final = try embed(50)
    #expect(final.iterations == 50)
    #expect(try golden.agrees(final.places, "final", within: 1e-7))
    #expect(try golden.agrees([final.divergence], "divergence", within: 1e-9))
    // Of cells that are never taken together the forces are the same but for rounding.
    let tree = try embed(20, method: .barnesHut(angle: 0))
    #expect(try golden.agrees(tree.places, "early", within: 1e-7))
  }

  /// The share of neighbours in the plane that are neighbours in space, with what others lack in rank
  /// taken off (Venna, Kaski 2001, doi:10.1007/3-540-44668-0_68).
  private func trustworthiness(_ points: HostTensor, _ places: HostTensor, neighbours k: Int) throws
    -> Double
  {
    func ranks(_ tensor: HostTensor) throws -> [[Int]] {
      let values = try tensor.converted(to: .float64).array(of: Double.self)
      let (count, width) = (tensor.shape[0], values.count / tensor.shape[0])
      return (0..<count).map { point in
        let distances = (0..<count).map { other in
          (0..<width).reduce(0.0) {
            let difference = values[point * width + $1] - values[other * width + $1]
            return $0 + difference * difference
          }
        }
        return (0..<count).filter { $0 != point }.sorted { distances[$0] < distances[$1] }
      }
    }
    let (space, plane) = (try ranks(points), try ranks(places))
    let count = space.count
    var penalty = 0
    for point in 0..<count {
      var rank = [Int](repeating: 0, count: count)
      for (place, other) in space[point].enumerated() { rank[other] = place + 1 }
      penalty += plane[point].prefix(k).reduce(0) { $0 + max(0, rank[$1] - k) }
    }
    let norm = Double(count * k) * Double(2 * count - 3 * k - 1)
    return 1 - 2 * Double(penalty) / norm
  }

  @Test("Barnes and Hut's forces keep neighbours as well as all pairs do", arguments: [2, 3])
  func quality(dimensions: Int) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Examples/data/digits.csv.gz").standardized
    let digits = try Dataset.csv(at: file, target: "label").subset(Array(0..<300))
    let points = digits.features[0].values
    let learner = TSNE(dimensions: dimensions, maximumIterations: 400)
    let found = try learner.embed(points)
    let trust = try trustworthiness(points, found.places, neighbours: 8)
    #expect(trust > 0.96, "\(trust)")
    #expect(try learner.embed(points) == found)
    let exact = try TSNE(dimensions: dimensions, maximumIterations: 400, method: .exact)
      .embed(points)
    #expect(try trustworthiness(points, exact.places, neighbours: 8) < trust + 0.01)
  }

  @Test("odd cases are defined, refusals say what to do")
  func oddCases() throws {
    let same = try TSNE(perplexity: 2, maximumIterations: 20).embed(
      HostTensor(repeating: Float(1), shape: [12, 3]))
    #expect(try same.places.array(of: Double.self).allSatisfy(\.isFinite))
    #expect(same.divergence.isFinite)
    func message(_ learner: TSNE, _ points: HostTensor) -> String {
      do {
        _ = try learner.embed(points)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(
      message(TSNE(), .zeros([30, 2]))
        == "t-SNE: perplexity is 30.0, but must be at least 1 and below the number of points, 30.")
    #expect(message(TSNE(), .zeros([1, 2])).hasPrefix("t-SNE: perplexity is 30.0"))
    #expect(
      message(TSNE(dimensions: 4, perplexity: 2), .zeros([9, 9]))
        == "t-SNE: dimensions is 4, but at most 3 for Barnes–Hut; choose .exact.")
    #expect(
      message(TSNE(perplexity: 2), .zeros([9, 1])).contains("more than there are features"))
    #expect(message(TSNE(perplexity: 1), HostTensor([1, .nan, 2] as [Float])).contains("sample 1"))
  }
}
