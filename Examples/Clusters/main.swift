import Foundation
import Moru

// What docs/clustering.md shows, in its order. Run it at the repository's root; it writes into clusters/.

let folder = URL(filePath: "clusters")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

/// Writes a picture of points in the colours of their groups.
func draw(
  _ points: HostTensor, _ labels: [Int?], _ title: String, _ file: String, kind: String = "cluster",
  from first: Int = 1
) throws {
  let places = try points.converted(to: .float64).array(of: Double.self)
  let groups = Dictionary(grouping: labels.indices) { labels[$0] ?? -1 }
  let chart = ScatterChart(
    title: title, xTitle: "x", yTitle: "y",
    series: groups.sorted { $0.key < $1.key }.map { group, rows in
      ScatterChart.Series(
        name: group < 0 ? "noise" : "\(kind) \(group + first)",
        points: rows.map { (places[2 * $0], places[2 * $0 + 1]) })
    })
  try Data(chart.svg().utf8).write(to: folder.appending(path: file))
}

let moons = try Shapes.moons(300)
let rings = try Shapes.rings(300)
for (name, points) in [("moons", moons), ("rings", rings)] {
  let halves = try KMeans(2).cluster(points)
  try draw(points, halves.labels, "k-means", "\(name)-k-means.svg")
  let shapes = try DBSCAN(eps: 0.2, minSamples: 5).cluster(points)
  try draw(points, shapes.labels, "DBSCAN", "\(name)-dbscan.svg")
  print(name, halves.sizes, shapes.count)
}

let stripes = try Shapes.stripes(300)
let balls = try KMeans(3, starts: 10).cluster(stripes)
try draw(stripes, balls.labels, "k-means", "stripes-k-means.svg")
let mixture = try GaussianMixture(3, starts: 10).mixture(of: stripes)
try draw(stripes, mixture.labels(of: stripes), "Gaussian mixture", "stripes-mixture.svg")
let criteria = try (1...6).map { count in
  try GaussianMixture(count, starts: 10, regularization: 0.01).mixture(of: stripes)
    .bayesInformation(of: stripes)
}
print("BIC by the number of Gaussians:", criteria.map { Int($0) })

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label")
let points = digits.features[0].values
let elbow = try KMeans(1).elbow(points, clusters: 2...16)
print(elbow.inertias.map { Int($0) }, "suggested:", elbow.suggestion ?? "none")
let suggested = try KMeans(elbow.suggestion ?? 10).cluster(points)
print("silhouette", try suggested.quality(of: points).silhouette)

let components = try PCA(.share(0.9)).components(of: points)
print("\(components.components.count) of 64 directions hold 90 % of the variance")

let some = try digits.subset(Array(0..<500))
let embedding = try TSNE().embed(some.features[0].values)
let kinds = some.classes.map { $0.indices.map(Int.init) } ?? []
try draw(
  embedding.places, kinds, "500 digits by t-SNE", "digits-tsne.svg", kind: "digit", from: 0)

let model = try await KMeans(10).fit(digits, seed: 1)
try model.save("clusters/digits.moru")
let answers = try await Predictor(model).predict([points.rows([0, 1, 2])])
print(try model.signature.outputs[0].judgements(answers[0]))
