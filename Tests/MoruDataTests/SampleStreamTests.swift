import Foundation
import MoruArchive
import MoruData
import MoruTensors
import Synchronization
import Testing

@Suite("Streams of samples")
struct SampleStreamTests {
  private static func all<Element>(
    _ stream: SampleStream<Element>, pass: Int = 0, from place: Int = 0
  ) async throws -> [Element] {
    var elements: [Element] = []
    for try await element in stream.pass(pass, from: place) { elements.append(element) }
    return elements
  }

  private static let numbers = SampleStream(Array(0..<100))

  /// Numbers with chance of their own, by some threads.
  private static func drawn(workers: Int, size: Int = 300) -> SampleStream<[Double]> {
    SampleStream(Array(0..<size)).shuffled(buffer: 40, seed: 1)
      .map(seed: 7, workers: workers) { number, seed in
        // Unequal times, so that threads overtake each other.
        let rounds = (number * 7919) % 13 * 200
        let noise = (0..<rounds).reduce(0.0) { $0 + Double($1).squareRoot() }
        return [Double(number), seed.uniform(count: 1)[0], noise]
      }
  }

  @Test("are the same whatever the number of threads", arguments: [1, 2, 3, 8])
  func workers(count: Int) async throws {
    for pass in 0..<2 {
      let expected = try await Self.all(Self.drawn(workers: 0), pass: pass)
      #expect(try await Self.all(Self.drawn(workers: count), pass: pass) == expected)
    }
  }

