public import MoruTensors

extension SampleStream {
  /// Elements by groups of a size; the last group of a pass may be shorter.
  ///
  /// - Parameters:
  ///   - size: Elements in a group, at least 1.
  ///   - dropsRemainder: Whether a shorter last group is left out.
  public func grouped(
    by size: Int, dropsRemainder: Bool = false
  ) -> SampleStream<[Element]> {
    let size = max(size, 1)
    let groups = count.map { dropsRemainder ? $0 / size : ($0 + size - 1) / size }
    return stage("grouped(\(size))", count: groups) { cursor, pass in
      GroupedCursor(upstream: cursor, pass: pass, size: size, dropsRemainder: dropsRemainder)
    }
  }

  /// Elements by groups of similar length, so that little must be padded: an element waits in the
  /// bucket of its length until that has enough for a group.
  ///
  /// - Parameters:
  ///   - length: How long an element is.
  ///   - bounds: Where buckets end: an element is in the first bucket whose bound is not below its
  ///     length, or in a last bucket.
  ///   - size: Elements in a group, at least 1; what is left at the end of a pass makes shorter
  /// ones.
  public func bucketed(
    by length: @escaping @Sendable (Element) -> Int, bounds: [Int], size: Int
  ) -> SampleStream<[Element]> {
    let (bounds, size) = (bounds.sorted(), max(size, 1))
    return stage("bucketed(\(bounds), \(size))", count: nil) { cursor, pass in
      BucketedCursor(upstream: cursor, pass: pass, length: length, bounds: bounds, size: size)
    }
  }
}

extension SampleStream where Element == Sample {
  /// Samples by batches, as small data sets.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch, at least 1; the last batch of a pass may be shorter.
  ///   - padding: What fills up samples that are smaller than others of the batch; if nil, all must
  ///     have one shape.
  ///   - dropsRemainder: Whether a shorter last batch is left out.
  public func batched(
    _ size: Int, padding: Float? = nil, dropsRemainder: Bool = false
  ) -> SampleStream<Dataset> {
    grouped(by: size, dropsRemainder: dropsRemainder).asBatches(padding: padding, source: summary)
  }

  /// Samples by batches of similar length; see `bucketed(by:bounds:size:)`. The length is the first
  /// axis of the first feature.
  ///
  /// - Parameters:
  ///   - bounds: Where buckets end.
  ///   - size: Samples in a batch, at least 1.
  ///   - padding: What fills up samples that are shorter than others of the batch.
  public func batched(
    bucketsUpTo bounds: [Int], size: Int, padding: Float = 0
  ) -> SampleStream<Dataset> {
    bucketed(by: { $0.features.first?.values.shape.first ?? 0 }, bounds: bounds, size: size)
      .asBatches(padding: padding, source: summary)
  }
}

extension SampleStream where Element == [Sample] {
  fileprivate func asBatches(padding: Float?, source: String) -> SampleStream<Dataset> {
    let name = String(source.prefix { $0 != "," })
    return map { try Dataset($0, source: name, padding: padding) }
  }
}

extension SampleStream where Element == Dataset {
  /// Batches whose samples are mixed among themselves, one augmentation after the other.
  public func mixed(_ augmentations: [any BatchAugmentation], seed: Seed) -> SampleStream<Dataset> {
    guard !augmentations.isEmpty else { return self }
    return map(seed: seed.child("mixing")) { batch, seed in
      var result = batch
      for (place, augmentation) in augmentations.enumerated() {
        var generator = seed.child(place).generator
        result = try augmentation.mixed(result, using: &generator)
      }
      return result
    }
  }
}

private struct GroupedCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  let pass: Int
  let size: Int
  let dropsRemainder: Bool
  var place = 0

  mutating func next() async throws -> Indexed<[Element]>? {
    var elements: [Element] = []
    while elements.count < size, let item = try await upstream.next() {
      elements.append(item.element)
    }
    guard !elements.isEmpty, elements.count == size || !dropsRemainder else { return nil }
    defer { place += 1 }
    return Indexed(pass: pass, index: place, element: elements)
  }

  mutating func skip(_ count: Int) async throws -> Int {
    let (whole, isMore) = count.multipliedReportingOverflow(by: size)
    let elements = try await upstream.skip(isMore ? .max : whole)
    let done = dropsRemainder ? elements / size : (elements + size - 1) / size
    place += done
    return done
  }
}

private struct BucketedCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  let pass: Int
  let length: @Sendable (Element) -> Int
  let bounds: [Int]
  let size: Int
  private var buckets: [[Element]]
  private var place = 0

  init(
    upstream: any StreamCursor<Element>, pass: Int, length: @escaping @Sendable (Element) -> Int,
    bounds: [Int], size: Int
  ) {
    self.upstream = upstream
    self.pass = pass
    self.length = length
    self.bounds = bounds
    self.size = size
    buckets = Array(repeating: [], count: bounds.count + 1)
  }

  mutating func next() async throws -> Indexed<[Element]>? {
    while let item = try await upstream.next() {
      let length = length(item.element)
      let bucket = bounds.firstIndex { length <= $0 } ?? bounds.count
      buckets[bucket].append(item.element)
      if buckets[bucket].count == size { return emptied(bucket) }
    }
    return buckets.firstIndex { !$0.isEmpty }.map { emptied($0) }
  }

  private mutating func emptied(_ bucket: Int) -> Indexed<[Element]> {
    defer {
      buckets[bucket] = []
      place += 1
    }
    return Indexed(pass: pass, index: place, element: buckets[bucket])
  }
}
