internal import Dispatch

/// `body` of each index, computed on all processors and returned in order. It returns when all are
/// done, so that `body` may look at what its caller does not change meanwhile.
func concurrentMap<R>(_ count: Int, _ body: (Int) -> R) -> [R] {
  guard count > 1 else { return (0..<count).map(body) }
  return [R](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Pointers and bodies that are not Sendable: each index is written by one thread alone, and none is
    // read, nor the body released, before `concurrentPerform` has waited for all.
    nonisolated(unsafe) let results = buffer
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: count) { index in
        results.initializeElement(at: index, to: body(index))
      }
    }
    initialized = count
  }
}
