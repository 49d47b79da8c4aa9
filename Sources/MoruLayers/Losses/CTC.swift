public import MoruArchive
public import MoruGraph
import MoruTensors

/// `−log p(labels)`: the probability of a sequence of labels, summed over all ways in which they can
/// stand in a longer sequence of time steps, each label over one or more steps, with blanks between:
/// connectionist temporal classification, for speech and handwriting.
///
/// Class 0 is the blank, so labels are numbered from 1 on; targets are filled up with 0. All time
/// steps count. Labels that do not fit into the steps have a loss of about 1e30.
///
/// - Shapes: target `[batch, labels]` whole numbers, prediction `[batch, time, classes]` logits
///   `→ [batch]`.
/// - Source: Graves et al. 2006, doi:10.1145/1143844.1143891, section 4.1, in logarithms.
public struct CTC: Loss, PlainPart {
  public static let kind = "ctc"

  /// The loss of sequences of labels without places in time.
  public init() {}

  public var takesLogits: Bool { true }

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
    guard prediction.rank == 3, target.rank == 2, target.dtype.isInteger,
      target.shape[0] == prediction.shape[0], prediction.shape[1] > 0
    else {
      return .failure(
        Self.kind, [target, prediction],
        Mismatch(
          "targets are not label sequences, or outputs not scores for each time step",
          "Pass whole-number targets [batch, labels] and logits [batch, time, classes]."))
    }
    let labels = target.converted(to: .int32)
    let path = interleaved(labels)
    let scores = logSoftmax(prediction.softmaxLogits ?? prediction)
    // What each place of the path says at each step: [time, batch, places].
    let emissions = matmul(
      scores, path.oneHot(depth: scores.shape[2], dtype: scores.dtype).transposed([0, 2, 1])
    ).transposed([1, 0, 2])
    let final = forward(emissions, skips: skips(path))
    return -total(final, length: (labels .!= 0).converted(to: .int32).sum(axes: [1]))
  }

  /// Stands for the logarithm of 0, with room for sums.
  private var impossible: Tensor { Tensor(-1e30) }

  /// Blanks around all labels. `[batch, labels] → [batch, 2 · labels + 1]`
  private func interleaved(_ labels: Tensor) -> Tensor {
    let (batch, count) = (labels.shape[0], labels.shape[1])
    let pairs = concatenate(
      [Tensor.zeros([batch, count, 1], dtype: .int32), labels.expanded(at: 2)], axis: 2)
    return concatenate(
      [pairs.reshaped(to: [batch, 2 * count]), .zeros([batch, 1], dtype: .int32)], axis: 1)
  }

  /// Where a path may leave out the blank before a place: between unlike labels.
  private func skips(_ path: Tensor) -> Tensor {
    let earlier = path.padded(low: [0, 2], high: [0, 0]).sliced(0..<path.shape[1], axis: 1)
    return (path .!= 0) .& (path .!= earlier)
  }

  /// The logarithm of the probability of all ways that end in each place after the last step.
  private func forward(_ emissions: Tensor, skips: Tensor) -> Tensor {
    let places = emissions.shape[2]
    let isStart = Tensor.iota([places]) .< 2
    let first = select(isStart, emissions.sliced(0..<1).reshaped(to: skips.shape), impossible)
    func moved(_ x: Tensor, by count: Int) -> Tensor {
      x.padded(low: [0, count], high: [0, 0], value: impossible).sliced(0..<places, axis: 1)
    }
    let rest = emissions.sliced(1..<emissions.shape[0])
    return scan(first, over: rest) { ways, emission in
      let next = select(skips, moved(ways, by: 2), impossible)
      return (logSum([ways, moved(ways, by: 1), next]) + emission, Tensor.zeros([]))
    }.carry
  }

  /// The ways that end in the last label or in the blank after it.
  private func total(_ ways: Tensor, length: Tensor) -> Tensor {
    let places = Tensor.iota([1, ways.shape[1]], axis: 1)
    let end = 2 * length.expanded(at: 1)
    let (blank, label) = ((places .== end), (places .== end - 1))
    let sums = [blank, label].map { isEnd in
      select(
        isEnd.converted(to: .float32).max(axes: [1]) .> 0, select(isEnd, ways, 0).sum(axes: [1]),
        impossible)
    }
    return logSum(sums)
  }

  private func logSum(_ terms: [Tensor]) -> Tensor {
    let greatest = terms.dropFirst().reduce(terms[0]) { maximum($0, $1) }.stoppingGradient()
    return greatest + log(terms.reduce(Tensor(0)) { $0 + exp($1 - greatest) })
  }
}

extension Loss where Self == CTC {
  /// The loss of sequences of labels without places in time.
  public static var ctc: Self { .init() }
}
