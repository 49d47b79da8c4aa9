import Foundation
import MoruGraph
import MoruReference
import MoruTensors
import Synchronization
import Testing

@Suite struct ErrorTests {
  @Test("an error names the operation, the shapes, the place and a next step")
  func place() throws {
    let x = Tensor.placeholder(TensorType(.float32, [8, 5]))
    let line = #line + 1
    let y = x + Tensor.zeros([8, 4])
    let error = try #require(y.error)
    #expect(
      error.description
        == "add: f32[8, 5] and f32[8, 4] do not fit (ErrorTests.swift:\(line)): shapes [8, 5] and "
        + "[8, 4] differ. Make the shapes equal, or 1 where they should broadcast.")
    #expect(y.shape == [])
  }

  @Test("the place is the caller's also through composed operations and closures")
  func placeThroughLayers() throws {
    let x = Tensor.placeholder(TensorType(.float32, [8, 5]))
    func model(_ x: Tensor) -> Tensor { softmax(matmul(x, Tensor.zeros([4, 2]))) }
    let line = #line - 1
    let failed = [1, 2].map { _ in model(x) }
    #expect(
      failed[0].error?.description
        == "matmul: f32[8, 5] and f32[4, 2] do not fit (ErrorTests.swift:\(line)): the inner sizes "
        + "5 and 4 differ. Make the inner sizes equal.")
  }

  @Test("the place is the caller's also inside a macro")
  func placeInMacro() {
    #expect(
      (Tensor.zeros([2]) + Tensor.zeros([3])).error?.description.contains("(ErrorTests.swift:")
        == true)
  }

  @Test("a place is found while other threads map and unmap files")
  func placeAmongMappings() throws {
    @Sendable func failed() -> String? {
      (Tensor.zeros([2]) + Tensor.zeros([3])).error?.description
    }
    let first = try #require(failed())
    let file = open(#filePath, O_RDONLY)
    defer { close(file) }
    let isOver = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 2) { place in
      if place == 0 {
        while !isOver.load(ordering: .relaxed) {
          let mapped = (0..<64).map { _ in mmap(nil, 4096, PROT_READ, MAP_PRIVATE, file, 0) }
          for place in mapped { munmap(place, 4096) }
        }
      } else {
        for _ in 0..<300 { #expect(failed() == first) }
        isOver.store(true, ordering: .relaxed)
      }
    }
  }

  @Test("an error passes through all that depends on it, worded once")
  func passing() throws {
    let wrong = Tensor.zeros([2]) + Tensor.zeros([3])
    let after = relu(matmul(wrong, wrong)).sum().reshaped(to: [1, 1])
    #expect(after.error == wrong.error)
    #expect(failure(after) == wrong.error)
    let slopes = gradients(of: after, at: [wrong, wrong])
    #expect(slopes.map(\.error) == [wrong.error, wrong.error])
  }

  @Test("every error behind the results is reported")
  func several() throws {
    let wrong = [
      Tensor.zeros([2]) + Tensor.zeros([3]), Tensor.zeros([4]).reshaped(to: [3]),
      Tensor.placeholder(TensorType(.int64, [7])),
    ]
    guard case .several(let errors) = failure(wrong[0] * 2, wrong[1], wrong[2], wrong[0]) else {
      Issue.record("one error only")
      return
    }
    #expect(errors == [wrong[0].error, wrong[1].error, .unbound(TensorType(.int64, [7]))])
  }

  @Test("a placeholder that is no input is named")
  func unbound() async {
    let x = Tensor.placeholder(TensorType(.float32, [3]))
    #expect(
      failure(x + 1)?.description
        == "The computation depends on a placeholder of type f32[3] that is not among its inputs. "
        + "Pass it as an input, or make it a constant.")
    await #expect(throws: GraphError.unbound(x.type)) { _ = try await x.value(on: .reference) }
  }

  @Test("a gradient starts from one floating-point number")
  func notAScalar() throws {
    for y in [Tensor.zeros([2]), Tensor.zeros([], dtype: .int32)] {
      let error = try #require(gradients(of: y, at: [y])[0].error)
      #expect(error == .notAScalar(y.type))
      #expect(error.description.hasSuffix("Reduce the loss first: loss.mean() or loss.sum()."))
    }
  }

  @Test("wrong inputs are refused in words")
  func inputs() async throws {
    let x = Tensor.placeholder(TensorType(.float32, [2]))
    let program = try await ReferenceExecutor().compile(Graph(inputs: [x], results: [x]))
    do {
      _ = try await program.run([HostTensor([1.0, 2])])
      Issue.record("a Float64 input was taken")
    } catch {
      #expect(
        "\(error)" == "The program takes inputs [f32[2]] and was given [f64[2]]. "
          + "Pass values of these types, in this order.")
    }
  }

  @Test(
    "operations refuse what they are not defined for",
    arguments: [
      Refusal("there is no axis 2 in shape [2, 3]", { $0.sum(axes: [2]) }),
      Refusal("there is no axis -3 in shape [2, 3]", { $0.argMax(axis: -3) }),
      Refusal("there is no axis 5 in shape [2, 3]", { $0.cumulativeSum(axis: 5) }),
      Refusal("there is no axis 5 in shape [2, 3]", { $0.sliced(0..<1, axis: 5) }),
      Refusal("there is no axis 9 in shape [2, 3]", { $0.reversed(axes: [0, 9]) }),
      Refusal("there is no axis 4 in shape [2, 3]", { $0.expanded(at: 4) }),
      Refusal("there is no axis 2 in shape [2, 3]", { softmax($0, axis: 2) }),
      Refusal("there is no axis 2 in shape [2, 3]", { $0.gathered(.iota([1]), axis: 2) }),
      Refusal("6 elements cannot fill shape [4]", { $0.reshaped(to: [4]) }),
      Refusal("shape [2, 3] does not broadcast to [3, 2]", { $0.broadcast(to: [3, 2]) }),
      Refusal("does not broadcast to [3]", { $0.broadcast(to: [3]) }),
      Refusal("[0, 0] does not name each of 2 axes once", { $0.transposed([0, 0]) }),
      Refusal("leaves shape [2, 3]", { $0.sliced(1..<9) }),
      Refusal("leaves shape [2, 3]", { $0.sliced(0..<2, stride: 0) }),
      Refusal("each of 2 axes needs paddings", { $0.padded(low: [1], high: [1]) }),
      Refusal(
        "the padding value is f32[2, 3]", { $0.padded(low: [0, 0], high: [0, 0], value: $0) }),
      Refusal("indices are float32", { $0.gathered($0) }),
      Refusal("axes [0, 0] are not ascending", { $0.sum(axes: [0, -2]) }),
      Refusal("it is defined for Booleans, not float32", { !$0 }),
      Refusal("it is not defined for Booleans", { -($0 .> 0) }),
      Refusal("it is defined for floating-point elements", { exp($0.converted(to: .int32)) }),
      Refusal("there is nothing to concatenate", { _ in concatenate([]) }),
      Refusal("they differ in more than axis 0", { concatenate([$0, $0.reshaped(to: [3, 2])]) }),
      Refusal("it takes matrices", { matmul($0, .zeros([3])) }),
      Refusal(
        "need input and kernel of rank 4",
        {
          convolution($0, $0, strides: [1, 1], padding: .same, dilation: [1, 1])
        }),
      Refusal(
        "does not fit an input of rank 2",
        {
          maxPool($0, sizes: [2, 2], strides: [2, 2], padding: .same)
        }),
      Refusal("a seed is i64[2]", { .randomUniform([2], seed: $0, stream: 0) }),
      Refusal("more elements than can be counted", { $0.sum().broadcast(to: [1 << 40, 1 << 40]) }),
      Refusal("6 elements cannot fill shape", { $0.reshaped(to: [1 << 40, 1 << 40]) }),
      Refusal("there is no axis 1 in shape [4]", { _ in .iota([4], axis: 1) }),
    ])
  func refusals(refusal: Refusal) throws {
    let error = try #require(refusal.draw(.zeros([2, 3])).error, "nothing was refused")
    #expect(error.description.contains(refusal.reason))
  }

  @Test("a window that does not fit is refused, also one of absurd size")
  func windows() throws {
    let x = Tensor.zeros([1, 4, 4, 2])
    let kernel = Tensor.zeros([5, 5, 2, 3])
    for (reason, wrong) in [
      (
        "a window of 5 does not fit into 4 elements",
        convolution(x, kernel, strides: [1, 1], padding: .valid, dilation: [1, 1])
      ),
      (
        "do not describe one to three spatial axes",
        convolution(x, kernel, strides: [1, 1], padding: .same, dilation: [.max, .max])
      ),
      (
        "do not describe one to three spatial axes",
        convolution(x, kernel, strides: [0, 1], padding: .same, dilation: [1, 1])
      ),
      (
        "do not divide into 2 groups",
        convolution(x, kernel, strides: [1, 1], padding: .same, dilation: [1, 1], groups: 2)
      ),
      (
        "a window of 5 does not fit into 4 elements",
        averagePool(x, sizes: [5, 5], strides: [1, 1], padding: .valid)
      ),
      (
        "does not fit an input of rank 4",
        averagePool(x, sizes: [2, 2], strides: [.max, 0], padding: .same)
      ),
      (
        "does not fit into 0 elements",
        maxPool(.zeros([1, 0, 2]), sizes: [2], strides: [1], padding: .same)
      ),
    ] {
      #expect(try #require(wrong.error).description.contains(reason))
    }
  }

  @Test("errors of residents say what was expected")
  func residentText() {
    #expect(
      GraphError.resident(expected: TensorType(.float32, [2]), found: "f64[2]").description
        == "The program needs a resident value of type f32[2] on its own executor, not f64[2]. "
        + "Place the value with executor.place first.")
  }
}

/// Something that is not defined for f32[2, 3], and what the error says.
struct Refusal: Sendable, CustomTestStringConvertible {
  let reason: String
  let draw: @Sendable (Tensor) -> Tensor
  var testDescription: String { reason }

  init(_ reason: String, _ draw: @escaping @Sendable (Tensor) -> Tensor) {
    self.reason = reason
    self.draw = draw
  }
}
