import CDNNL
import MoruTensors

/// oneDNN's engine and stream; used on the engine's thread only.
final class DNNLContext {
  let handle: OpaquePointer?

  init() { handle = cdnnl_context_create() }
  deinit { cdnnl_context_destroy(handle) }
}

/// How elements lie in memory, in oneDNN's terms and order of axes.
final class DNNLLayout: Equatable {
  let handle: OpaquePointer

  /// Takes over a handle from a function that makes one.
  init?(_ handle: OpaquePointer?) {
    guard let handle else { return nil }
    self.handle = handle
  }

  static func strided(
    _ dimensions: [Int], _ strides: [Int], of type: DType = .float32
  ) -> DNNLLayout? {
    DNNLLayout(
      cdnnl_layout_strided(
        type.dnnl, Int32(dimensions.count), dimensions.map(Int64.init), strides.map(Int64.init)))
  }

  /// Lets the primitive choose.
  static func any(_ dimensions: [Int], of type: DType = .float32) -> DNNLLayout? {
    DNNLLayout(
      cdnnl_layout_any(type.dnnl, Int32(dimensions.count), dimensions.map(Int64.init)))
  }

  deinit { cdnnl_layout_destroy(handle) }

  var byteCount: Int { cdnnl_layout_bytes(handle) }

  static func == (a: DNNLLayout, b: DNNLLayout) -> Bool { cdnnl_layout_equal(a.handle, b.handle) }

  var rank: Int { Int(cdnnl_layout_rank(handle)) }

  /// oneDNN's name of the order of axes: `acdb`, `aBcd16b`.
  var name: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      guard let start = text.baseAddress else { return "" }
      start.initialize(repeating: 0, count: 64)
      cdnnl_layout_describe(handle, start, 64)
      return String(cString: start)
    }
  }
}

/// A oneDNN primitive with its memory objects.
final class DNNLPrimitive {
  let handle: OpaquePointer

  init?(_ handle: OpaquePointer?) {
    guard let handle else { return nil }
    self.handle = handle
  }

  deinit { cdnnl_primitive_destroy(handle) }

  var scratchBytes: Int { cdnnl_primitive_scratchpad_bytes(handle) }
  var implementation: String { String(cString: cdnnl_primitive_implementation(handle)) }

  func layout(of role: cdnnl_role) -> DNNLLayout? {
    DNNLLayout(cdnnl_primitive_layout(handle, role))
  }

  func bind(_ role: cdnnl_role, _ memory: UnsafeMutableRawPointer) {
    cdnnl_primitive_bind(handle, role, memory)
  }

  func execute() {
    let isDone = cdnnl_primitive_execute(handle)
    precondition(isDone, "oneDNN refuses to execute only if a tensor has no memory")
  }
}

/// A blocked order of a tensor's elements without padding, and the row-major order it stands for.
final class BlockedLayout: Equatable {
  /// The order the elements have.
  let blocked: DNNLLayout
  /// The row-major order in the same terms.
  let plain: DNNLLayout

  init(blocked: DNNLLayout, plain: DNNLLayout) {
    self.blocked = blocked
    self.plain = plain
  }

  static func == (a: BlockedLayout, b: BlockedLayout) -> Bool {
    a === b || (a.blocked == b.blocked && a.plain == b.plain)
  }

  var byteCount: Int { blocked.byteCount }
  var name: String { blocked.name }

  func convert(
    from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, in dnnl: DNNLContext
  ) {
    BlockedLayout.reorder(source, plain, target, blocked, dnnl)
  }

  func convert(
    to target: UnsafeMutableRawPointer, from source: UnsafeMutableRawPointer, in dnnl: DNNLContext
  ) {
    BlockedLayout.reorder(source, blocked, target, plain, dnnl)
  }

  private static func reorder(
    _ source: UnsafeMutableRawPointer, _ from: DNNLLayout, _ target: UnsafeMutableRawPointer,
    _ to: DNNLLayout, _ dnnl: DNNLContext
  ) {
    guard let reorder = DNNLPrimitive(cdnnl_reorder(dnnl.handle, from.handle, to.handle)) else {
      preconditionFailure("oneDNN copies between any two layouts of one tensor")
    }
    let scratch = AlignedMemory(byteCount: reorder.scratchBytes)
    reorder.bind(CDNNL_SOURCE, source)
    reorder.bind(CDNNL_DESTINATION, target)
    reorder.bind(CDNNL_SCRATCHPAD, scratch.pointer)
    reorder.execute()
  }
}

extension DType {
  /// oneDNN's type; of those that it has no primitives for here Float32.
  fileprivate var dnnl: cdnnl_type {
    switch self {
    case .int8: CDNNL_I8
    case .uint8: CDNNL_U8
    default: CDNNL_F32
    }
  }
}

/// The tensors of a primitive.
enum DNNLRole {
  case source, weights, bias, destination
  case sourceGradient, weightsGradient, biasGradient, destinationGradient
  case residual, scratchpad

  var value: cdnnl_role {
    switch self {
    case .source: CDNNL_SOURCE
    case .weights: CDNNL_WEIGHTS
    case .bias: CDNNL_BIAS
    case .destination: CDNNL_DESTINATION
    case .sourceGradient: CDNNL_SOURCE_GRADIENT
    case .weightsGradient: CDNNL_WEIGHTS_GRADIENT
    case .biasGradient: CDNNL_BIAS_GRADIENT
    case .destinationGradient: CDNNL_DESTINATION_GRADIENT
    case .residual: CDNNL_RESIDUAL
    case .scratchpad: CDNNL_SCRATCHPAD
    }
  }
}
