import Moru

/// Sixteen layers of 3×3 convolutions and products (Simonyan, Zisserman 2014, arXiv:1409.1556).
enum VGG16 {
  static func network() -> Sequential {
    Sequential {
      for (features, count) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
        for _ in 0..<count { Conv2D(features, kernel: 3, padding: .same, activation: .relu) }
        MaxPooling2D(2)
      }
      Flatten()
      Dense(4096, activation: .relu)
      Dense(4096, activation: .relu)
      Dense(1000, activation: .softmax)
    }
  }
}

extension Workload where Self == Inference {
  static func vgg16(batch: Int) -> Self {
    Inference("VGG16", batch: batch, input: [224, 224, 3]) { VGG16.network() }
  }
}
