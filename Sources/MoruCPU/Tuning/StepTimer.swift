/// Times a step by itself, on memory of its own.
enum StepTimer {
  /// The least time of some runs, at least a few and for some milliseconds.
  static func leastTime(of step: any Step, buffers: [Buffer]) -> Duration {
    let scratch = AlignedMemory(byteCount: step.scratchBytes)
    let memories = Dictionary(
      Set(step.reads + step.writes).map {
        ($0, AlignedMemory(byteCount: buffers[$0].byteCount))
      }, uniquingKeysWith: { first, _ in first })
    // Buffers that the step does not use have no memory of their own.
    let pointers = buffers.indices.map { memories[$0]?.pointer ?? scratch.pointer }
    step.bind(MemoryMap(buffers: pointers, scratch: scratch.pointer))
    let clock = ContinuousClock()
    let start = clock.now
    var least = Duration.seconds(Int64.max)
    var runs = 0
    while runs < 5 || (runs < 200 && clock.now - start < .milliseconds(3)) {
      least = min(least, clock.measure { step.run() })
      runs += 1
    }
    withExtendedLifetime((scratch, memories)) {}
    return least
  }
}
