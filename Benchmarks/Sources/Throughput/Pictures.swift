import Foundation
import Moru

extension Throughput {
  /// Pictures decoded and changed at random, in batches of 32.
  static let pictures: [any Workload] = [
    pictures("CIFAR-10 pictures: decode, crop, flip", small),
    pictures("pictures 32 × 32: decode, crop, flip", small),
    pictures(
      "photos 224 × 224: decode, random resized crop, flip, colour",
      [
        RandomResizedCrop(height: 224, width: 224, scale: .init(0.3, 1)), HorizontalFlip(),
        Brightness(0.2), Contrast(0.2), Saturation(0.2),
      ]),
    pictures(
      "photos 224 × 224: decode, rotate, blur",
      [
        Rotate(degrees: 20, border: .init(.reflect)),
        GaussianBlur(.init(1.2, 1.2), probability: 1),
      ]),
  ]

  private static let small: [any Augmentation] = [
    Crop(height: 32, width: 32, padding: 4, border: .init(.reflect)), HorizontalFlip(),
  ]

  /// The mean of the first row of pixels, over all pictures.
  private static func pictures(
    _ name: String, _ augmentations: [any Augmentation]
  ) -> any Workload {
    Throughput(name) { folder in
      let pictures = try ImageFolder(at: folder.appending(path: "pictures"))
      let threads = ProcessInfo.processInfo.environment["OMP_NUM_THREADS"].flatMap { Int($0) }
      let batches = pictures.samples(augmentedBy: augmentations, seed: 1, workers: threads ?? 1)
        .batched(32)
      return {
        var (sum, count) = (0.0, 0)
        for try await batch in batches.pass() {
          let pixels = try batch.features[0].values.array(of: UInt8.self)
          let row = batch.features[0].values.shape.dropFirst(2).reduce(1, *)
          let size = pixels.count / batch.count
          for start in stride(from: 0, to: pixels.count, by: size) {
            sum += pixels[start..<start + row].reduce(0) { $0 + Double($1) }
          }
          count += batch.count * row
        }
        return sum / Double(count)
      }
    }
  }
}