  @Test("bring every element once, in another order in each pass")
  func shuffles() async throws {
    for stream in [
      Self.numbers.shuffled(seed: 3), Self.numbers.shuffled(buffer: 10, seed: 3),
    ] {
      let first = try await Self.all(stream)
      let second = try await Self.all(stream, pass: 1)
      #expect(first.sorted() == Array(0..<100) && second.sorted() == Array(0..<100))
      #expect(first != second && first != Array(0..<100))
      #expect(try await Self.all(stream) == first)
    }
    #expect(
      try await Self.all(Self.numbers.shuffled(seed: 4)) != Self.all(Self.numbers.shuffled(seed: 3))
    )
  }

  @Test("chance belongs to an element, wherever it comes in the order")
  func chance() async throws {
    func values(_ shuffle: Seed) async throws -> [Double] {
      try await Self.all(
        Self.numbers.shuffled(seed: shuffle).map(seed: 1) {
          (place: $0, value: $1.uniform(count: 1)[0])
        }
      ).sorted { $0.place < $1.place }.map(\.value)
    }
    let first = try await values(1)
    #expect(try await values(2) == first)
    #expect(Set(first).count == 100)
  }

  private static func resumable() -> [SampleStream<[Int]>] {
    let mapped = numbers.shuffled(buffer: 30, seed: 5).map(workers: 2) { $0 * 2 }
    return [
      mapped.grouped(by: 7), mapped.grouped(by: 7, dropsRemainder: true),
      mapped.filtered { $0 % 3 == 0 }.grouped(by: 4),
      mapped.bucketed(by: { $0 }, bounds: [50, 120], size: 6),
      mapped.repeated(3).grouped(by: 9), mapped.cached().grouped(by: 8),
      mapped.prefix(50).grouped(by: 7).prefetched(3),
      SampleStream<Int>(source: "sequence") { pass in
        AsyncStream { continuation in
          for number in 0..<50 { continuation.yield(number + pass) }
          continuation.finish()
        }
      }.grouped(by: 6),
    ]
  }

  @Test("go on in the middle of a pass", arguments: 0..<8)
  func resumes(place: Int) async throws {
    let stream = Self.resumable()[place]
    let whole = try await Self.all(stream, pass: 2)
    if let count = stream.count { #expect(whole.count == count) }
    for start in [0, 1, 5, whole.count] {
      #expect(
        try await Self.all(Self.resumable()[place], pass: 2, from: start)
          == Array(whole[start...]))
    }
    #expect(try await Self.all(stream, pass: 2, from: whole.count + 3).isEmpty)
  }

  @Test("do not make what is gone past")
  func skips() async throws {
    let made = Mutex(0)
    let stream = Self.numbers.shuffled(seed: 1).map { number in
      made.withLock { $0 += 1 }
      return number
    }.grouped(by: 10)
    _ = try await Self.all(stream, from: 8)
    #expect(made.withLock { $0 } == 20)
  }

  private struct Damage: Error, Equatable { let number: Int }

  @Test(
    "end with the first error in order, or leave damaged elements out and tell", arguments: [0, 3])
  func failures(workers: Int) async throws {
    @Sendable func checked(_ number: Int) throws -> Int {
      if number == 40 || number == 41 { throw Damage(number: number) }
      return number
    }
    var seen: [Int] = []
    await #expect(throws: Damage(number: 40)) {
      for try await number in Self.numbers.map(workers: workers, checked).pass() {
        seen.append(number)
      }
    }
    #expect(seen == Array(0..<40))
    let reported = Mutex<[Int]>([])
    let rest = try await Self.all(
      Self.numbers.map(
        workers: workers,
        failures: .skip { error in
          reported.withLock { $0.append((error as? Damage)?.number ?? -1) }
        }, checked))
    #expect(rest.count == 98 && reported.withLock { $0 } == [40, 41])
  }

  @Test("can be abandoned while threads are at work")
  func abandoned() async throws {
    for _ in 0..<20 {
      var pass = Self.drawn(workers: 3).prefetched(4).pass().makeAsyncIterator()
      #expect(try await pass.next() != nil)
    }
  }

  @Test("keep elements in memory after the first whole pass")
  func caches() async throws {
    let made = Mutex(0)
    let stream = Self.numbers.map { number in
      made.withLock { $0 += 1 }
      return number
    }.cached()
    var part = stream.pass().makeAsyncIterator()
    _ = try await part.next()
    for pass in 0..<3 { #expect(try await Self.all(stream, pass: pass) == Array(0..<100)) }
    #expect(made.withLock { $0 } == 101)
  }

  private final class Counter: Sendable { let count = Mutex(0) }

  /// Samples of all kinds of targets, and how many were made.
  private static func varied(_ made: Counter, count: Int = 30) -> SampleStream<Sample> {
    SampleStream<Sample>(source: "varied", count: count) { place in
      made.count.withLock { $0 += 1 }
      let values = HostTensor((0...place % 3).map { Float($0 + place) })
      let pixels = try HostTensor([UInt8(place), 7], shape: [2, 1])
      return Sample(
        features: [.init(name: "수", values: values), .init(name: "b", values: pixels)],
        targets: [
          .init(name: "종류", .label(Int32(place % 2), labels: ["가", "나"])),
          .init(name: "x", .number(place == 5 ? .infinity : Float(place) / 3)),
          .init(name: "t", .tensor(pixels)),
        ], weight: place % 4 == 0 ? Float(place) : nil)
    }
  }

  @Test("are kept in a file, from one program to the next")
  func fileCache() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "표본.cache")
      let made = Counter()
      let plain = try await Self.all(Self.varied(made))
      made.count.withLock { $0 = 0 }
      let stream = Self.varied(made).cached(at: file)
      do {
        var part = stream.pass().makeAsyncIterator()
        for _ in 0..<5 { _ = try await part.next() }
      }
      #expect(!FileManager.default.fileExists(atPath: file.path), "a part of a pass is not kept")
      for pass in 0..<3 { #expect(try await Self.all(stream, pass: pass) == plain) }
      #expect(made.count.withLock { $0 } == 35)
      let again = Self.varied(made).cached(at: file)
      #expect(try await Self.all(again) == plain)
      #expect(try await Self.all(again, pass: 4, from: 27) == Array(plain[27...]))
      #expect(try await Self.all(again, pass: 4, from: 40).isEmpty)
      #expect(made.count.withLock { $0 } == 35)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == [file.lastPathComponent]
      )
    }
  }

  @Test("refuse a file that is no cache of theirs, whatever is in it")
  func damagedCache() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "c.cache")
      let made = Counter()
      let stream = Self.varied(made).cached(at: file)
      let plain = try await Self.all(stream)
      let other = SampleStream<Sample>(source: "other", count: 1) { _ in Sample(features: []) }
      do {
        _ = try await Self.all(other.cached(at: file))
        Issue.record("another stream's cache was read")
      } catch {
        #expect("\(error)".hasPrefix("c.cache: it was made of another stream (varied)."))
      }
      do {
        _ = try await Self.all(Self.varied(made, count: 7).cached(at: file))
        Issue.record("a longer stream's cache was read")
      } catch {
        #expect(
          "\(error)".hasPrefix("c.cache: it holds \(plain.count) samples, and the stream has 7."))
      }
      let good = try Data(contentsOf: file)
      var generator = Seed(8).generator
      for _ in 0..<400 {
        var bad = good
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bad = bad.prefix(Int.random(in: 0..<bad.count, using: &generator))
        case 1:
          for _ in 0..<3 {
            bad[Int.random(in: 0..<bad.count, using: &generator)] = UInt8.random(
              in: 0...255, using: &generator)
          }
        default:
          // Where the numbers at the end are.
          let place = bad.count - 1 - Int.random(in: 0..<24, using: &generator)
          bad[place] = UInt8.random(in: 0...255, using: &generator)
        }
        try bad.write(to: file)
        // Either it is read or refused; numbers in samples may have changed.
        do {
          #expect(try await Self.all(stream).count == plain.count)
        } catch {
          #expect(error is DataError, "\(error)")
        }
      }
    }
  }

  @Test("bring batches of data, padded where samples differ in length")
  func batches() async throws {
    let samples = SampleStream([3, 1, 2, 5, 4]).map { length in
      Sample(
        try HostTensor((0..<2 * length).map(Float.init), shape: [length, 2]),
        target: .label(Int32(length % 2), labels: ["even", "odd"]))
    }
    let batches = try await Self.all(samples.batched(2, padding: -1))
    #expect(batches.map(\.count) == [2, 2, 1])
    #expect(batches[0].features[0].values.shape == [2, 3, 2])
    #expect(
      try batches[0].features[0].values.array(of: Float.self)
        == [0, 1, 2, 3, 4, 5, 0, 1, -1, -1, -1, -1])
    #expect(batches[1].classes?.indices == [0, 1])
    await #expect(throws: DataError.self) { try await Self.all(samples.batched(2)) }
    let buckets = try await Self.all(samples.batched(bucketsUpTo: [2], size: 2))
    #expect(buckets.map { $0.features[0].values.shape[1] } == [2, 5, 4])
  }

  @Test("give a data set's samples back")
  func dataset() async throws {
    let data = try Dataset(
      source: "자료",
      features: [.init(values: try HostTensor((0..<12).map(Float.init), shape: [6, 2]))],
      targets: .classes([0, 1, 1, 0, 1, 0], labels: ["양품", "불량"]),
      sampleWeights: [1, 2, 3, 4, 5, 6])
    let batch = try #require(try await Self.all(data.samples.batched(6)).first)
    #expect(batch == data)
  }

  @Test("without elements are an error where they would be read for ever")
  func empty() async throws {
    await #expect(throws: DataError.emptyStream("elements")) {
      try await Self.all(SampleStream([Int]()).repeated())
    }
    #expect(try await Self.all(SampleStream([Int]()).shuffled(seed: 1)).isEmpty)
  }

  @Test("keep a position in a few bytes")
  func position() async throws {
    var pass = Self.numbers.shuffled(seed: 9).pass(3).makeAsyncIterator()
    var before: [Int] = []
    for _ in 0..<30 { before.append(try #require(try await pass.next())) }
    let saved = try JSONEncoder().encode(pass.position)
    #expect(saved.count < 40)
    let position = try JSONDecoder().decode(StreamPosition.self, from: saved)
    let rest = try await Self.all(
      Self.numbers.shuffled(seed: 9), pass: position.pass, from: position.element)
    #expect(Set(before + rest) == Set(0..<100) && rest.count == 70)
  }
}
