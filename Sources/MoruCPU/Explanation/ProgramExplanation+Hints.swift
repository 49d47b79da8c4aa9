extension ProgramExplanation {
  /// What keeps the program from being faster or smaller, each as a sentence with what may be done.
  ///
  /// - Parameter ceiling: What the machine can do; without it, steps are not judged by their speed.
  public func hints(ceiling: MachineCeiling? = nil) -> [String] {
    [
      copies, loops, slowPrimitives, passes, smallSteps, lonelySteps, memoryGap,
    ].compactMap { $0 } + slowSteps(ceiling)
  }

  private var measure: String { seconds == nil ? "of the bytes" : "of the time" }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  private var copies: String? {
    let reorders = steps.filter { $0.kind == "reorder" }
    let copies = steps.filter { $0.kind == "copy" }
    let share = share(of: reorders + copies)
    guard share > 0.05 else { return nil }
    return
      "\(reorders.count) reorders and \(copies.count) copies take \(percent(share)) \(measure): "
      + "neighbouring steps want different layouts, or transposes and slices stand before products."
  }

  private var loops: String? {
    let loops = steps.filter { $0.implementation == "loop" }
    let share = share(of: loops)
    guard share > 0.05 else { return nil }
    let kinds = Set(loops.map(\.kind)).sorted().joined(separator: ", ")
    return "\(loops.count) steps without a vector kernel (\(kinds)) take \(percent(share)) "
      + "\(measure): Float32 has vector kernels where Float64 and whole numbers have none."
  }

  private var slowPrimitives: String? {
    let slow = steps.filter {
      $0.implementation.hasPrefix("ref") || $0.implementation == "simple:any"
    }
    let share = share(of: slow)
    guard share > 0.02, let step = slow.first else { return nil }
    return
      "\(slow.count) steps run oneDNN's reference kernels and take \(percent(share)) \(measure), "
      + "such as \(step.kind) \(step.detail): other sizes, strides or groups have fast ones."
  }

  private var passes: String? {
    let passes = steps.filter { $0.kind == "elementwise" }
    let share = share(of: passes)
    guard share > 0.25 else { return nil }
    return "\(passes.count) elementwise passes over memory take \(percent(share)) \(measure): "
      + "larger batches make no difference to them, fewer normalisations and activations do."
  }

  /// Steps that are over before a second thread would have begun.
  private var smallSteps: String? {
    let small = steps.filter { ($0.seconds ?? 1) < 3e-6 }
    let share = share(of: small)
    guard share > 0.3 else { return nil }
    return "\(small.count) steps of less than 3 µs take \(percent(share)) \(measure): "
      + "a larger batch costs little more."
  }

  private var lonelySteps: String? {
    let lonely = steps.filter { $0.threads == 1 && ($0.seconds ?? 0) > 20e-6 }
    let share = share(of: lonely)
    guard threads > 1, share > 0.2, let step = lonely.max(by: { $0.byteCount < $1.byteCount })
    else { return nil }
    return "\(lonely.count) long steps on one of \(threads) threads take \(percent(share)) "
      + "\(measure), the largest \(step.kind) \(step.detail)."
  }

  private var memoryGap: String? {
    let (planned, bound) = (memory.plannedPeakBytes, memory.lowerBoundBytes)
    guard planned > 1 << 20, Double(planned) > 1.05 * Double(bound) else { return nil }
    return
      "Intermediate values take \(percent(Double(planned) / Double(bound) - 1)) more memory than "
      + "the least that this order of steps needs."
  }

  /// The three steps that would gain most by reaching the ceiling.
  private func slowSteps(_ ceiling: MachineCeiling?) -> [String] {
    guard let ceiling, let whole = seconds else { return [] }
    return steps.compactMap { step -> (step: Step, reached: Double, gain: Double)? in
      guard let seconds = step.seconds, let reached = ceiling.fraction(reachedBy: step) else {
        return nil
      }
      return (step, reached, seconds * (1 - min(reached, 1)))
    }
    .filter { $0.reached < 0.4 && $0.gain > 0.03 * whole }
    .sorted { $0.gain > $1.gain }
    .prefix(3)
    .map {
      "\($0.step.kind) \($0.step.detail) (\($0.step.implementation)) reaches "
        + "\(percent($0.reached)) of what the machine can do; at the ceiling the run would take "
        + "\(percent($0.gain / whole)) less time."
    }
  }
}
