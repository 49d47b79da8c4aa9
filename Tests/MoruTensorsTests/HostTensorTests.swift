import MoruTensors
import Testing

@Test func rowsOfUnequalLengthAreAnError() {
  #expect(throws: TensorError.ragged(row: 1, expected: 2, found: 1)) {
    try HostTensor([[1.0, 2.0], [3.0]] as [[Float]])
  }
}

@Test func tooFewValuesForAShapeAreAnError() {
  #expect(throws: TensorError.countMismatch(count: 3, shape: [2, 2])) {
    try HostTensor([1, 2, 3] as [Int32], shape: [2, 2])
  }
}

@Test func slicesTakeARangeOfAnyAxis() throws {
  let tensor = try HostTensor([[1, 2, 3], [4, 5, 6]] as [[Int32]])
  #expect(try tensor.slice(1..<3, axis: 1) == HostTensor([[2, 3], [5, 6]] as [[Int32]]))
  #expect(try tensor.slice(0..<1) == HostTensor([[1, 2, 3]] as [[Int32]]))
  #expect(try tensor.slice(0..<3, axis: 1) == tensor)
  #expect(throws: TensorError.outOfRange(range: 1..<4, axis: 1, size: 3)) {
    try tensor.slice(1..<4, axis: 1)
  }
}

@Test func rowsCanBePickedInAnyOrder() throws {
  let tensor = try HostTensor([[1, 2], [3, 4], [5, 6]] as [[Float]])
  #expect(try tensor.rows([2, 0, 2]) == HostTensor([[5, 6], [1, 2], [5, 6]] as [[Float]]))
  #expect(throws: TensorError.self) { try tensor.rows([3]) }
}

@Test func tensorsJoinAndStack() throws {
  let a = try HostTensor([[1, 2]] as [[Float]])
  let b = try HostTensor([[3, 4], [5, 6]] as [[Float]])
  #expect(
    try HostTensor.concatenated([a, b]) == HostTensor([[1, 2], [3, 4], [5, 6]] as [[Float]]))
  #expect(try HostTensor.stacked([a, a]).shape == [2, 1, 2])
  #expect(throws: TensorError.self) {
    try HostTensor.concatenated([a, HostTensor([1] as [Float])])
  }
}

@Test func conversionSaturatesAndTruncates() throws {
  let tensor = HostTensor([1.9, -1.9, 300, -5, .nan, .infinity] as [Float])
  #expect(try tensor.converted(to: .uint8).array() == [1, 0, 255, 0, 0, 255] as [UInt8])
  #expect(
    try tensor.converted(to: .int32).array() == [1, -1, 300, -5, 0, Int32.max] as [Int32])
  #expect(try tensor.converted(to: .bool).array() == [true, true, true, true, true, true])
}

@Test func aWrongElementTypeIsAnErrorThatSaysWhatToDo() {
  let tensor = HostTensor([1, 2] as [Float])
  #expect(throws: TensorError.dtypeMismatch(expected: .int32, found: .float32)) {
    try tensor.array(of: Int32.self)
  }
}

@Test func printingShowsTypeShapeAndElements() throws {
  #expect(
    "\(try HostTensor([[1, 2], [3, 4]] as [[Float]]))" == "f32[2, 2] [[1.0, 2.0],\n [3.0, 4.0]]")
  #expect("\(HostTensor(Array(0..<9) as [Int32]))" == "i32[9] [0, 1, 2, …, 6, 7, 8]")
  #expect("\(HostTensor.zeros([0, 3]))" == "f32[0, 3] []")
  #expect("\(HostTensor(true))" == "b1[] true")
}

@Test(arguments: [
  (Shape([2, 3]), Shape([3]), Shape([2, 3])), (Shape([2, 1]), Shape([1, 4]), Shape([2, 4])),
  (Shape([]), Shape([5]), Shape([5])), (Shape([]), Shape([]), Shape([])),
])
func shapesBroadcastAsInNumPy(left: Shape, right: Shape, expected: Shape) {
  #expect(left.broadcast(with: right) == expected)
  #expect(right.broadcast(with: left) == expected)
}

@Test func shapesThatDoNotFitDoNotBroadcast() {
  #expect(([2, 3] as Shape).broadcast(with: [2]) == nil)
  #expect(Shape.checkedElementCount([Int.max, 2]) == nil)
  #expect(Shape.checkedElementCount([0, Int.max, 2]) == nil)
  #expect(Shape.checkedElementCount([0, 3]) == 0)
}
