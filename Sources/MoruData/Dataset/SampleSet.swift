internal import MoruArchive
public import MoruTensors

/// Samples that are learned from or judged on: in memory, or pictures in files that are read when they are
/// needed, if in memory they would take more than a stated budget.
///
/// Either way they are the same samples in the same order, and what is learned from them, and said of them,
/// is the same; those in files take time to be decoded in each pass instead of memory.
public struct SampleSet: Sendable {
  /// What is known without looking at the samples. Of samples in memory that is all there is; of those in
  /// files it is targets and weights, and, as the only feature, each sample's place among the files. So
  /// whatever chooses, repeats or weighs samples by their targets works on it.
  package let known: Dataset
  private let files: SampleFiles?

  /// How many bytes samples may take in memory unless the caller says otherwise: 128 MiB.
  public static let standardMemoryBytes = 128 << 20

  /// Samples in memory.
  public init(_ data: Dataset) { self.init(known: data, files: nil) }

  private init(known: Dataset, files: SampleFiles?) {
    self.known = known
    self.files = files
  }

  /// Samples in files, with what is true of each.
  ///
  /// - Throws: `DataError` for targets that are not such of as many samples.
  package init(
    source: String, files: SampleFiles, targets: [Dataset.Target]
  ) throws(DataError) {
    let places = HostTensor(files.items.indices.map { Int32($0) })
    self.init(
      known: try Dataset(
        source: source, features: [Dataset.Feature(name: files.name, values: places)],
        targets: targets),
      files: files)
  }

  /// The samples, if they are in memory.
  public var data: Dataset? { files == nil ? known : nil }

  /// Number of samples.
  public var count: Int { known.count }
  /// The file or folder that the samples come from, for messages and reports.
  public var source: String { known.source }
  /// What is true of the samples.
  public var targets: [Dataset.Target] { known.targets }
  /// The class names in the order of their indices; nil without classes.
  public var labels: [String]? { known.labels }
  /// How many samples each class has, in the order of `labels`; nil without classes.
  public var classCounts: [Int]? { known.classCounts }
  /// The features without their values.
  public var signature: [Dataset.Signature] { files.map { [$0.signature] } ?? known.signature }

  /// The samples named by `places`, in that order, repeats allowed.
  ///
  /// - Throws: `DataError.inconsistent` for a place outside the samples.
  public func subset(_ places: [Int]) throws(DataError) -> SampleSet {
    SampleSet(known: try known.subset(places), files: files)
  }

  /// The samples that a change of what is known of them leaves, which must not look at features.
  package func changed(_ change: (Dataset) throws -> Dataset) rethrows -> SampleSet {
    SampleSet(known: try change(known), files: files)
  }

  /// One sample.
  ///
  /// - Throws: `DataError.inconsistent` if there is no such; what reading its file throws.
  public func sample(_ place: Int) throws -> Sample {
    var sample = try known.sample(place)
    if let files, let file = try filePlaces([place]).first {
      sample.features = [Dataset.Feature(name: files.name, values: try files.sample(file))]
    }
    return sample
  }

  /// Samples in memory that are like all of these: all of them, or the first of those in files.
  ///
  /// - Throws: What reading a file throws.
  package func example() throws -> Dataset { try data ?? loaded(count > 0 ? [0] : []) }

  /// All samples in memory.
  ///
  /// - Throws: What reading a file throws.
  public func loaded() throws -> Dataset { try data ?? loaded(Array(0..<count)) }

  /// Some samples in memory; of files several are read at the same time.
  ///
  /// - Throws: `DataError.inconsistent` for a place outside the samples; what reading a file throws.
  package func loaded(_ places: [Int]) throws -> Dataset {
    let part = try known.subset(places)
    guard let files else { return part }
    let numbers = try filePlaces(places)
    let samples = Parallel.map(numbers.count) { place in
      Result { try files.sample(numbers[place]) }
    }
    return try Self.shown(part, samples.map { try $0.get() }, files)
  }

  /// Hands over all samples in order, some at a time.
  ///
  /// - Throws: What reading a file and `body` throw.
  package func forEachPart(_ body: (Dataset) throws -> Void) throws {
    if let data { return try body(data) }
    for start in stride(from: 0, to: count, by: Self.readAtOnce) {
      try body(loaded(Array(start..<min(start + Self.readAtOnce, count))))
    }
  }

  /// So many samples of files are in memory at once, at most, where all are gone through.
  private static let readAtOnce = 128

  private func filePlaces(_ places: [Int]) throws -> [Int] {
    let all = try known.features[0].values.array(of: Int32.self)
    return places.map { Int(all[$0]) }
  }

  /// What is known of samples with what they show.
  private static func shown(
    _ known: Dataset, _ samples: [HostTensor], _ files: SampleFiles
  ) throws -> Dataset {
    let values =
      try samples.isEmpty
      ? .zeros(Shape([0] + files.shape.dimensions), dtype: files.dtype)
      : HostTensor.stacked(samples)
    return try known.with(features: [Dataset.Feature(name: files.name, values: values)])
  }
}

// Streams.
extension SampleSet {
  /// Batches of the samples, with the same samples in each as in a training in memory.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch, at least 1; the last batch of a pass may be shorter.
  ///   - seed: Decides the order in each pass; if nil, samples keep theirs.
  package func batches(of size: Int, shuffledBy seed: Seed? = nil) -> SampleStream<Dataset> {
    let plan = BatchPlan(
      sampleCount: count, batchSize: size, seed: seed ?? 0, shuffles: seed != nil)
    guard let files else {
      return SampleStream(plan, of: summary).grouped(by: size).map { try known.subset($0) }
    }
    return SampleStream(plan, of: summary).map(workers: SampleStream<Int>.standardWorkers) {
      place in
      (place: place, sample: try sample(place).features[0].values)
    }.grouped(by: size).map { batch in
      try Self.shown(known.subset(batch.map(\.place)), batch.map(\.sample), files)
    }
  }

  /// Batches of the samples in another order in each pass, changed at random each time.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch, at least 1.
  ///   - augmentations: The changes, in this order.
  ///   - seed: Decides order and changes.
  public func batches(
    of size: Int, augmentedBy augmentations: [any Augmentation], seed: Seed
  ) -> SampleStream<Dataset> {
    let changes = seed.child("stream")
    // Places are shuffled, not samples, which would all be in memory for that.
    return SampleStream<Int>(source: summary, count: count) { $0 }.shuffled(seed: seed)
      .map(workers: files == nil ? 0 : SampleStream<Int>.standardWorkers) { try sample($0) }
      .augmented(by: augmentations, seed: changes).batched(size)
      .mixed(augmentations.compactMap { $0 as? any BatchAugmentation }, seed: changes)
  }

  /// The source, and of files what tells these samples from others.
  private var summary: String {
    files.map { "\(source), files \($0.checksum.short), samples \(known.contentHash.short)" }
      ?? source
  }
}
