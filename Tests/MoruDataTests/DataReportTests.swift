import Foundation
import MoruData
import MoruTensors
import Testing

@Test func theReportOnTheDigitsAgreesWithNumPy() throws {
  let expected = try Expected.load().digits
  let report = try DataReport(Table(at: digitsFile), target: "label")
  #expect(report.count == expected.rows)
  #expect(report.duplicates == expected.duplicates)
  #expect(report.labelConflicts == 0)
  #expect(report.classes.map(\.count) == expected.classes)
  #expect(report.columns.compactMap(\.minimum) == expected.minimum)
  #expect(report.columns.compactMap(\.maximum) == expected.maximum)
  #expect(report.columns.compactMap(\.distinct) == expected.distinct)
  for (column, mean) in zip(report.columns, expected.mean) {
    #expect(abs((column.mean ?? .nan) - mean) < 1e-12)
  }
  #expect(report.constantColumns == ["pixel_0_0", "pixel_4_0", "pixel_4_7"])
  let decoded = try JSONDecoder().decode(DataReport.self, from: JSONEncoder().encode(report))
  #expect(decoded == report)
}

@Test func duplicatesConflictsAndConstantsAreFound() throws {
  let rows = try table("색,크기,one,종류\n빨강,1,7,a\n빨강,1,7,a\n빨강,1,7,b\n파랑,,7,b\n파랑,,7,b\n")
  let report = try DataReport(rows, target: "종류")
  #expect(report.duplicates == 2)
  #expect(report.labelConflicts == 1)
  #expect(
    report.description == """
      rows.csv: 5 samples
        duplicates       2
        label conflicts  1
        missing values   2
        constant         크기, one

        class  samples   share
        a            2  40.0 %
        b            3  60.0 %

        column  type   missing  distinct  min  mean  max
        색      text         0         2
        크기    whole        2         1    1     1    1
        one     whole        0         1    7     7    7
        종류    text         0         2
      """)
}

@Test func aDataSetInMemoryIsReportedByFeature() throws {
  let (train, _) = try Dataset.mnist(at: fixture(""))
  let report = DataReport(train)
  #expect(report.columns.map(\.type) == ["uint8 [3, 2, 1]"])
  #expect(report.imageSizes.map(\.width) == [2])
  let pixels = try Expected.load().idx
  #expect(report.columns[0].maximum == pixels.max().map(Double.init))
  let doubled = try train.subset([0, 1, 0, 2])
  #expect(DataReport(doubled).duplicates == 1)
}

@Test func anEstimateOfNoDuplicatesIsNotANumber() throws {
  func text(duplicates: Int, conflicts: Int, isEstimated: Bool) throws -> String {
    let report = try JSONDecoder().decode(
      DataReport.self,
      from: Data(
        """
        {"source": "rows.csv", "count": 9000000, "columns": [], "duplicates": \(duplicates),
         "areDuplicatesEstimated": \(isEstimated), "labelConflicts": \(conflicts), "classes": [],
         "imageSizes": []}
        """.utf8))
    return "\(report)"
  }
  let estimated = try text(duplicates: 0, conflicts: 120, isEstimated: true)
  #expect(estimated.contains("  duplicates       none in the sample that was compared\n"))
  #expect(estimated.contains("  label conflicts  about 120\n"))
  let counted = try text(duplicates: 0, conflicts: 0, isEstimated: false)
  #expect(counted.contains("  duplicates       0\n"))
}

@Test(arguments: [
  (0.125, "12.5 %"), (0.0425, "4.25 %"), (0.0004, "0.04 %"), (1, "100 %"), (0, "0 %"),
  (-0.05, "-5 %"),
  (0.99995, "100 %"), (.nan, "– %"), (1e20, "1e+22 %"), (1e308, "inf %"),
])
func sharesAreWordedInPercent(share: Double, text: String) {
  #expect(percent(share) == text)
}
