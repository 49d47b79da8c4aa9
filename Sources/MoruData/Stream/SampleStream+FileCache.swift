public import Foundation

extension SampleStream where Element == Sample {
  /// Samples that are kept in a file once a pass has gone through all of them: later passes, and later
  /// programs, bring the same samples in the same order without making them again. Put it before what
  /// shuffles and changes at random.
  ///
  /// The file belongs to the stream before it, as `summary` and `count` tell it. What closures do, and
  /// what stands in files, is not told there: remove the file when it changes.
  ///
  /// - Parameter file: Where the samples are kept.
  /// - Throws: Passes throw `DataError.cache` for a file that is no cache, or of another stream, and
  ///   `ArchiveError` if it cannot be written.
  public func cached(at file: URL) -> SampleStream<Sample> {
    let (stream, count) = (summary, count)
    return stage("cached in \(file.lastPathComponent)", count: count) { cursor, pass in
      FileCachedCursor(upstream: cursor, file: file, stream: stream, count: count, pass: pass)
    }
  }
}

private struct FileCachedCursor: StreamCursor {
  typealias Element = Sample

  var upstream: any StreamCursor<Sample>
  let file: URL
  let stream: String
  let count: Int?
  let pass: Int
  private var kept: SampleCacheFile?
  /// What is written of a first pass that began at the beginning.
  private var draft: SampleCacheDraft?
  private var place = 0
  private var isOpen = false

  init(
    upstream: any StreamCursor<Sample>, file: URL, stream: String, count: Int?, pass: Int
  ) {
    self.upstream = upstream
    self.file = file
    self.stream = stream
    self.count = count
    self.pass = pass
  }

  private mutating func open(toWrite: Bool) throws {
    guard !isOpen else { return }
    if FileManager.default.fileExists(atPath: file.path) {
      kept = try SampleCacheFile(at: file, of: stream, count: count)
    } else if toWrite {
      draft = try SampleCacheDraft(at: file, of: stream)
    }
    isOpen = true
  }

  mutating func next() async throws -> Indexed<Sample>? {
    try open(toWrite: place == 0)
    if let kept {
      guard place < kept.count else { return nil }
      defer { place += 1 }
      let item = try kept.sample(place)
      return Indexed(pass: pass, index: item.index, element: item.element)
    }
    place += 1
    if let item = try await upstream.next() {
      try draft?.add(item)
      return item
    }
    try draft?.finish()
    draft = nil
    return nil
  }

  mutating func skip(_ count: Int) async throws -> Int {
    try open(toWrite: count == 0)
    guard let kept else {
      if count > 0 { draft = nil }
      return try await upstream.skip(count)
    }
    let done = min(count, kept.count - place)
    place += done
    return done
  }
}
