import MoruArchive
public import MoruGraph
import MoruTensors

/// How far the features at each place of a picture lie from the nearest of those that are remembered, and
/// one score of the whole.
///
/// With `x` the features that lie farthest from their nearest `m`, the score is `w · |x − m|`. The weight
/// `w = 1 − exp|x − m| / Σ exp|x − n|` over the `neighbors` n that lie nearest to m, itself among them, is
/// smaller where m stands alone; with one neighbour it is 1.
///
/// - Shapes: `[batch, height, width, features] → [batch, height, width, 1]` and `[batch, 1]`; states
///   `memory` `[patches, features]` and `nearest` `[patches, neighbors]`: for each of the remembered the
///   places of its neighbours, itself first.
/// - Source: Roth et al. 2022, PatchCore, arXiv:2106.08265, equations 6 and 7.
public struct PatchMemory: Layer {
  public static let kind = "PatchMemory"
  public var identity = Identity()
  public let name: String?
  /// How many are remembered, at least 1.
  public let patches: Int
  /// How many of them weigh a score, from 1 to all.
  public let neighbors: Int

  /// Distances from `patches` remembered features.
  public init(patches: Int, neighbors: Int = 9, name: String? = nil) {
    self.patches = patches
    self.neighbors = neighbors
    self.name = name
  }

  /// Up to here Float32, in which places are kept, tells whole numbers apart.
  package static let greatestPatches = 1 << 24

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    if let mismatch = mismatch(inputs) { return [.failure(Self.kind, inputs, mismatch)] }
    let x = inputs[0].floating()
    let (batch, places, features) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
    let memory = scope.state("memory", [patches, features])
    let kin = scope.state("nearest", [patches, neighbors]).converted(to: .int32)
    let rows = x.reshaped(to: [batch, places, features])
    // |x − m|² − |x|², which has the same order, of one picture at a time: those of all at once would
    // fill the memory of the machine.
    let lengths = square(memory).sum(axes: [1])
    let transposed = memory.transposed([1, 0])
    let found = scan([Tensor](), over: rows) { _, picture in
      ([Tensor](), (2 * matmul(picture, transposed) - lengths).argMax(axis: 1))
    }.outputs
    let distances = sqrt(square(rows - memory.gathered(found)).sum(axes: [2]))
    let greatest = distances.max(axes: [1], keepingAxes: true)
    let worst = Tensor.iota([batch]) * Tensor(HostTensor(Int32(places))) + distances.argMax(axis: 1)
    let patch = rows.reshaped(to: [batch * places, features]).gathered(worst)
    let near = memory.gathered(kin.gathered(found.reshaped(to: [batch * places]).gathered(worst)))
    let around = sqrt(square(near - patch.expanded(at: 1)).sum(axes: [2]))
    let weight: Tensor = neighbors == 1 ? 1 : 1 - softmax(around).sliced(0..<1, axis: 1)
    return [
      distances.reshaped(to: [batch, x.shape[1], x.shape[2], 1]), greatest * weight,
    ]
  }

  private func mismatch(_ inputs: [Tensor]) -> Mismatch? {
    guard inputs.count == 1, inputs[0].rank == 4, inputs[0].shape.elementCount > 0 else {
      return Mismatch(
        "it does not look at one picture of features", "Pass [batch, height, width, features].")
    }
    guard (1..<Self.greatestPatches).contains(patches), (1...patches).contains(neighbors) else {
      return Mismatch(
        "it asks \(neighbors) of \(patches) remembered features", "Ask at least 1, at most all.")
    }
    return nil
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, patches, neighbors
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    patches = try fields.positive(.patches)
    neighbors = try fields.positive(.neighbors, default: 9)
  }
}
