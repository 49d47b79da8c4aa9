public import MoruCPU
public import MoruGraph
public import MoruModels
public import MoruTensors

extension TrainedModel {
  /// Where in a picture a convolution finds what speaks for a class.
  ///
  /// `relu(Σ_k α_k A_k)`, with `A_k` the channels of the layer's output and `α_k` the mean over all
  /// places of the gradient of the class's score, before softmax, with respect to `A_k`.
  ///
  /// - Parameters:
  ///   - picture: `[height, width, channels]`, as the model takes it.
  ///   - number: The class, from 0 on; the one with the highest score if nil.
  ///   - path: The layer; the last one whose output has places if nil.
  ///   - executor: Where it is computed.
  /// - Throws: `InsightError` for an unknown layer or class, or another picture.
  /// - Source: Selvaraju et al. 2016, arXiv:1610.02391.
  public func gradCAM(
    _ picture: HostTensor, class number: Int? = nil, layer path: String? = nil,
    on executor: any Executor = .cpu
  ) async throws -> HeatMap {
    let drawing = try Drawing(of: self, picture: picture)
    guard let path = path ?? drawing.lastPicture else {
      throw InsightError.shape(
        of: "every layer's output", found: drawing.outputs[0].shape,
        needed: "[batch, height, width, channels]")
    }
    let maps = try drawing.output(of: path)
    guard maps.rank == 4 else {
      throw InsightError.shape(
        of: "the output of \(path)", found: maps.shape, needed: "[batch, height, width, channels]")
    }
    let slopes = gradients(of: try drawing.score(ofClass: number), at: [maps])[0]
    let weights = slopes.mean(axes: [1, 2], keepingAxes: true)
    let heat = relu((weights * maps).sum(axes: [3]))
      .reshaped(to: [maps.shape[1], maps.shape[2]])
    return try HeatMap(
      try await heat.value(on: executor), height: picture.shape[0], width: picture.shape[1])
  }

  /// Which pixels change a class's score most: the greatest size over the channels of the gradient
  /// of the score, before softmax, with respect to the picture.
  ///
  /// - Parameters:
  ///   - picture: `[height, width, channels]`, as the model takes it.
  ///   - number: The class, from 0 on; the one with the highest score if nil.
  ///   - executor: Where it is computed.
  /// - Throws: `InsightError` for an unknown class or another picture.
  /// - Source: Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034.
  public func saliency(
    _ picture: HostTensor, class number: Int? = nil, on executor: any Executor = .cpu
  ) async throws -> HeatMap {
    let drawing = try Drawing(of: self, picture: picture)
    let slopes = gradients(of: try drawing.score(ofClass: number), at: drawing.inputs)[0]
    let heat = abs(slopes).max(axes: [3]).reshaped(to: [picture.shape[0], picture.shape[1]])
    return try HeatMap(
      try await heat.value(on: executor), height: picture.shape[0], width: picture.shape[1])
  }
}
