/// A piece of memory that a program uses.
struct Buffer {
  /// Whose memory it is.
  enum Home: Equatable {
    /// The program's own, shared over time with other buffers.
    case arena
    /// The program's own, filled once when the program is compiled.
    case constant
    /// The program's own, filled by the prologue; what only the prologue reads is there only while
    /// it runs.
    case prepared
    /// The program's own, filled at the start of each run unless steps read the host's memory.
    case input(Int)
    /// A resident value's.
    case resident(Int)
  }

  var byteCount: Int
  var home: Home
}
