import Foundation
import Moru

// Finds groups among a shop's customers, says what they are like, and looks for the group in which a
// campaign that failed on the whole has worked. Run it at the repository's root; it writes into
// segmentation/.

let folder = URL(filePath: "segmentation")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let file = folder.appending(path: "customers.csv")
try Data(Customers.csv(6000, seed: 7).utf8).write(to: file)

// Groups are made of what customers are like alone. Whoever looks at the outcome while grouping finds
// what is not there.
let table = try Table(at: file)
let encoding = try TableEncoding(fitting: table, target: nil, features: Customers.features)
let points = try encoding.encode(table)
let whitened = try standardized(points)
let elbow = try KMeans(1, starts: 5).elbow(whitened, clusters: 2...10)
let count = elbow.suggestion ?? 5
let clustering = try KMeans(count, starts: 5).cluster(whitened)
print("\(count) groups:")
let profiles = try ClusterProfile.profiles(
  clustering.labels, of: points, names: Customers.features)
for profile in profiles { print("  \(profile)") }

let campaign = try Campaign(table)
let everybody = Array(0..<table.rowCount)
print("\nLetter against none, among all: \(try campaign.effect(among: everybody, comparisons: 1))")

print("\nBy group, all \(count) intervals together right with 95 %:")
for cluster in 0..<count {
  let members = everybody.filter { clustering.labels[$0] == cluster }
  let effect = try campaign.effect(among: members, comparisons: count)
  print("  cluster \(cluster + 1): \(effect)\(effect.lower > 0 ? "  <- it worked" : "")")
}

// The best of several is partly luck. So one half of the customers says which group it is, and the
// other half, which had no part in the choice, says how large the effect is.
let halves = (everybody.filter { !$0.isMultiple(of: 2) }, everybody.filter { $0.isMultiple(of: 2) })
var best: (cluster: Int, value: Double) = (0, -.infinity)
for cluster in 0..<count {
  let members = halves.0.filter { clustering.labels[$0] == cluster }
  let value = try campaign.effect(among: members, comparisons: count).value
  if value > best.value { best = (cluster, value) }
}
let judges = halves.1.filter { clustering.labels[$0] == best.cluster }
print("\nChosen by one half: cluster \(best.cluster + 1)")
print("Judged by the other half: \(try campaign.effect(among: judges, comparisons: 1))")

/// Every feature minus its mean, over its deviation: distances would else be those of the feature with
/// the largest numbers.
func standardized(_ points: HostTensor) throws -> HostTensor {
  let width = points.shape[1]
  let scaling = try Normalization().adapted(to: points)
  var values = try points.array(of: Float.self)
  for place in values.indices {
    let (mean, variance) = (scaling.mean[place % width], scaling.variance[place % width])
    values[place] = Float((Double(values[place]) - mean) / max(variance, 1e-12).squareRoot())
  }
  return try HostTensor(values, shape: points.shape)
}
