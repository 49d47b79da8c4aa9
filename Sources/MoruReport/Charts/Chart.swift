/// Something drawn as SVG: a chart or a diagram.
public protocol Chart: Sendable {
  /// The drawing as an SVG document.
  func svg() -> String
}

extension BarChart: Chart {}
extension ConfusionMatrixChart: Chart {}
extension LineChart: Chart {}
extension ModelDiagram: Chart {}
extension ScatterChart: Chart {}
extension TrainingCurves: Chart {}
