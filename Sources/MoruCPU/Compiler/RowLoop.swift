import CKernels
import MoruTensors

/// A loop over rows that do not depend on one another, as instructions on rows.
///
/// One parallel region does for all steps: each thread takes its rows through the whole loop.
struct RowLoop {
  /// Where the rows of a value lie.
  struct Value {
    /// Shared memory; nil if every thread has its own.
    var view: View?
    /// Distance between the slices of two steps in shared memory.
    var stepBytes = 0
    /// Distance between rows; 0 if all rows are one.
    var rowBytes: Int
    /// Place in a thread's memory in even steps.
    var offset = 0
    /// Place in odd steps: carries change places with their successors.
    var oddOffset = 0
    /// Elements of a row.
    var width: Int
    var dtype: DType

    /// Whether rows lie without gaps.
    var isFlat: Bool { rowBytes == width * dtype.byteCount }
  }

  /// One operation on the rows of a step; operands are places in `values`.
  struct Instruction {
    enum Kind {
      case function(KernelOperation)
      /// Spreads one element over the rows.
      case fill
      /// The product with a matrix, by its place in `weights`, added to the second operand if any.
      case product(Int)
    }
    var kind: Kind
    var destination: Int
    var operands: [Int]
    var name: String
  }

  /// A matrix `[inner, columns]` that is the same in all steps.
  struct Weights {
    var view: View
    var inner: Int
    var columns: Int
    var rowStride: Int
    var columnStride: Int
  }

  let rows: Int
  let length: Int
  let isReversed: Bool
  /// Most rows that a thread takes through the loop at a time, so that they stay in its caches. While
  /// it computes the products of the next few, memory takes in what it has written; weights that
  /// fill the second cache should be read less often.
  let chunk: Int
  var values: [Value] = []
  /// What is done once before the first step, in every step, and after the last one.
  var before: [Instruction] = []
  var steps: [Instruction] = []
  var after: [Instruction] = []
  var weights: [Weights] = []
  /// Memory of each thread's own.
  var localBytes = 0

  /// - Parameter weightElements: Of the matrices that are the same in all steps.
  init(rows: Int, length: Int, isReversed: Bool, weightElements: Int) {
    self.rows = rows
    self.length = length
    self.isReversed = isReversed
    chunk = min(rows, weightElements <= 128 << 10 ? 8 : 32)
  }

  /// Floating-point operations of the products, of all steps.
  var flopCount: Int { 2 * rows * length * weights.reduce(0) { $0 + $1.inner * $1.columns } }
}
