import Foundation
import MoruONNXFormat
import MoruTensors

/// A file in the making: what graphs inside each other share.
final class ONNXDraft {
  let operatorSet: Int
  private(set) var initializers: [Onnx_TensorProto] = []
  private var names: FreeNames
  private var constants: [HostTensor: String] = [:]
  private var forms: [Form: String] = [:]

  /// How a weight is stated.
  private struct Form: Hashable {
    let path: String
    let shape: Shape
    let order: [Int]
  }

  init(operatorSet: Int, names: [String]) {
    self.operatorSet = operatorSet
    self.names = FreeNames(taken: names)
  }

  /// A name that nothing has yet: `base`, or with a number.
  func freeName(_ base: String) -> String { names.take(base) }

  /// Puts a constant into the file; small ones that are equal become one.
  func initializer(_ value: HostTensor, _ base: String) -> String {
    let isSmall = value.count <= 64
    if isSmall, let known = constants[value] { return known }
    let name = freeName(base)
    initializers.append(ONNXTensors.proto(value, name: name))
    if isSmall { constants[value] = name }
    return name
  }

  /// Puts a weight or a constant into the file, once in each form.
  func stated(_ value: HostTensor, _ path: String?, order: [Int]) -> String {
    guard let path else { return initializer(value, "constant") }
    let form = Form(path: path, shape: value.shape, order: order)
    if let known = forms[form] { return known }
    let name = freeName(path)
    initializers.append(ONNXTensors.proto(value, name: name))
    forms[form] = name
    return name
  }

  /// Puts whole numbers into the file.
  func ints(_ values: [Int], _ base: String = "numbers") -> String {
    initializer(HostTensor(values.map(Int64.init)), base)
  }

  /// The paths of weights that have a number behind them for the sake of a form that no node reads, by
  /// the names with numbers.
  func freedPaths(readBy names: Set<String>) -> [String: String] {
    var dropped = Set(forms.values.filter { !names.contains($0) })
    var paths: [String: String] = [:]
    for (form, name) in forms.sorted(by: { $0.value < $1.value })
    where name != form.path && names.contains(name) && dropped.remove(form.path) != nil {
      paths[name] = form.path
    }
    return paths
  }

  /// The values that some node reads: weights and whole numbers as initializers, other constants as
  /// nodes, so that who trains the network knows them for such.
  func values(
    readBy names: Set<String>
  ) -> (initializers: [Onnx_TensorProto], constants: [Onnx_NodeProto]) {
    let read = initializers.filter { names.contains($0.name) }
    let weights = Set(forms.values)
    func isConstant(_ value: Onnx_TensorProto) -> Bool {
      !weights.contains(value.name) && value.dataType == Int32(ONNXTensors.number(of: .float32))
    }
    return (
      read.filter { !isConstant($0) },
      read.filter(isConstant).map {
        Onnx_NodeProto("Constant", [], [$0.name], [Onnx_AttributeProto("value", $0)])
      }
    )
  }
}

extension Onnx_NodeProto {
  init(_ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [Onnx_AttributeProto]) {
    self.init()
    opType = op
    input = inputs
    output = outputs
    attribute = attributes
  }
}

extension Onnx_AttributeProto {
  init(_ name: String, _ value: Int) {
    self.init()
    self.name = name
    type = .int
    i = Int64(value)
  }

  init(_ name: String, _ value: Double) {
    self.init()
    self.name = name
    type = .float
    f = Float(value)
  }

  init(_ name: String, _ values: [Int]) {
    self.init()
    self.name = name
    type = .ints
    ints = values.map(Int64.init)
  }

  init(_ name: String, _ value: String) {
    self.init()
    self.name = name
    type = .string
    s = Data(value.utf8)
  }

  init(_ name: String, _ value: Onnx_TensorProto) {
    self.init()
    self.name = name
    type = .tensor
    t = value
  }

  init(_ name: String, _ graph: Onnx_GraphProto) {
    self.init()
    self.name = name
    type = .graph
    g = graph
  }
}

extension Onnx_ValueInfoProto {
  /// A tensor's name and type; axes without a size are named.
  init(_ name: String, _ dtype: DType, _ sizes: [Int?]) {
    self.init()
    self.name = name
    var tensor = Onnx_TypeProto.Tensor()
    tensor.elemType = Int32(ONNXTensors.number(of: dtype))
    tensor.shape.dim = sizes.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      dimension.value = size.map { .dimValue(Int64($0)) } ?? .dimParam("batch")
      return dimension
    }
    type.value = .tensorType(tensor)
  }
}
