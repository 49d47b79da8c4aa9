import Foundation
import MoruData
import MoruTensors
import Testing

/// Mutated bytes: a few flipped, overwritten, removed, doubled or cut off.
private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
  var bytes = bytes
  let special: [UInt8] = [0, 1, 0x22, 0x2C, 0x0A, 0x0D, 0x7F, 0x80, 0xD9, 0xDA, 0xFE, 0xFF]
  for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let end = min(bytes.count, place + Int.random(in: 1...8, using: &generator))
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = special[Int.random(in: 0..<special.count, using: &generator)]
    case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 3: bytes.removeSubrange(place..<end)
    case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
    default: bytes.removeSubrange(place...)
    }
  }
  return bytes
}

@Test(arguments: [
  "messy.csv", "mixed.csv", "train-images-idx3-ubyte.gz", "int16.idx", "rgb.png", "palette.png",
  "grey16.png", "rgb.jpg", "progressive.jpg", "orientation6.jpg",
])
func mutatedFilesAreReadOrRefusedButNeverTrap(_ name: String) throws {
  let original = [UInt8](try Data(contentsOf: fixture(name)))
  var generator = Seed(2).child(name).generator
  var refused = 0
  for _ in 0..<2000 {
    let bytes = Data(mutated(original, &generator))
    do {
      if name.contains("csv") {
        let rows = try Table(csv: bytes, source: name)
        let encoding = try TableEncoding(
          fitting: rows, target: rows.names.last, missing: .mostFrequent)
        _ = try encoding.dataset(from: rows)
        _ = try DataReport(rows, target: rows.names.last).description
      } else if name.contains("idx") {
        _ = try IDX.decode(bytes, name: name)
      } else {
        _ = try ImageFile.decode(bytes, name: name, pixelLimit: 1 << 20)
      }
    } catch {
      refused += 1
      #expect(!error.description.isEmpty)
    }
  }
  #expect(refused > 0)
}
