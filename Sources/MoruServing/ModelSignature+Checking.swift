import MoruArchive
public import MoruModels
public import MoruTensors

extension ModelInput {
  /// Samples as the model takes them, of its own element type.
  ///
  /// - Parameter samples: Batch axis first; of another element type only if no value changes.
  /// - Throws: `ServingError.shape`, `.inexact` or `.notFinite`.
  public func checked(_ samples: HostTensor) throws(ServingError) -> HostTensor {
    guard samples.shape.rank == shape.rank + 1, samples.shape.dropFirst().elementsEqual(shape)
    else {
      throw .shape(
        input: name, expected: "of shape \(batchShape)", found: "of shape \(samples.shape)")
    }
    guard samples.isFinite else { throw .notFinite(input: name) }
    guard let exact = samples.exactly(dtype) else {
      throw .inexact(input: name, found: samples.dtype, expected: dtype)
    }
    return exact
  }

  /// `[batch, 8, 8, 1]`, for messages.
  public var batchShape: String {
    "[" + (["batch"] + shape.map(String.init)).joined(separator: ", ") + "]"
  }
}

extension ModelSignature {
  /// The samples of each input in the signature's order, and their number.
  ///
  /// - Throws: `ServingError` saying what was expected, if an input is missing, unknown or not what
  ///   the model takes, or if the inputs differ in their numbers of samples.
  public func checked(
    _ named: [String: HostTensor]
  ) throws(ServingError) -> (inputs: [HostTensor], count: Int) {
    let known = inputs.map(\.name)
    for name in named.keys.sorted() where !known.contains(name) {
      throw .unknownInput(name, nearest: nearest(name, among: known), known: known)
    }
    var ordered: [HostTensor] = []
    for input in inputs {
      guard let samples = named[input.name] else {
        throw .missingInput(input.name, expected: input.wanted)
      }
      ordered.append(try input.checked(samples))
    }
    let counts = ordered.map { $0.shape[0] }
    guard Set(counts).count <= 1 else { throw .unequalBatch(counts) }
    return (ordered, counts.first ?? 0)
  }
}
