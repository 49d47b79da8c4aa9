import Moru

/// The textbook's convolutional network for MNIST (Chollet 2021, section 8.1, with a hidden layer).
enum CNN {
  static let input: Shape = [28, 28, 1]

  static func network() -> Sequential {
    Sequential {
      Conv2D(32, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Conv2D(64, kernel: 3, activation: .relu)
      MaxPooling2D(2)
      Conv2D(64, kernel: 3, activation: .relu)
      Flatten()
      Dense(64, activation: .relu)
      Dense(10, activation: .softmax)
    }
  }
}

extension Workload where Self == Training {
  static var cnn: Self {
    Training("CNN training", batchSize: 64, optimizer: .adam()) {
      try Samples.classified(100 * 64, CNN.input)
    } model: {
      CNN.network()
    }
  }
}

extension Workload where Self == Inference {
  static func cnn(batch: Int) -> Self {
    Inference("CNN", batch: batch, input: CNN.input) { CNN.network() }
  }
}
