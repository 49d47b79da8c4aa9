import MoruArchive
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Which weights of a model become whole numbers.
struct QuantizationPlan {
  /// A weight that does.
  struct Weight {
    let path: String
    /// How many of its last axes tell features apart.
    let featureAxes: Int
  }

  let model: TrainedModel
  let weights: [Weight]
  let kept: [QuantizationReport.Kept]

  /// - Parameter keeping: Layers and weights, by path, that stay in Float32.
  init(_ model: TrainedModel, keeping: [String]) throws {
    let paths = model.declaration.weights.map(\.path)
    for path in keeping where !paths.contains(where: { Self.lies($0, in: path) }) {
      let names = paths.map { $0.split(separator: "/") }.flatMap { path in
        path.indices.map { path[...$0].joined(separator: "/") }
      }
      throw QuantizationError.unknownWeight(path, nearest: nearest(path, among: names))
    }
    let products = Dictionary(
      grouping: model.drawing(batch: model.statefulBatchSize ?? 1).products, by: \.weight)
    var weights: [Weight] = []
    var kept: [QuantizationReport.Kept] = []
    for declared in model.declaration.weights where declared.type.rank >= 2 {
      let path = declared.path
      func keep(_ reason: String) {
        kept.append(QuantizationReport.Kept(weight: path, reason: reason))
      }
      if keeping.contains(where: { Self.lies(path, in: $0) }) {
        keep("as asked")
      } else if let uses = products[path] {
        if let axes = Self.featureAxes(of: declared.type.shape, in: uses) {
          weights.append(Weight(path: path, featureAxes: axes))
        } else {
          keep("its products do not agree about what its features are")
        }
      } else {
        keep("no convolution or product outside of loops has it as its kernel")
      }
    }
    guard !weights.isEmpty else {
      throw QuantizationError.noProducts(kept: kept.map(\.weight))
    }
    self.model = model
    self.weights = weights
    self.kept = kept
  }

  /// The plan that a model was trained with.
  init(_ model: TrainedModel, products: [QuantizedProduct]) throws {
    let known = Set(products.map(\.kernel))
    let others = model.declaration.weights.filter {
      $0.type.rank >= 2 && !known.contains($0.path)
    }
    self.model = model
    weights = products.map { Weight(path: $0.kernel, featureAxes: $0.featureAxes) }
    kept = others.map { QuantizationReport.Kept(weight: $0.path, reason: "as in training") }
  }

  private static func lies(_ path: String, in outer: String) -> Bool {
    path == outer || path.hasPrefix(outer + "/")
  }

  /// How many of a weight's last axes are the features of its products; nil if they differ.
  private static func featureAxes(of shape: Shape, in products: [WeightedProduct]) -> Int? {
    let features = Set(products.map { $0.kernelShape.last ?? 0 })
    guard features.count == 1, let count = features.first else { return nil }
    return (1..<shape.rank).first { shape.suffix($0).reduce(1, *) == count }
  }

  /// The model that rounds these weights, and what they are multiplied with, in training.
  func aware(_ ranges: [String: QuantizedRange], momentum: Double) throws -> TrainedModel {
    var values = model.weights
    let products = weights.compactMap { product($0, ranges) }
    for product in products {
      values[QuantizationAware.limitName(of: product.kernel)] = HostTensor(
        Float(product.input.limit))
    }
    return try TrainedModel(
      layer: QuantizationAware(model.layer, products: products, momentum: momentum),
      weights: values, signature: model.signature, training: model.training)
  }

  private func product(
    _ weight: Weight, _ ranges: [String: QuantizedRange]
  ) -> QuantizedProduct? {
    ranges[weight.path].map {
      QuantizedProduct(kernel: weight.path, featureAxes: weight.featureAxes, input: $0)
    }
  }

  /// The model with these weights as whole numbers.
  ///
  /// - Parameter ranges: Of the inputs of their products, by path.
  func quantized(
    _ ranges: [String: QuantizedRange]
  ) throws -> (model: TrainedModel, report: QuantizationReport) {
    var values = model.weights
    var products: [QuantizedProduct] = []
    for weight in weights {
      guard let value = model.weights[weight.path], let product = product(weight, ranges) else {
        continue
      }
      let kernel = try QuantizedValues(value, featureAxes: weight.featureAxes, of: weight.path)
      values[weight.path] = try HostTensor(kernel.integers, shape: value.shape)
      values[Quantized.scaleName(of: weight.path)] = try HostTensor(
        kernel.scales, shape: product.scaleShape(of: value.shape))
      products.append(product)
    }
    let quantized = try TrainedModel(
      layer: Quantized(model.layer, products: products), weights: values,
      signature: model.signature, training: model.training)
    func bytes(_ weights: [String: HostTensor]) -> Int {
      weights.values.reduce(0) { $0 + $1.byteCount }
    }
    let report = QuantizationReport(
      products: products.map { QuantizationReport.Product(weight: $0.kernel, input: $0.input) },
      kept: kept, bytesBefore: bytes(model.weights), bytesAfter: bytes(values))
    return (quantized, report)
  }
}

/// A weight as whole numbers: `w ≈ scale · q` with −127…127 for the greatest magnitude of each feature.
private struct QuantizedValues {
  var integers: [Int8]
  var scales: [Float]

  init(_ weight: HostTensor, featureAxes: Int, of path: String) throws {
    let values: [Float] = try weight.array()
    let features = weight.shape.suffix(featureAxes).reduce(1, *)
    var greatest = [Float](repeating: 0, count: features)
    for (index, value) in values.enumerated() {
      guard value.isFinite else { throw QuantizationError.notFinite(weight: path) }
      greatest[index % features] = max(greatest[index % features], abs(value))
    }
    let ranges = greatest.map { QuantizedRange(low: -$0, high: $0) }
    let reciprocals = ranges.map { 1 / $0.scale }
    scales = ranges.map(\.scale)
    integers = values.enumerated().map { index, value in
      let step = (value * reciprocals[index % features]).rounded(.toNearestOrEven)
      return Int8(min(max(step, -127), 127))
    }
  }
}
