internal import Foundation
public import MoruTensors

extension ImageFolder {
  /// The pictures with their classes, read while the stream is: no more than a few are in memory.
  ///
  /// Of a JPEG picture no more is decoded than the first augmentations show: put what crops and
  /// resizes first. To stand in one batch, pictures must come out with one size.
  ///
  /// - Parameters:
  ///   - shuffled: Whether each pass has an order of its own.
  ///   - channels: 1 or 3.
  ///   - augmentations: Done in this order; see `SampleStream.augmented`.
  ///   - seed: Decides order and changes.
  ///   - workers: Threads that read, decode and change pictures at the same time.
  ///   - failures: What becomes of a pass when a picture is damaged.
  /// - Shapes: one feature `input`, UInt8 `[height, width, channels]`; one target, a class.
  public func samples(
    shuffled: Bool = true, channels: Int = 3, augmentedBy augmentations: [any Augmentation] = [],
    seed: Seed = 0, workers: Int = SampleStream<Item>.standardWorkers,
    failures: FailurePolicy = .stop
  ) -> SampleStream<Sample> {
    let channels = channels == 1 ? 1 : 3
    let files = SampleStream(source: name, count: items.count) { [items] in items[$0] }
    let ordered = shuffled ? files.shuffled(seed: seed.child("order")) : files
    return ordered.map(
      seed: seed.child("augmentation"), workers: workers, failures: failures
    ) { [classes] item, seed in
      let bytes = try item.bytes()
      let picture = try PictureSample(
        decoding: bytes, name: item.name, channels: channels, augmentations,
        seed: seed.child(0))
      return Sample(picture.pixels, target: .label(item.label, labels: classes))
    }
  }
}

extension ImageFolder.Item {
  /// The file's bytes. What is unusual goes the way that finds out what is wrong.
  fileprivate func bytes() throws(DataError) -> [UInt8] {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [UInt8](try FileBytes.read(url, name: name)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0, status.st_size <= 1 << 30 else {
      return [UInt8](try FileBytes.read(url, name: name, limit: 1 << 30))
    }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      while initialized < size, let base = buffer.baseAddress {
        let count = read(descriptor, base + initialized, size - initialized)
        guard count > 0 else { break }
        initialized += count
      }
    }
    guard bytes.count == size, !bytes.starts(with: [0x1F, 0x8B]) else {
      return [UInt8](try FileBytes.read(url, name: name, limit: 1 << 30))
    }
    return bytes
  }
}
