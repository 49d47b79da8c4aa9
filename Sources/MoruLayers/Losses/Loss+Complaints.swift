import MoruGraph
import MoruTensors

// Why a loss does not fit a model's output or a data set's targets, in words that help.

extension Loss {
  /// Why targets and an output are not distributions over the classes, as `categorical` losses need
  /// them.
  ///
  /// - Parameter fromLogits: Whether the loss was told that the output is logits.
  func complaintAboutDistribution(
    _ target: Tensor, _ prediction: Tensor, fromLogits: Bool
  ) -> Mismatch? {
    if target.rank == prediction.rank - 1, target.dtype.isInteger {
      return Mismatch(
        "targets are class numbers, not distributions",
        "Use sparseCategoricalCrossentropy for class numbers.")
    }
    return complaintAboutScores(prediction, fromLogits: fromLogits)
  }

  /// Why an output is not scores of classes of which each sample has one.
  ///
  /// - Parameter fromLogits: Whether the loss was told that the output is logits.
  func complaintAboutScores(_ prediction: Tensor, fromLogits: Bool) -> Mismatch? {
    if fromLogits, prediction.softmaxLogits != nil {
      return Mismatch(
        "the output is a softmax, not logits", "Leave out fromLogits, or the softmax.")
    }
    guard prediction.shape.last == 1 || prediction.sigmoidLogits != nil else { return nil }
    return Mismatch(
      prediction.shape.last == 1
        ? "the output has one class" : "a sigmoid output does not sum to 1 over the classes",
      "Use softmax over several classes if each sample has one of them, or sigmoid with "
        + "binaryCrossentropy if it may have several labels.")
  }

  /// Why an output is not one probability for each label, as `binary` losses need it.
  ///
  /// - Parameter fromLogits: Whether the loss was told that the output is logits.
  func complaintAboutLabels(_ prediction: Tensor, fromLogits: Bool) -> Mismatch? {
    if fromLogits, prediction.sigmoidLogits != nil {
      return Mismatch(
        "the output is a sigmoid, not logits", "Leave out fromLogits, or the sigmoid.")
    }
    guard prediction.softmaxLogits != nil else { return nil }
    return Mismatch(
      "the output is a softmax, which lets one label win over the others",
      "Use sigmoid if a sample may have several labels, or categoricalCrossentropy if it has one.")
  }

  /// Why targets are not distributions over the classes.
  func complaintAboutDistributions(_ targets: HostTensor) -> Mismatch? {
    guard targets.shape.rank >= 2, let classes = targets.shape.last, classes > 1,
      let numbers = try? targets.converted(to: .float64).array(of: Double.self)
    else { return nil }
    for start in stride(from: 0, to: numbers.count, by: classes) {
      let sum = numbers[start..<start + classes].reduce(0, +)
      guard abs(sum - 1) > 1e-3 else { continue }
      return Mismatch(
        sum > 1
          ? "a sample has several labels: its target sums to \(sum)"
          : "a sample's target sums to \(sum), not 1",
        "Use sigmoid with binaryCrossentropy if samples may have any number of labels, or make each "
          + "target sum to 1.")
    }
    return nil
  }

  /// Why targets are not numbers of classes that the output has.
  func complaintAboutClassNumbers(
    _ targets: HostTensor, classes: Int, ignoring ignored: Int?
  ) -> Mismatch? {
    // An output of one class is refused whatever the targets are.
    guard targets.dtype.isInteger, classes > 1,
      let wrong = firstNumber(
        in: targets,
        where: { !(0..<Double(classes)).contains($0) && $0 != ignored.map(Double.init) })
    else { return nil }
    return Mismatch(
      "a target is class \(Int(wrong)), and the output has the classes 0..<\(classes)",
      "Give the last layer a unit for each class, or ignoreClass for a number that means none.")
  }

  /// Why targets are not labels between no, 0, and yes, 1.
  func complaintAboutProbabilities(_ targets: HostTensor) -> Mismatch? {
    guard let number = firstNumber(in: targets, where: { $0 < 0 || $0 > 1 }) else { return nil }
    return Mismatch(
      "a target is \(number), and labels are 0 for no and 1 for yes",
      "Use meanSquaredError for numbers, or sparseCategoricalCrossentropy for class numbers.")
  }

  /// Why targets are not numbers of at least 0.
  func complaintAboutNegative(_ targets: HostTensor) -> Mismatch? {
    guard let number = firstNumber(in: targets, where: { $0 < 0 }) else { return nil }
    return Mismatch(
      "a target is \(number), and the loss is made for numbers of at least 0",
      "Use meanSquaredError or huber for numbers of any sign.")
  }

  private func firstNumber(
    in targets: HostTensor, where isWrong: (Double) -> Bool
  ) -> Double? {
    try? targets.converted(to: .float64).array(of: Double.self).first(where: isWrong)
  }
}

/// Checks that whole-number targets fit class scores; one of them fails otherwise.
func classTargets(_ kind: String, _ target: Tensor, _ prediction: Tensor) -> Tensor? {
  if let failed = [target, prediction].first(where: { $0.error != nil }) { return failed }
  let batch = prediction.shape.dimensions.dropLast()
  guard prediction.rank >= 2, target.shape.dimensions.elementsEqual(batch), target.dtype.isInteger
  else {
    return .failure(
      kind, [target, prediction],
      Mismatch(
        "targets are not one class number for each row of scores",
        "Pass whole-number targets of shape \(Array(batch)), or use categoricalCrossentropy "
          + "for one-hot ones."))
  }
  return nil
}
