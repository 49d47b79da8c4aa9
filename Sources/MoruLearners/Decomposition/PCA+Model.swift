public import MoruData
import MoruLayers
public import MoruModels
public import MoruTensors

extension PCA: ClassicalLearner {
  public func learn(_ data: Dataset, seed: Seed) throws -> TrainedModel {
    try components(of: data.points(for: name), seed: seed).model(of: data)
  }
}

extension PCA: Preparation {
  /// The projection on the components of what is learned from, which later trainings leave as it is.
  ///
  /// - Throws: `LearnerError` as `components(of:seed:)`, for a missing value above all: fill it before.
  public func fitted(to values: HostTensor) throws -> FittedPreparation {
    let (layer, kernel) = try components(of: values).projection
    return FittedPreparation(Frozen(layer), weights: [kernel])
  }
}

extension Preparation where Self == PCA {
  /// The projection on the directions in which samples differ most.
  public static func pca(_ components: PCA.Components, whiten: Bool = false) -> PCA {
    PCA(components, whiten: whiten)
  }
}

extension PrincipalComponents {
  /// A model that gives the projections of samples like those of `data`.
  ///
  /// - Throws: `GraphError` if the samples have other features.
  public func model(of data: Dataset) throws -> TrainedModel {
    let (layer, kernel) = try projection
    return try TrainedModel(
      layer: layer, weights: ["components/kernel": kernel],
      signature: ModelSignature(
        inputs: data.signature.map { ModelInput($0, of: data) },
        outputs: [
          ModelOutput(
            name: "components", dtype: .float32, shape: [components.count], meaning: .numbers)
        ]))
  }

  /// Layers that project samples, and the only weight of them. `[features, components]`
  var projection: (layer: Sequential, kernel: HostTensor) {
    get throws {
      let (width, count) = (mean.count, components.count)
      let scales = scales
      let kernel = (0..<width * count).map { place in
        Float(components[place % count][place / count] * scales[place % count])
      }
      let layer = Sequential {
        Flatten()
        // Before the product: of large numbers it would leave nothing of small differences.
        Normalization(mean: mean, variance: [Double](repeating: 1, count: width))
        Dense(count, useBias: false, name: "components")
      }
      return (layer, try HostTensor(kernel, shape: [width, count]))
    }
  }
}
