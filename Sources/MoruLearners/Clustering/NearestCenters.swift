internal import CKernels

/// Centers that records are compared with, laid out for it.
struct NearestCenters<Element: RecordScalar> {
  let count: Int
  private let features: Int
  private let packed: [Element]

  /// Centers `[count, features]`.
  init(_ centers: [Element], features: Int) {
    count = centers.count / features
    self.features = features
    let size = ck_packed_center_count(Int64(count), Int64(features))
    packed = [Element](unsafeUninitializedCapacity: Int(size)) { [count] buffer, initialized in
      centers.withUnsafeBufferPointer { centers in
        ck_pack_centers(
          Element.isDouble, buffer.baseAddress, centers.baseAddress, Int64(count),
          Int64(features))
      }
      initialized = Int(size)
    }
  }

  /// The most centers for which `boundedDistances` may be asked.
  static var mostForDistances: Int { Int(CK_CENTER_GROUP) }

  /// For `count` rows the nearest center, the first of equally near ones, and the squared distances
  /// to it and to the second nearest, which is infinite if there is only one center.
  ///
  /// - Parameter rows: The rows, or those among which `places` chooses.
  func nearest(
    _ rows: UnsafePointer<Element>, places: UnsafePointer<Int32>?, count: Int,
    nearest: UnsafeMutablePointer<Int32>, best: UnsafeMutablePointer<Element>,
    second: UnsafeMutablePointer<Element>
  ) {
    withCenters(rows, places: places) {
      ck_nearest_centers($0, 0, Int64(count), nearest, best, second)
    }
  }

  /// For each center and each of the rows in `range` the lesser of the squared distance and the row's
  /// `bound`: `[centers, stride]`.
  func boundedDistances(
    _ rows: UnsafePointer<Element>, _ range: Range<Int>, bound: UnsafePointer<Element>,
    distances: UnsafeMutablePointer<Element>, stride: Int
  ) {
    withCenters(rows, places: nil) {
      ck_bounded_distances(
        $0, Int64(range.lowerBound), Int64(range.upperBound), bound, distances, Int64(stride))
    }
  }

  private func withCenters(
    _ rows: UnsafePointer<Element>, places: UnsafePointer<Int32>?,
    _ body: (UnsafePointer<ck_centers>) -> Void
  ) {
    packed.withUnsafeBufferPointer { packed in
      var centers = ck_centers(
        is_double: Element.isDouble, rows: rows, places: places, features: Int64(features),
        centers: packed.baseAddress, count: Int64(count))
      body(&centers)
    }
  }
}
