public import MoruGraph

/// The cases of `Primitive` without what they carry, so that tests can count them.
public enum PrimitiveKind: String, Hashable, Sendable, CaseIterable {
  case constant, iota, randomUniform, unary, binary, compare, select, convert, reshape, transpose
  case broadcast, concatenate, slice, pad, reverse, reduce, argMax, cumulativeSum, dot, convolution
  case convolutionInputGradient, convolutionKernelGradient, maxPool, maxPoolGradient, maxPoolGather
  case averagePool, averagePoolGradient, gather, scatterAdd, scan, barrier

  /// The kind of a primitive. The switch makes the compiler ask for a kind, and a test then for a
  /// sample, when a primitive is added.
  public init(_ primitive: Primitive) {
    self =
      switch primitive {
      case .constant: .constant
      case .iota: .iota
      case .randomUniform: .randomUniform
      case .unary: .unary
      case .binary: .binary
      case .compare: .compare
      case .select: .select
      case .convert: .convert
      case .reshape: .reshape
      case .transpose: .transpose
      case .broadcast: .broadcast
      case .concatenate: .concatenate
      case .slice: .slice
      case .pad: .pad
      case .reverse: .reverse
      case .reduce: .reduce
      case .argMax: .argMax
      case .cumulativeSum: .cumulativeSum
      case .dot: .dot
      case .convolution: .convolution
      case .convolutionInputGradient: .convolutionInputGradient
      case .convolutionKernelGradient: .convolutionKernelGradient
      case .maxPool: .maxPool
      case .maxPoolGradient: .maxPoolGradient
      case .maxPoolGather: .maxPoolGather
      case .averagePool: .averagePool
      case .averagePoolGradient: .averagePoolGradient
      case .gather: .gather
      case .scatterAdd: .scatterAdd
      case .scan: .scan
      case .barrier: .barrier
      }
  }
}
