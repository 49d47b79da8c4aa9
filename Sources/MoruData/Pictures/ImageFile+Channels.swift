public import MoruTensors

extension ImageFile {
  /// The picture in grey or in colour: grey is repeated, colour weighed by ITU-R BT.601 luma.
  /// `[h, w, 1 or 3] → [h, w, channels]`
  ///
  /// - Throws: `DataError.notAnImage` for another shape or element type, or channels other than 1
  ///   and 3.
  public static func converted(
    _ image: HostTensor, toChannels channels: Int
  ) throws(DataError) -> HostTensor {
    guard channels == 1 || channels == 3 else {
      throw .notAnImage(shape: "uint8 [height, width, \(channels)]")
    }
    return try Picture(image).withChannels(channels).tensor
  }
}
