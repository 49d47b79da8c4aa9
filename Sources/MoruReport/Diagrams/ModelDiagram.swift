public import MoruGraph
public import MoruLayers
public import MoruModels

/// A model as boxes and arrows: each box is a call of a layer, with its name, its kind and the shape
/// that it makes; layers of one model inside stand in a common frame.
///
/// Layers with weights are blue, grey if they are frozen; the arrows go down.
public struct ModelDiagram: Sendable {
  /// The heading.
  public var title: String
  private let graph: LayerGraph

  init(title: String, graph: LayerGraph) {
    self.title = title
    self.graph = graph
  }

  /// The diagram as an SVG document; its size follows from the model.
  public func svg() -> String {
    let boxes = graph.nodes.map(Box.init) + graph.outputs.map { Box(output: $0.name) }
    let count = graph.nodes.count
    let edges =
      graph.nodes.enumerated().flatMap { place, node in
        node.inputs.map { (from: $0, to: place) }
      } + graph.outputs.enumerated().map { (from: $1.node, to: count + $0) }
    let layout = LayeredLayout(widths: boxes.map(\.width), edges: edges, gap: 28)
    let groups = groups(rows: layout.rows)
    let left = zip(layout.middles, boxes).map { $0 - $1.width / 2 }.min() ?? 0
    let right = zip(layout.middles, boxes).map { $0 + $1.width / 2 }.max() ?? 0
    let bends = layout.bends.flatMap { $0 }
    let depth = groups.map(\.depth).max() ?? 0
    let margin = 28.0 + 10 * Double(depth)
    let labels = groups.map { $0.name.width(size: 11) }.max() ?? 0
    let start = min(left, bends.min() ?? left) - margin - labels
    let width = max(max(right, bends.max() ?? right) + margin - start, title.width(size: 15) + 48)
    let top = 64.0
    func middle(_ place: Int) -> Double { layout.middles[place] - start }
    func y(_ row: Int) -> Double { top + Double(row) * Box.pitch }
    func frame(_ place: Int) -> Frame {
      Frame(
        x: middle(place) - boxes[place].width / 2, y: y(layout.rows[place]),
        width: boxes[place].width, height: Box.height)
    }

    var drawing = Drawing()
    drawing.text(title, at: Point(x: 24, y: 34), size: 15, bold: true)
    for group in groups { draw(group, group.members.map(frame), in: &drawing) }
    for (edge, bends) in zip(edges, layout.bends) {
      var points = [Point(x: middle(edge.from), y: y(layout.rows[edge.from]) + Box.height)]
      for (index, x) in bends.enumerated() {
        let row = y(layout.rows[edge.from] + 1 + index)
        points += [Point(x: x - start, y: row - 4), Point(x: x - start, y: row + Box.height)]
      }
      points.append(Point(x: middle(edge.to), y: y(layout.rows[edge.to])))
      drawing.arrow(points)
    }
    for (place, box) in boxes.enumerated() { box.draw(in: frame(place), &drawing) }
    let height = y((layout.rows.max() ?? 0) + 1) + 8
    return drawing.document(width: width, height: height, title: title)
  }

  /// Layers whose paths begin alike.
  private struct Group {
    let path: String
    let depth: Int
    let members: [Int]

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  /// The models inside, outer ones first, as far as nothing else stands between their layers.
  private func groups(rows: [Int]) -> [Group] {
    var members: [String: [Int]] = [:]
    for (place, node) in graph.nodes.enumerated() where node.kind != nil {
      let names = node.path.split(separator: "/").dropLast()
      for count in names.indices.map({ $0 + 1 }) {
        members[names.prefix(count).joined(separator: "/"), default: []].append(place)
      }
    }
    let groups = members.map { path, places in
      Group(path: path, depth: path.split(separator: "/").count, members: places)
    }
    return groups.filter { group in
      let span =
        (group.members.map { rows[$0] }.min() ?? 0)...(group.members.map { rows[$0] }.max() ?? 0)
      let inside = Set(group.members)
      // Layers beside a group's would stand in its frame, too.
      return group.members.count > 1
        && !graph.nodes.indices.contains { span.contains(rows[$0]) && !inside.contains($0) }
    }.sorted { ($0.depth, $0.members[0]) < ($1.depth, $1.members[0]) }
  }

