import MoruCPU
import TestKit
import Testing

/// Every primitive, function and element type of the catalogue of samples, odd shapes included,
/// against the reference; with all threads, and with one.
@Test(arguments: [nil, 1] as [Int?])
func theProcessorComputesEverySampleAsTheReferenceDoes(threads: Int?) async throws {
  try await checkExecutor(CPUExecutor(threads: threads))
}
