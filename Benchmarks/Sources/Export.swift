import Foundation
import Moru

/// Writes what `moru predict` is timed with: the CNN as a model package, and a picture.
func export(to folder: URL) throws {
  try untrained(CNN.network(), input: CNN.input).save(folder.appending(path: "cnn.moru").path)
  let picture = try Samples.values([28 * 28]).array(of: Float.self)
  let rows = (0..<28).map { row in picture[28 * row..<28 * (row + 1)].map { [$0] } }
  try JSONEncoder().encode(rows).write(to: folder.appending(path: "picture.json"))
}
