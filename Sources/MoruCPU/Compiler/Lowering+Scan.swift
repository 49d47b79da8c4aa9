import MoruGraph
import MoruTensors

extension Lowering {
  func lowerScan(_ loop: Scan, _ node: Graph.Node) {
    let operands = node.operands.map { contiguous($0) }
    let results = node.results.map { define($0) }
    let body = LoopBody(loop, dnnl: dnnl, policy: policy)
    let workspace = scratchView(TensorType(.uint8, [body.workspaceBytes]))
    append(
      ScanStep(loop, body: body, operands: operands, results: results, workspace: workspace))
  }
}
