import CKernels
import MoruGraph
import MoruTensors

extension Lowering {
  func lowerScan(_ loop: Scan, _ node: Graph.Node) {
    let views = node.operands.map { view(of: $0) }
    let results = node.results.map { define($0) }
    let rows = RowLoopBuilder.build(
      loop, operands: views, results: results, constant: { self.constantView($0) })
    if let rows { return appendRows(rows, views, results) }
    let operands = node.operands.map { contiguous($0) }
    let body = LoopBody(loop, dnnl: dnnl, policy: policy)
    let workspace = scratchView(TensorType(.uint8, [body.workspaceBytes]))
    append(
      ScanStep(loop, body: body, operands: operands, results: results, workspace: workspace))
  }

  private func appendRows(_ loop: RowLoop, _ operands: [View], _ results: [View]) {
    let packed = loop.weights.map { weights in
      let byteCount = ck_packed_bytes(Int64(weights.inner), Int64(weights.columns))
      return scratchView(TensorType(.uint8, [byteCount]))
    }
    append(
      RowLoopStep(loop, operands: operands, results: results, packed: packed, policy: policy))
  }
}
