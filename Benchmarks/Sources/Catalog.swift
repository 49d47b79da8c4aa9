/// Every row that is measured.
enum Catalog {
  static let workloads: [any Workload] =
    training + [DCGAN()] + [1, 32].flatMap(inference(batch:)) + latency + Families.workloads
    + Throughput.tables + Throughput.pictures + Throughput.figures + Throughput.linear
    + Throughput.clustering

  private static let training: [any Workload] = [
    Training.mlp, .mnist, .cnn, .lstm, .gru, .resNet18, .mobileNetV2, .transformerBlock,
    .tinyNetwork,
  ]

  private static func inference(batch: Int) -> [any Workload] {
    [
      Inference.mobileNetV2(batch: batch), .resNet50(batch: batch), .efficientNetB0(batch: batch),
      .vgg16(batch: batch), .cnn(batch: batch), .lstm(batch: batch),
    ]
  }

  private static let latency: [any Workload] = [
    Latency.eagerOperation, .compiledCall, .resNet50Compilation, .matrixProduct,
  ]
}
