import Foundation
import Moru

/// What makes a network of pictures smaller: by its structure, and after its training.
struct SmallerNetworks: Experiment {
  static let name = "compression"
  private static let epochs = 6
  private static let count = 20_000
  private let data: URL

  init(data: URL, pictures: URL) { self.data = data }

  func run() async throws -> String {
    let fashion = try Dataset.mnist(at: data.appending(path: "fashion_mnist"))
    let train = try fashion.train.subset(Array(0..<Self.count))
    let start = ContinuousClock.now
    var rows: [[String]] = []
    var models: [Move: TrainedModel] = [:]
    for move in Move.allCases {
      let model = try await move.network.fit(
        train, epochs: Self.epochs, batchSize: 64, optimizer: Self.optimizer,
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
        callbacks: [.progress(move.rawValue)], seed: 0)
      models[move] = model
      rows.append(Self.row(move.rawValue, try await model.compressionFigures(on: fashion.test)))
    }
    guard let teacher = models[.none], let small = models[.all] else { return "" }
    return """
      ## Smaller networks of pictures

      `Benchmarks/experiments --data DIR compression`, seed 0: \(Self.count) of Fashion-MNIST's training \
      pictures, \(Self.epochs) epochs, batch 64, Adam with cosine decay from 10⁻³; accuracy on the 10,000 \
      test pictures, whose 95 % interval reaches 0.006 (at 0.91) to 0.009 (at 0.74) to each side. Sizes are those of Float32 \
      weights; milliseconds are the least of at least 20 runs for 1 and for 32 pictures, on a machine that is shared with others.

      The moves, each by itself: the network has convolutions of 5 × 5 to 32, 64 and 64 channels, pooling \
      behind the second and the third, and dense layers of 256 and 10.

      \(Self.table(rows))

      The same network after its training, made smaller and trained for 2 epochs more:

      \(Self.table(try await smaller(teacher, learningFrom: train, judgedOn: fashion.test)))

      The network of all moves, trained by labels and as a student of the first network (temperature 3, \
      nine tenths of the loss):

      \(Self.table(try await students(of: teacher, beside: small, train, fashion.test)))

      All of it took \(Markdown.seconds(since: start)).
      """
  }

  private static var optimizer: any Optimizer { Adam(learningRate: .cosineDecay()) }

  private func smaller(
    _ teacher: TrainedModel, learningFrom train: Dataset, judgedOn test: Dataset
  ) async throws -> [[String]] {
    let stage = TrainingStage(
      epochs: 2, batchSize: 64, optimizer: .adam(learningRate: .cosineDecay(initial: 5e-4)))
    let perRound = TrainingStage(epochs: 1, batchSize: 64, optimizer: .adam(learningRate: 5e-4))
    let ways: [(any Compression, [Double])] = [
      (ChannelPruning(recovery: stage), [0.5, 0.75]),
      (LowRankFactorization(recovery: stage), [0.5, 0.75]),
      (WeightPruning(rounds: 2, recovery: perRound), [0.9]), (Int8Quantization(), [0.75]),
    ]
    var rows = [Self.row("as it was", try await teacher.compressionFigures(on: test))]
    for (way, shares) in ways {
      for share in shares {
        let model = try await way.compressed(
          teacher, share: share, on: train, seed: 1, executor: .cpu)
        rows.append(
          Self.row(
            "\(type(of: way).name) −\(Int(share * 100)) %",
            try await model.compressionFigures(on: test)))
      }
    }
    return rows
  }

  private func students(
    of teacher: TrainedModel, beside small: TrainedModel, _ train: Dataset, _ test: Dataset
  ) async throws -> [[String]] {
    let distillation = Distillation(
      from: teacher, to: Move.all.network,
      stage: TrainingStage(
        epochs: Self.epochs, batchSize: 64, optimizer: Self.optimizer,
        callbacks: [.progress("student")]))
    let student = try await distillation.fit(train, seed: 0)
    return [
      Self.row("by labels", try await small.compressionFigures(on: test)),
      Self.row("as a student", try await student.compressionFigures(on: test)),
    ]
  }

  private static func row(_ title: String, _ figures: CompressionFigures) -> [String] {
    func time(_ count: Int) -> String {
      Markdown.number(figures.footprint.milliseconds(batch: count) ?? .nan)
    }
    return [
      title, "\(figures.footprint.parameters)",
      Markdown.number(Double(figures.footprint.multiplyAdds) / 1e6, 2),
      "\(figures.footprint.weightBytes / 1000)", "\(figures.footprint.packedBytes / 1000)", time(1),
      time(32), Markdown.number(figures.value, 4),
    ]
  }

  private static func table(_ rows: [[String]]) -> String {
    Markdown.table(
      [
        "Network", "parameters", "million multiply-adds", "KB", "KB packed", "ms for 1",
        "ms for 32", "test accuracy",
      ], rows)
  }
}

/// A change of a network's structure that makes it smaller.
private enum Move: String, CaseIterable {
  case none = "as it is"
  case channels = "half of the channels"
  case kernels = "kernels of 3 × 3"
  case separable = "depthwise separable convolutions"
  case downsampling = "strides of 2 at once, one pooling less"
  case pooling = "global average pooling, no dense layer of 256"
  case bottleneck = "bottlenecks of 16 channels"
  case all = "separable, strides, global pooling"

  var network: Sequential {
    let half = self == .channels ? 2 : 1
    let side = self == .kernels ? 3 : 5
    let isStrided = self == .downsampling || self == .all
    let endsInMeans = self == .pooling || self == .all
    return Sequential {
      Rescaling(1.0 / 255)
      Conv2D(
        32 / half, kernel: Size2D(side, side), strides: isStrided ? 2 : 1, padding: .same,
        activation: .relu)
      convolution(64 / half, side)
      if !isStrided { MaxPooling2D(2) }
      convolution(64 / half, side)
      MaxPooling2D(2)
      if endsInMeans {
        GlobalAveragePooling2D()
      } else {
        Flatten()
        Dense(256 / half, activation: .relu)
      }
      Dense(10, activation: .softmax)
    }
  }

  private func convolution(_ filters: Int, _ side: Int) -> [any Layer] {
    switch self {
    case .separable, .all:
      [
        SeparableConv2D(
          filters, kernel: Size2D(side, side), padding: .same, activation: .relu)
      ]
    case .bottleneck:
      [
        Conv2D(16, kernel: 1, activation: .relu),
        Conv2D(16, kernel: Size2D(side, side), padding: .same, activation: .relu),
        Conv2D(filters, kernel: 1, activation: .relu),
      ]
    default:
      [Conv2D(filters, kernel: Size2D(side, side), padding: .same, activation: .relu)]
    }
  }
}
