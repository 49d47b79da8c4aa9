internal import ArgumentParser
internal import MoruCPU

/// What computes, and how.
struct ExecutorOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to use (default: all processors).", valueName: "n"))
  var threads: Int?
  @Flag(help: "Choose kernels by trial, and keep the choices for this machine.")
  var autotune = false

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads).")
    }
  }

  /// The processor, as the options say.
  var executor: CPUExecutor {
    threads == nil && !autotune ? .shared : CPUExecutor(threads: threads, autotune: autotune)
  }
}
