/// What can go wrong when models are made smaller.
public indirect enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// A setting is out of range.
  case outOfRange(String, found: String, allowed: String)
  /// A model is not a network of layers.
  case noNetwork(String)
  /// Nothing in a model can be made smaller in this way.
  case nothingToCompress(way: String, needs: String)
  /// Nothing in a model can be made smaller in any of the ways that were asked for, each for its reason.
  case nothingInAnyWay([CompressionError])
  /// A teacher gives what no student can follow.
  case teacher(String)
  /// A student gives something else than its teacher.
  case student(found: String, needed: String)
  /// A student is no smaller than its teacher.
  case largeStudent(weights: Int, teachers: Int)

  public var description: String {
    switch self {
    case .outOfRange(let name, let found, let allowed):
      "\(name) is \(found), but must be \(allowed). Change it."
    case .noNetwork(let kind):
      "The model is a \(kind), not a network of layers. Compress a network."
    case .nothingToCompress(let way, let needs):
      "\(way) finds nothing to remove: it needs \(needs). Choose another way."
    case .nothingInAnyWay(let reasons):
      reasons.map { reason in
        guard case .nothingToCompress(let way, let needs) = reason else { return "\(reason)" }
        return "\(way) needs \(needs)"
      }.joined(separator: "; ")
        + ". Nothing here can be made smaller so. Choose another model, or a student."
    case .teacher(let reason): "The teacher \(reason)."
    case .student(let found, let needed):
      "The student gives \(found), its teacher \(needed). Change the student's last layer."
    case .largeStudent(let weights, let teachers):
      "The student has \(weights) weights, its teacher \(teachers). Choose a smaller network."
    }
  }
}
