import MoruData
import MoruTensors
import Testing

@Suite("Data that are cut") struct FoldableDataTests {
  private func rows() throws -> Table {
    try table(
      """
      size,colour,price
      1,red,10
      3,,20
      ,blue,30
      100,green,40
      """)
  }

  @Test("tables fit their encoding to the training rows only")
  func tables() throws {
    let samples = try TableSamples(
      rows(), target: "price", task: .regression, missing: .mostFrequent, unknown: .ignore)
    #expect(samples.count == 4)
    #expect(samples.classes == nil)
    let (train, held) = try samples.cut(train: [1, 0], held: [[2]])
    // Neither 100 nor green is known, nor blue: the row that is judged holds what training lacks.
    #expect(train.encoding?.featureNames == ["size", "colour=red"])
    #expect(try train.features[0].values.array(of: Float.self) == [3, 1, 1, 1])
    #expect(train.target == .values([20, 10]))
    // A missing size is the smaller of the two equally frequent ones of training.
    #expect(try held[0].features[0].values.array(of: Float.self) == [1, 0])
  }

  @Test("a category that only rows of no part have is no error, one of a judged row is")
  func unknownCategories() throws {
    let samples = try TableSamples(
      rows(), target: "price", task: .regression, missing: .mostFrequent)
    #expect(try samples.cut(train: [0, 2], held: [[1]]).held[0].count == 1)
    #expect(
      message { _ = try samples.cut(train: [0, 2], held: [[1, 3]]) }
        == "rows.csv:5: column 'colour' holds a value that is none of the 2 known from training. "
        + "Correct it, or train again with rows that hold it.")
  }

  @Test("tables know their classes before they are encoded")
  func classes() throws {
    let samples = try TableSamples(
      table("x,kind\n1,b\n2,a\n3,b\n"), target: "kind")
    #expect(samples.classes?.indices == [1, 0, 1])
    #expect(samples.classes?.labels == ["a", "b"])
    #expect(try samples.folds(by: .leaveOneOut).count == 3)
    #expect(
      try samples.folds(by: .groupKFold(2), groups: ["x", "y", "x"]).map(\.test)
        == [[0, 2], [1]])
  }

  @Test("data sets whose fills come from all rows refuse to be cut")
  func fitted() throws {
    let text =
      "Column 'size' was encoded by what all rows hold, so every part knows the others. "
      + "Cut the table itself (TableSamples), which fits the encoding to each training part."
    let filled = try TableSamples(
      rows(), target: "price", task: .regression, missing: .mean
    ).dataset()
    #expect(message { _ = try filled.cut(train: [0, 1], held: [[2]]) } == text)
    let complete = try TableSamples(table("x,y\n1,2\n3,4.5\n"), target: "y").dataset()
    #expect(try complete.cut(train: [0], held: [[1]]).train.count == 1)
  }

  @Test("a fold of one's own has each sample on one side")
  func folds() throws {
    let text =
      "Fold: a sample is on both sides, or twice on one, or a side is empty. "
      + "Put each sample on one side, and at least one on each."
    for (train, test) in [([0, 1], [1, 2]), ([0, 0], [1]), ([], [1]), ([0], []), ([-1], [1])] {
      #expect(message { _ = try Fold(train: train, test: test) } == text)
    }
    let fold = try Fold(train: [4, 1], test: [3, 0])
    #expect(fold.train == [1, 4] && fold.test == [0, 3])
  }
}
