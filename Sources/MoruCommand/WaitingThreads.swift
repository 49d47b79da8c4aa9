internal import Foundation

/// How the threads of a computation wait for each other.
enum WaitingThreads {
  /// Lets threads that wait soon give way to others: on a busy machine, waiting in a loop makes training
  /// more than twice as slow, and on an idle one it gains nothing.
  ///
  /// OpenMP's library reads the setting once, when it is loaded with the program, so the program
  /// starts itself anew, with the same process number. Settings that are there already are kept.
  static func giveWay() {
    let names = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"]
    guard names.allSatisfy({ getenv($0) == nil }), setenv(names[0], "2000", 1) == 0 else { return }
    // Returns only if it fails; then everything works, if more slowly.
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
