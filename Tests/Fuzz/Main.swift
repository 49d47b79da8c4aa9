import Foundation
import MoruTensors

/// Reads damaged inputs and reports those that did harm.
///
///     Fuzz [INPUTS [SEED [TARGET…]]]      2000 inputs in all, seed 1, all targets
///     Fuzz --show TARGET SEED NUMBER      writes one input to standard output
///
/// Input number n of a seed is always the same. Inputs are read by a child process that may take
/// 2 GiB of memory, and for each ten seconds of its processor time, or two minutes by the clock if it
/// waits; where it dies the input is saved and a new child goes on behind it. The exit code is 1 if one
/// died.
@main
enum Fuzz {
  private static let memoryLimit: UInt = 2 << 30
  private static let processorSeconds = 10
  private static let secondsLimit: UInt32 = 120

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "--work": try work(Array(arguments.dropFirst()))
    case "--show":
      let target = try target(arguments[1])
      let bytes = try inputs(target, seed: Int(arguments[2]) ?? 1)(Int(arguments[3]) ?? 0)
      FileHandle.standardOutput.write(Data(bytes))
    default: try watch(arguments)
    }
  }

  private static func target(_ name: String) throws -> FuzzTarget {
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      throw FuzzError("no target '\(name)': \(FuzzTarget.all.map(\.name))")
    }
    return target
  }

  /// Input by number.
  private static func inputs(_ target: FuzzTarget, seed: Int) throws -> (Int) -> [UInt8] {
    let seeds = try target.seedBytes()
    let mutation = Mutation(seeds: seeds)
    let root = Seed(UInt64(seed)).child(target.name)
    return { number in
      var generator = root.child(number).generator
      return mutation(seeds[number % seeds.count], &generator)
    }
  }

  // MARK: Parent

  private static func watch(_ arguments: [String]) throws {
    let count = arguments.first.flatMap { Int($0) } ?? 2000
    let seed = arguments.dropFirst().first.flatMap { Int($0) } ?? 1
    let names = arguments.count > 2 ? Array(arguments[2...]) : FuzzTarget.all.map(\.name)
    let share = (count + names.count - 1) / names.count
    var failures = 0
    for name in names {
      let target = try target(name)
      let start = ContinuousClock.now
      let failed = try watch(target, seed: seed, count: share)
      failures += failed
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      print("\(name): \(share) inputs, \(failed) failures, \(Int(seconds)) s")
    }
    if failures > 0 { exit(1) }
  }

  private static func watch(_ target: FuzzTarget, seed: Int, count: Int) throws -> Int {
    let progress = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID())")
    defer { try? FileManager.default.removeItem(at: progress) }
    var next = 0
    var failures = 0
    while next < count {
      try Data(count: 8).write(to: progress)
      let child = Process()
      child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      child.arguments = ["--work", target.name, "\(seed)", "\(next)", "\(count)", progress.path]
      try child.run()
      child.waitUntilExit()
      if child.terminationReason == .exit, child.terminationStatus == 0 { break }
      let bytes = try Data(contentsOf: progress)
      let number = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
      let file = "fuzz-failure-\(target.name)-\(seed)-\(number)"
      try Data(inputs(target, seed: seed)(number)).write(to: URL(filePath: file))
      print(
        "\(target.name): input \(number) ended the process "
          + "(\(child.terminationReason == .exit ? "exit code" : "signal") "
          + "\(child.terminationStatus)); saved as \(file)")
      failures += 1
      next = number + 1
    }
    return failures
  }

  // MARK: Child

  private static func work(_ arguments: [String]) throws {
    let target = try target(arguments[0])
    let numbers = arguments[1...3].compactMap { Int($0) }
    var limit = rlimit(rlim_cur: memoryLimit, rlim_max: memoryLimit)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    let input = try inputs(target, seed: numbers[0])
    let progress = open(arguments[4], O_WRONLY)
    for number in numbers[1]..<numbers[2] {
      var place = number
      pwrite(progress, &place, 8, 0)
      limitTime()
      do { try target.read(Data(input(number))) } catch { _ = "\(error)" }
    }
  }

  /// Ends this process if the next input takes too long. A clock alone would blame inputs for a busy
  /// machine.
  private static func limitTime() {
    var limit = itimerval()
    limit.it_value.tv_sec = processorSeconds
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
    alarm(secondsLimit)
  }
}

struct FuzzError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
