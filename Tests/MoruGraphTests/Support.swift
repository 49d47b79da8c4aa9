import MoruGraph
import MoruReference
import MoruTensors

/// The elements of a tensor that depends on constants alone, as Float64.
func elements(_ tensor: Tensor) async throws -> [Double] {
  try await tensor.value(on: .reference).converted(to: .float64).array()
}

/// A vector or matrix of Float64.
func constant(_ values: [Double], _ shape: Shape? = nil) throws -> Tensor {
  try Tensor(HostTensor(values, shape: shape ?? [values.count]))
}

/// Whether all elements agree to 1e-12, NaN with NaN.
func agree(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-12) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy {
      $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= tolerance * max(1, abs($1))
    }
}

/// The error that building a graph of `tensors` gives.
func failure(_ tensors: Tensor...) -> GraphError? {
  do {
    _ = try Graph(results: tensors)
    return nil
  } catch { return error }
}
