import Glibc

/// How the threads of a computation wait for each other.
public enum WaitingThreads {
  /// Lets threads that wait soon give way to others, which a program asks for first of all that it does;
  /// `moru` does.
  ///
  /// Beside other busy programs, threads that wait in a loop use up the time that the others of the same
  /// computation need, and steps of a millisecond take twenty; on an idle machine such waiting gains
  /// nothing. OpenMP's library reads the setting, `GOMP_SPINCOUNT`, once, when it is loaded with the
  /// program: so the program starts itself anew, with the same arguments and process number. That takes
  /// some tens of milliseconds. Does nothing if `GOMP_SPINCOUNT` or `OMP_WAIT_POLICY` is set already.
  public static func giveWay() {
    let names = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"]
    guard names.allSatisfy({ getenv($0) == nil }), setenv(names[0], "2000", 1) == 0 else { return }
    // Returns only if it fails; then everything works, if more slowly.
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
