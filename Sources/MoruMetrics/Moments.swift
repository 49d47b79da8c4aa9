import MoruGraph
import MoruTensors

/// How targets and predictions vary, together and each by itself, along an axis.
struct Moments {
  let targetVariance: Tensor
  let predictionVariance: Tensor
  let covariance: Tensor
  let meanDifference: Tensor

  init(_ target: Tensor, _ prediction: Tensor, axis: Int) {
    let means = [target, prediction].map { $0.mean(axes: [axis], keepingAxes: true) }
    let (x, y) = (target - means[0], prediction - means[1])
    targetVariance = square(x).mean(axes: [axis])
    predictionVariance = square(y).mean(axes: [axis])
    covariance = (x * y).mean(axes: [axis])
    meanDifference = (means[0] - means[1]).sum(axes: [axis])
  }
}

/// Why a correlation within samples has no meaning along an axis.
func complaint(aboutAxis axis: Int, of prediction: Tensor) -> Mismatch? {
  guard let place = prediction.shape.axis(axis), place > 0 else {
    return Mismatch("axis \(axis) is no axis of a sample", "Choose one from 1 on, or -1.")
  }
  guard prediction.shape[place] == 1 else { return nil }
  return Mismatch(
    "a sample has one entry along axis \(axis), which cannot vary",
    "Use r2Score for one number per sample.")
}
