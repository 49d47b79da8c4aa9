/// Every row that is measured.
enum Catalog {
  static let workloads: [any Workload] =
    training + batches.flatMap(inference(batch:)) + latency

  private static let batches = [1, 32]

  private static let training: [Training] = [.mlp, .cnn, .resNet18, .tinyNetwork]

  private static func inference(batch: Int) -> [Inference] {
    [.resNet50(batch: batch), .vgg16(batch: batch), .cnn(batch: batch)]
  }

  private static let latency: [Latency] = [
    .eagerOperation, .compiledCall, .resNet50Compilation, .matrixProduct,
  ]
}
