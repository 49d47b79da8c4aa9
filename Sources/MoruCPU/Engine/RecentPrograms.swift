import MoruGraph
import MoruTensors

/// Programs of small computations that were run at once, kept since such a computation tends to come
/// again with other data: an operation tried out by hand, a custom step that was not compiled.
struct RecentPrograms {
  /// Elements of all values together up to which compiling takes longer than computing.
  private static let largestElementCount = 1 << 14
  private static let capacity = 64
  private var programs: [Graph: CompiledProgram] = [:]

  /// Bytes of the programs kept.
  var byteCount: Int { programs.values.reduce(0) { $0 + $1.ownByteCount } }

  /// Runs a graph without inputs and resident values.
  mutating func run(_ graph: Graph, compile: (Graph) -> CompiledProgram) -> [HostTensor] {
    guard graph.types.reduce(0, { $0 + $1.shape.elementCount }) <= Self.largestElementCount else {
      return compile(graph).run([])
    }
    let (skeleton, values) = graph.liftingConstants()
    if let known = programs[skeleton] { return known.run(values) }
    let program = compile(skeleton)
    // Starting anew is simpler than knowing the oldest, and as rare.
    if programs.count == Self.capacity { programs = [:] }
    programs[skeleton] = program
    return program.run(values)
  }
}
