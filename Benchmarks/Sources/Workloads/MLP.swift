import Moru

extension Workload where Self == Training {
  /// 784-512-10 on 60,000 pictures of MNIST's size.
  static var mlp: Self {
    Training("MLP training", batchSize: 128, optimizer: .adam()) {
      try Samples.classified(469 * 128, [784])
    } model: {
      Sequential {
        Dense(512, activation: .relu)
        Dense(10, activation: .softmax)
      }
    }
  }

  /// The same on bytes, as MNIST's files hold its 60,000 pictures.
  static var mnist: Self {
    Training("MNIST training", batchSize: 128, optimizer: .adam()) {
      try Samples.bytes(469 * 128, [784])
    } model: {
      Sequential {
        Rescaling(1.0 / 255)
        Dense(512, activation: .relu)
        Dense(10, activation: .softmax)
      }
    }
  }

  /// 64-64-10 on one sample at a time: almost no work, so that the way to it counts.
  static var tinyNetwork: Self {
    Training("2-layer step batch 1", batchSize: 1, optimizer: .sgd(learningRate: 0.01)) {
      try Samples.classified(2048, [64])
    } model: {
      Sequential {
        Dense(64, activation: .relu)
        Dense(10, activation: .softmax)
      }
    }
  }
}
