import GoldenKit
import MoruGenerative
import MoruTensors
import Testing

/// The distance of two sets of features.
@Suite struct FrechetDistanceTests {
  @Test(arguments: ["frechet_near", "frechet_mixed", "frechet_same"])
  func itIsScipys(name: String) throws {
    let golden = try GoldenFile("generative", name)
    let (first, second) = (try golden.tensor("first"), try golden.tensor("second"))
    let distance = try FrechetDistance(first, second)
    let means = try golden.tensor("means").array(of: Double.self)[0]
    let covariances = try golden.tensor("covariances").array(of: Double.self)[0]
    let scale = max(1, try first.array(of: Double.self).map { $0 * $0 }.max() ?? 1)
    #expect(abs(distance.means - means) <= 1e-9 * scale)
    #expect(abs(distance.covariances - covariances) <= 1e-7 * scale)
    let swapped = try FrechetDistance(second, first)
    #expect(abs(distance.value - swapped.value) <= 1e-7 * scale)
  }

  @Test func featuresOfFewRowsHaveOne() throws {
    // A covariance of rank 1 and one of rank 0: only the means and the traces differ.
    let line = try HostTensor([0.0, 0, 2, 2], shape: [2, 2])
    let point = try HostTensor([1.0, 1, 1, 1], shape: [2, 2])
    #expect(abs(try FrechetDistance(line, point).value - 4) < 1e-12)
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    let one = try HostTensor([1.0, 2], shape: [1, 2])
    let two = try HostTensor([1.0, 2, 3, 4], shape: [2, 2])
    let wide = HostTensor(repeating: 1.0, shape: [2, 3])
    for other in [one, wide, try two.reshaped(to: [4])] {
      let error = #expect(throws: GenerativeError.self) { try FrechetDistance(two, other) }
      #expect("\(try #require(error))".hasSuffix("Pass the features of one network for both."))
    }
    #expect(throws: GenerativeError.featureRows("Features are not finite.")) {
      try FrechetDistance(two, HostTensor([.nan, 0.0, 1, 2], shape: [2, 2]))
    }
  }
}