  private func draw(_ group: Group, _ frames: [Frame], in drawing: inout Drawing) {
    let space = max(18 - 5 * Double(group.depth - 1), 6)
    let x = (frames.map(\.x).min() ?? 0) - space
    let y = (frames.map(\.y).min() ?? 0) - min(space, 8)
    let frame = Frame(
      x: x, y: y, width: (frames.map(\.maxX).max() ?? 0) + space - x,
      height: (frames.map(\.maxY).max() ?? 0) + min(space, 8) - y)
    drawing.rectangle(
      frame, fill: group.depth.isMultiple(of: 2) ? Theme.card : Theme.background, radius: 8,
      stroke: Theme.border, tooltip: group.path)
    drawing.text(
      group.name, at: Point(x: frame.x - 6, y: frame.y + 12), size: 11, fill: Theme.faintInk,
      anchor: .end)
  }
}

/// A box of the diagram.
private struct Box {
  static let height = 36.0
  static let pitch = 58.0

  let name: String
  let detail: String
  let fill: String
  let tooltip: String?

  var width: Double { max(name.width(size: 12), detail.width(size: 11)) + 24 }

  init(_ node: LayerGraph.Node) {
    let shape = node.output.shape.dropFirst().map(String.init).joined(separator: " × ")
    name = node.path.split(separator: "/").last.map(String.init) ?? "layer"
    detail = [node.kind ?? "Input", shape].filter { !$0.isEmpty }.joined(separator: " · ")
    fill =
      node.weightCount == 0
      ? Theme.card : node.isTrainable ? Color.right.tint(0.14).hex : Theme.grid
    let frozen = node.isTrainable ? "" : ", frozen"
    tooltip = node.weightCount == 0 ? nil : "\(node.path): \(node.weightCount) weights\(frozen)"
  }

  init(output name: String) {
    self.name = name
    detail = "Output"
    fill = Theme.card
    tooltip = nil
  }

  func draw(in frame: Frame, _ drawing: inout Drawing) {
    drawing.rectangle(frame, fill: fill, radius: 6, stroke: Theme.axis, tooltip: tooltip)
    let middle = frame.x + frame.width / 2
    drawing.text(
      name, at: Point(x: middle, y: frame.y + 15), anchor: .middle, bold: true)
    drawing.text(
      detail, at: Point(x: middle, y: frame.y + 29), size: 11, fill: Theme.faintInk,
      anchor: .middle)
  }
}

extension Drawing {
  /// A line through some points, with a head at the last one.
  fileprivate mutating func arrow(_ points: [Point]) {
    polyline(points, stroke: Theme.axis, width: 1.25, dash: nil)
    guard let end = points.last else { return }
    polyline(
      [Point(x: end.x - 4, y: end.y - 6), end, Point(x: end.x + 4, y: end.y - 6)],
      stroke: Theme.axis, width: 1.25, dash: nil)
  }
}

extension Layer {
  /// A drawing of the model's layers and how they hang together.
  ///
  /// - Parameter inputs: Types of the inputs, without the batch axis.
  /// - Throws: `GraphError` if the model is not defined for such inputs.
  public func diagram(inputs: [TensorType]) throws -> ModelDiagram {
    let names = inputNames ?? defaultNames("input", count: inputs.count)
    return ModelDiagram(
      title: name ?? Self.kind,
      graph: try layerGraph(
        inputs: zip(names, inputs).map { ($0, $1) }, outputNames: outputNames))
  }
}

extension TrainedModel {
  /// A drawing of the model's layers and how they hang together.
  ///
  /// - Throws: `GraphError` if the model is not defined for its own signature.
  public func diagram() throws -> ModelDiagram {
    ModelDiagram(
      title: layer.name ?? type(of: layer).kind,
      graph: try layer.layerGraph(
        inputs: signature.inputs.map { ($0.name, $0.type) },
        outputNames: signature.outputs.map(\.name)))
  }
}
