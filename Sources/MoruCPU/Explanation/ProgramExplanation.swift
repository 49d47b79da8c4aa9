/// What a compiled program does on the processor, step by step, and the memory that it takes: to see
/// why a model is slow or large.
public struct ProgramExplanation: Sendable, Equatable, Codable {
  /// Threads that the executor has.
  public let threads: Int
  /// The steps, in the order in which they run.
  public private(set) var steps: [Step]
  /// The memory.
  public let memory: Memory
  /// Least time of a whole run, its inputs and results copied; nil if none was measured.
  public private(set) var seconds: Double?

  init(threads: Int, steps: [Step], memory: Memory) {
    self.threads = threads
    self.steps = steps
    self.memory = memory
  }

  /// The memory of a program. What its resident values take is counted once for each program that
  /// uses them.
  public struct Memory: Sendable, Equatable, Codable {
    /// The greatest memory that intermediate values take at one time: the arena.
    public let plannedPeakBytes: Int
    /// What no plan for this order of steps can go below: the greatest sum of intermediate values
    /// that are needed at one step.
    public let lowerBoundBytes: Int
    /// Parameters, moments, data: what stays between runs.
    public let residentBytes: Int
    /// Constants and copies of inputs.
    public let constantBytes: Int
    /// What steps use while they run, shared by all.
    public let scratchBytes: Int

    /// All of the program's memory.
    public var totalBytes: Int {
      plannedPeakBytes + residentBytes + constantBytes + scratchBytes
    }
  }

  /// Number of copies from one layout to another.
  public var reorderCount: Int { steps.count { $0.kind == "reorder" } }
  /// Floating-point operations of a run.
  public var flopCount: Int { steps.reduce(0) { $0 + $1.flopCount } }
  /// Bytes that the steps of a run read and write.
  public var byteCount: Int { steps.reduce(0) { $0 + $1.byteCount } }
  /// 10⁹ floating-point operations a second of the least whole run; nil if none was measured.
  public var gigaflops: Double? { seconds.map { Double(flopCount) / $0 / 1e9 } }

  /// The same with times.
  func timed(steps times: [Duration], whole: Duration) -> ProgramExplanation {
    var result = self
    for (index, time) in times.enumerated() { result.steps[index].seconds = time.inSeconds }
    result.seconds = whole.inSeconds
    return result
  }
}

extension ProgramExplanation {
  /// One step of a program: a kernel or a oneDNN primitive.
  public struct Step: Sendable, Equatable, Codable {
    /// The sort of step: `convolution`, `elementwise`, `reorder`, `copy`.
    public let kind: String
    /// Shapes, and what is computed of them.
    public let detail: String
    /// Layouts of its tensors, operands first, in the letters of their axes, the innermost last:
    /// `nhwc`, `nChw16c` (channels in blocks of 16). Nothing for row-major tensors of own kernels.
    public let layouts: [String]
    /// What runs: oneDNN's name of its implementation, the instruction set of an own vector kernel,
    /// or `loop` for a portable loop.
    public let implementation: String
    /// Bytes read.
    public let bytesRead: Int
    /// Bytes written.
    public let bytesWritten: Int
    /// Floating-point operations; a multiplication with an addition counts as two.
    public let flopCount: Int
    /// Threads that share the work.
    public let threads: Int
    /// Least time; nil if none was measured.
    public internal(set) var seconds: Double?

    init(_ summary: StepSummary, blockedLayouts: Set<String>, threads: Int) {
      kind = summary.kind
      detail = summary.detail
      layouts = summary.layouts.isEmpty ? blockedLayouts.sorted() : summary.layouts
      implementation = summary.implementation
      bytesRead = summary.bytesRead
      bytesWritten = summary.bytesWritten
      flopCount = summary.flopCount
      self.threads = summary.threads ?? threads
    }

    /// Bytes read and written.
    public var byteCount: Int { bytesRead + bytesWritten }
    /// 10⁹ floating-point operations a second; nil if no time was measured.
    public var gigaflops: Double? { seconds.map { Double(flopCount) / max($0, 1e-9) / 1e9 } }
    /// 10⁹ bytes read and written a second; nil if no time was measured.
    public var gigabytesPerSecond: Double? {
      seconds.map { Double(byteCount) / max($0, 1e-9) / 1e9 }
    }
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
