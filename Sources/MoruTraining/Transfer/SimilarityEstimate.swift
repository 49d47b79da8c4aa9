import MoruCPU
public import MoruData
import MoruGraph
import MoruMetrics
public import MoruTensors

/// How far the features of a base tell the classes of another task apart, at its end and after two thirds
/// of its blocks: what the choice between them should rest on.
///
/// Each sample is given the class of the one whose features point in the most similar direction, itself
/// left out. The task counts as different if the earlier features are right more often by more than chance
/// would do (exact test of McNemar, 5 %), or if those at the end are not right more often than the most
/// frequent class is.
///
/// It looks at the samples that are learned from alone, and says nothing about how well a tuned base would
/// do. Samples that are near copies of each other, such as photos of one thing taken in a row, flatter it:
/// the nearest neighbour of each is its own copy, at the base's end as in the middle, and the tasks count as
/// similar although they may not be. Compare the strategies by cross-validation where a fit takes seconds.
///
/// - Source: leave-one-out nearest neighbours, Cover, Hart 1967, doi:10.1109/TIT.1967.1053964.
public struct SimilarityEstimate: Sendable, Equatable, CustomStringConvertible {
  /// The share of samples that the features at the end tell right, 0…1.
  public let accuracy: Double
  /// The share that the earlier features tell right, 0…1.
  public let earlierAccuracy: Double
  /// The block at whose end the earlier ones are.
  public let earlierBlock: String
  /// The share of the most frequent class, 0…1.
  public let baseline: Double
  /// How probable a difference at least as large is if both are right equally often, 0…1.
  public let pValue: Double
  /// The number of samples that were compared.
  public let samples: Int

  /// More samples than this are not compared.
  public static let sampleLimit = 2000

  /// Compares the samples of a data set of classes.
  ///
  /// - Parameters:
  ///   - data: What is to be learned from; the test part must not be in it.
  ///   - base: The base.
  ///   - seed: Decides which samples are compared if there are more than `sampleLimit`.
  /// - Throws: `TrainingError.similarity` for targets that are not classes, fewer than two samples, or a
  ///   base of one block; `.baseInput` for samples that the base does not take.
  public init(of data: Dataset, on base: TransferBase, seed: Seed = 0) async throws {
    try await self.init(of: SampleSet(data), on: base, seed: seed)
  }

  /// Compares samples of classes, in memory or in files.
  ///
  /// - Throws: As for samples in memory; what reading a file throws.
  public init(of samples: SampleSet, on base: TransferBase, seed: Seed = 0) async throws {
    guard samples.labels != nil, samples.count >= 2, base.blocks.count >= 2 else {
      throw TrainingError.similarity
    }
    var generator = seed.generator
    let places = Array(0..<samples.count).shuffled(using: &generator).prefix(Self.sampleLimit)
    let data = try samples.subset(places.sorted())
    let truth = data.known.classes?.indices ?? []
    let kept = base.blocks.count - max(base.blocks.count / 3, 1)
    let late = try await Self.answers(data, truth, base)
    let early = try await Self.answers(data, truth, base.keeping(blocks: kept))
    func share(_ answers: [Int32]) -> Double {
      Double(zip(answers, truth).count { $0 == $1 }) / Double(truth.count)
    }
    accuracy = share(late)
    earlierAccuracy = share(early)
    earlierBlock = base.blocks[kept - 1].name
    baseline = Double(data.classCounts?.max() ?? 0) / Double(truth.count)
    pValue = try McNemarTest(truth: truth, first: late, second: early).exactPValue
    self.samples = data.count
  }

  /// What it comes to.
  public var similarity: TransferStrategy.Similarity {
    let isWorse = earlierAccuracy > accuracy && pValue < 0.05
    return isWorse || accuracy <= baseline ? .different : .similar
  }

  public var description: String {
    "Nearest neighbours by the base's features tell \(percent(accuracy)) of \(samples) samples "
      + "right, by those after \(earlierBlock) \(percent(earlierAccuracy)) (p = "
      + "\((pValue * 1000).rounded() / 1000)); the most frequent class is \(percent(baseline)). "
      + "The tasks count as \(similarity.rawValue)."
  }

  /// The class of each sample's nearest neighbour.
  private static func answers(
    _ data: SampleSet, _ truth: [Int32], _ base: TransferBase
  ) async throws -> [Int32] {
    let features = try await FeatureExtraction(TransferLearning(base: base), of: data)
      .features(of: data).features[0].values
    let rows = Tensor(features.converted(to: .float32))
      .reshaped(to: [data.count, features.count / data.count])
    let lengths = sqrt(square(rows).sum(axes: [1]) + 1e-12)
    let unit = rows / lengths.expanded(at: 1)
    let cosines = try await matmul(unit, unit.transposed([1, 0])).value(on: .cpu)
      .array(of: Float.self)
    return truth.indices.map { sample in
      let row = cosines[sample * truth.count..<(sample + 1) * truth.count]
      let others = row.enumerated().filter { $0.offset != sample }
      return truth[others.max { $0.element < $1.element }?.offset ?? sample]
    }
  }
}
