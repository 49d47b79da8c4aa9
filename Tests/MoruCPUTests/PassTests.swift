import MoruCPU
import MoruGraph
import MoruTensors
import Testing

/// What each pass makes of a small graph, as text.
@Suite struct PassTests {
  private func placeholder(_ shape: Shape) -> Tensor { .placeholder(TensorType(.float32, shape)) }

  @Test func commonSubexpressions() throws {
    let x = placeholder([3])
    let graph = try Graph(inputs: [x], results: [exp(x) + exp(x)])
    #expect(
      graph.sharingCommonSubexpressions().description == """
        graph(%0: f32[3]) {
          %1 = exponential %0 : f32[3]
          %3 = add %1, %1 : f32[3]
          return %3
        }
        """)
  }

  @Test func commonSumsAndProducts() throws {
    let (x, y) = (placeholder([3]), placeholder([3]))
    let graph = try Graph(inputs: [x, y], results: [(x + y) * (y + x), (x - y) * (y - x)])
    #expect(
      graph.sharingCommonSubexpressions().description == """
        graph(%0: f32[3], %1: f32[3]) {
          %2 = add %0, %1 : f32[3]
          %4 = multiply %2, %2 : f32[3]
          %5 = subtract %0, %1 : f32[3]
          %6 = subtract %1, %0 : f32[3]
          %7 = multiply %5, %6 : f32[3]
          return %4, %7
        }
        """)
  }

  @Test func canonicalForms() throws {
    let x = placeholder([2, 3])
    let moved = x.transposed([1, 0]).transposed([1, 0]).reshaped(to: [6]).reshaped(to: [3, 2])
    let results = [moved, 1 * -(-x) / 1 - 0, maximum(Tensor(0), pow(x, Tensor(2)))]
    let graph = try Graph(inputs: [x], results: results)
    #expect(
      graph.canonical().description == """
        graph(%0: f32[2, 3]) {
          %4 = reshape %0 : f32[3, 2]
          %16 = constant {f32[] 0.0} : f32[]
          %17 = broadcast %16 {axes []} : f32[2, 3]
          %20 = multiply %0, %0 : f32[2, 3]
          %21 = maximum %20, %17 : f32[2, 3]
          return %4, %0, %21
        }
        """)
  }

  /// Adding zero makes −0 to 0, and a broadcast of a longer constant is no single number.
  @Test func canonicalFormsKeepWhatDiffers() throws {
    let x = placeholder([2])
    let pair = Tensor(HostTensor([Float(1), 2]))
    let graph = try Graph(inputs: [x], results: [x + 0, x * pair, pow(x, Tensor(3))])
    #expect(graph.canonical().nodes.count == graph.nodes.count)
  }

  /// Data become inputs; a scalar stays.
  @Test func liftedConstants() throws {
    let (x, y) = (HostTensor([Float(1), 2]), HostTensor([Float(3), 4]))
    let graph = try Graph(results: [(Tensor(x) + Tensor(y)) * 5])
    let (lifted, values) = graph.liftingConstants()
    #expect(values == [x, y])
    #expect(
      lifted.description == """
        graph(%0: f32[2], %1: f32[2]) {
          %2 = add %0, %1 : f32[2]
          %3 = constant {f32[] 5.0} : f32[]
          %4 = broadcast %3 {axes []} : f32[2]
          %5 = multiply %2, %4 : f32[2]
          return %5
        }
        """)
  }

  @Test func deadCode() throws {
    let x = placeholder([3])
    let graph = try Graph(inputs: [x], results: [exp(x), sin(x)])
    let shortened = Graph(
      types: graph.types, inputs: graph.inputs, resident: graph.resident, nodes: graph.nodes,
      results: Array(graph.results.prefix(1)), updates: graph.updates)
    #expect(
      shortened.removingDeadCode().description == """
        graph(%0: f32[3]) {
          %1 = exponential %0 : f32[3]
          return %1
        }
        """)
  }

  @Test func transposedProducts() throws {
    let (x, w) = (placeholder([2, 4]), placeholder([4, 3]))
    let graph = try Graph(inputs: [x, w], results: [matmul(x, w).transposed([1, 0])])
    #expect(
      graph.foldingTransposedProducts().removingDeadCode().description == """
        graph(%0: f32[2, 4], %1: f32[4, 3]) {
          %3 = dot %1, %0 {contracting [0]×[1]} : f32[3, 2]
          return %3
        }
        """)
  }

  @Test func pooledActivations() throws {
    let x = placeholder([1, 4, 4, 2])
    let y = maxPool(relu(x), sizes: [2, 2], strides: [2, 2], padding: .valid)
    let graph = try Graph(inputs: [x], results: [y])
    #expect(
      graph.activatingAfterPooling().removingDeadCode().description == """
        graph(%0: f32[1, 4, 4, 2]) {
          %1 = constant {f32[] 0.0} : f32[]
          %5 = maxPool %0 {window [2, 2] strides [2, 2] padding [0+0, 0+0]} : f32[1, 2, 2, 2]
          %6 = broadcast %1 {axes []} : f32[1, 2, 2, 2]
          %4 = maximum %5, %6 : f32[1, 2, 2, 2]
          return %4
        }
        """)
  }

  @Test func activatedProducts() throws {
    let (x, w) = (placeholder([2, 4]), placeholder([4, 3]))
    let product = matmul(x, w)
    let y = relu(product)
    let graph = try Graph(inputs: [x, w], results: [y, select(product .> 0, y, 1)])
    #expect(
      graph.sharingCommonSubexpressions().comparingActivatedProducts().description == """
        graph(%0: f32[2, 4], %1: f32[4, 3]) {
          %2 = dot %0, %1 {contracting [1]×[0]} : f32[2, 3]
          %3 = constant {f32[] 0.0} : f32[]
          %4 = broadcast %3 {axes []} : f32[2, 3]
          %5 = maximum %2, %4 : f32[2, 3]
          %8 = compare %5, %4 {greater} : b1[2, 3]
          %9 = constant {f32[] 1.0} : f32[]
          %10 = broadcast %9 {axes []} : f32[2, 3]
          %11 = select %8, %5, %10 : f32[2, 3]
          return %5, %11
        }
        """)
  }

  @Test func widenedArithmetic() throws {
    let x = Tensor.placeholder(TensorType(.bfloat16, [2, 3]))
    let w = Tensor.placeholder(TensorType(.bfloat16, [4, 3]))
    let graph = try Graph(inputs: [x, w], results: [matmul(x, w.transposed([1, 0])) + 1, x])
    #expect(
      graph.wideningArithmetic().removingDeadCode().renumbered().description == """
        graph(%0: bf16[2, 3], %1: bf16[4, 3]) {
          %2 = convert %0 : f32[2, 3]
          %3 = convert %1 : f32[4, 3]
          %4 = transpose %3 {[1, 0]} : f32[3, 4]
          %5 = dot %2, %4 {contracting [1]×[0]} : f32[2, 4]
          %6 = convert %5 : bf16[2, 4]
          %7 = constant {bf16[] 1.0} : bf16[]
          %8 = convert %6 : f32[2, 4]
          %9 = convert %7 : f32[]
          %10 = broadcast %9 {axes []} : f32[2, 4]
          %11 = add %8, %10 : f32[2, 4]
          %12 = convert %11 : bf16[2, 4]
          return %12, %0
        }
        """)
  }

  /// A loop is given its weights in Float32.
  @Test func widenedLoops() throws {
    let w = Tensor.placeholder(TensorType(.bfloat16, [3, 3]))
    let h = Tensor.placeholder(TensorType(.bfloat16, [2, 3]))
    let last = scan(h, over: [Tensor](), length: 4) { h, _ in (matmul(h, w), [Tensor]()) }.carry
    let graph = try Graph(inputs: [h, w], results: [last])
    #expect(
      graph.wideningArithmetic().mappingBodies { $0.removingDeadCode().renumbered() }
        .renumbered().description == """
          graph(%0: bf16[2, 3], %1: bf16[3, 3]) {
            %2 = convert %1 : f32[3, 3]
            %3 = scan %0, %2 {length 4 carries 1 sequences 0} : bf16[2, 3]
              body(%0: bf16[2, 3], %1: f32[3, 3]) {
                %2 = convert %0 : f32[2, 3]
                %3 = dot %2, %1 {contracting [1]×[0]} : f32[2, 3]
                %4 = convert %3 : bf16[2, 3]
                return %4
              }
            return %3
          }
          """)
  }

  /// Widening is undone by narrowing; the other way round, numbers are rounded.
  @Test func conversionsThatRoundStay() throws {
    let x = placeholder([3])
    let y = Tensor.placeholder(TensorType(.bfloat16, [3]))
    let graph = try Graph(
      inputs: [x, y],
      results: [
        x.converted(to: .bfloat16).converted(to: .float32),
        y.converted(to: .float32).converted(to: .bfloat16),
      ])
    #expect(
      graph.canonical().renumbered().description == """
        graph(%0: f32[3], %1: bf16[3]) {
          %2 = convert %0 : bf16[3]
          %3 = convert %2 : f32[3]
          return %3, %1
        }
        """)
  }

  /// The gradient's product widens its operand when the cotangent is there.
  @Test func repeatedWidenings() throws {
    let x = Tensor.placeholder(TensorType(.bfloat16, [128, 128]))
    let w = placeholder([128, 128])
    let wide = x.converted(to: .float32)
    let loss = square(matmul(wide, w)).sum()
    let graph = try Graph(inputs: [x, w], results: gradients(of: loss, at: [w]))
    let repeated = graph.simplified().repeatingWidenings()
    let widenings = repeated.nodes.filter { $0.primitive == .convert(.float32) }
    let barriers = repeated.nodes.filter { $0.primitive == .barrier(Barrier()) }
    #expect(widenings.count == 2)
    #expect(barriers.map(\.results) == [widenings[1].operands])
  }

  @Test func idleReductions() throws {
    let x = placeholder([1, 3])
    let graph = try Graph(inputs: [x], results: [x.sum(axes: [0]), x.sum(axes: [1])])
    #expect(
      graph.droppingIdleReductions().description == """
        graph(%0: f32[1, 3]) {
          %1 = reshape %0 : f32[3]
          %2 = reduce %0 {sum axes [1]} : f32[1]
          return %1, %2
        }
        """)
  }

  @Test func factoredSums() throws {
    let x = placeholder([4, 3])
    let factor = x.max(axes: [0])
    let graph = try Graph(inputs: [x], results: [(x * factor).sum(axes: [0])])
    #expect(
      graph.factoringSums().removingDeadCode().description == """
        graph(%0: f32[4, 3]) {
          %1 = reduce %0 {maximum axes [0]} : f32[3]
          %5 = reshape %1 : f32[3]
          %6 = broadcast %5 {axes [0]} : f32[3]
          %7 = reduce %0 {sum axes [0]} : f32[3]
          %8 = multiply %6, %7 : f32[3]
          %4 = reshape %8 : f32[3]
          return %4
        }
        """)
  }

  /// The second layer's weight is replaced before the first one's gradient is computed.
  @Test func earlyUpdates() throws {
    let (x, first, second) = (placeholder([2, 2]), placeholder([2, 2]), placeholder([2, 2]))
    let graph = try Graph(
      inputs: [x], resident: [first, second], results: [matmul(matmul(x, first), second)],
      updates: [0: first - matmul(x, second), 1: second - x])
    #expect(
      graph.updatingEarly().description == """
        graph(%0: f32[2, 2], %1: f32[2, 2] resident, %2: f32[2, 2] resident) {
          %3 = dot %0, %1 {contracting [1]×[0]} : f32[2, 2]
          %4 = dot %3, %2 {contracting [1]×[0]} : f32[2, 2]
          %7 = subtract %2, %0 : f32[2, 2]
          %5 = dot %0, %2 {contracting [1]×[0]} : f32[2, 2]
          %6 = subtract %1, %5 : f32[2, 2]
          return %4
          update %1 <- %6
          update %2 <- %7
        }
        """)
  }

  @Test func barriers() throws {
    let (x, y) = (placeholder([2]), placeholder([2]))
    let graph = try Graph(inputs: [x, y], results: [exp(Tensor.apply(.barrier(Barrier()), x, y))])
    #expect(
      graph.readingThroughBarriers().removingDeadCode().description == """
        graph(%0: f32[2], %1: f32[2]) {
          %3 = exponential %0 : f32[2]
          return %3
        }
        """)
  }

  /// What two passes read is computed twice from the product before them, not kept in between.
  @Test func recomputedValues() throws {
    let (x, w) = (placeholder([128, 128]), placeholder([128, 128]))
    let doubled = matmul(x, w) * 2
    let graph = try Graph(inputs: [x, w], results: [matmul(exp(doubled), w) * doubled])
    #expect(
      graph.recomputingCheapValues(replaced: []).description == """
        graph(%0: f32[128, 128], %1: f32[128, 128]) {
          %2 = dot %0, %1 {contracting [1]×[0]} : f32[128, 128]
          %3 = constant {f32[] 2.0} : f32[]
          %4 = broadcast %3 {axes []} : f32[128, 128]
          %5 = multiply %2, %4 : f32[128, 128]
          %6 = exponential %5 : f32[128, 128]
          %7 = dot %6, %1 {contracting [1]×[0]} : f32[128, 128]
          %9 = multiply %2, %4 : f32[128, 128]
          %8 = multiply %7, %9 : f32[128, 128]
          return %8
        }
        """)
  }

  @Test func foldedScales() throws {
    let (x, kernel) = (placeholder([2, 4]), placeholder([4, 3]))
    let (scale, shift) = (placeholder([3]), placeholder([3]))
    let graph = try Graph(
      inputs: [x], resident: [kernel, scale, shift],
      results: [(matmul(x, kernel) - shift) * scale])
    #expect(
      graph.simplified().description == """
        graph(%0: f32[2, 4], %1: f32[4, 3] resident, %2: f32[3] resident, %3: f32[3] resident) {
          %9 = negate %3 : f32[3]
          %10 = multiply %9, %2 : f32[3]
          %11 = broadcast %2 {axes [1]} : f32[4, 3]
          %12 = multiply %1, %11 : f32[4, 3]
          %13 = dot %0, %12 {contracting [1]×[0]} : f32[2, 3]
          %14 = broadcast %10 {axes [1]} : f32[2, 3]
          %8 = add %13, %14 : f32[2, 3]
          return %8
        }
        """)
  }

  /// A kernel that training replaces stays as it is.
  @Test func leavesTrainedKernelsAlone() throws {
    let (x, kernel, scale) = (placeholder([2, 4]), placeholder([4, 3]), placeholder([3]))
    let graph = try Graph(
      inputs: [x], resident: [kernel, scale], results: [matmul(x, kernel) * scale],
      updates: [0: kernel * 2])
    #expect(graph.simplified(replaced: [0]).nodes.count == graph.nodes.count)
    #expect(graph.invariantValues(replaced: [0])[graph.resident[1]])
    #expect(!graph.invariantValues(replaced: [0])[graph.resident[0]])
  }
}
