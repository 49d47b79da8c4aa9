/// Every metric with its standard settings, one line each.
public let metricCatalog: [any Metric] = [
  Accuracy(),
  MeanAbsoluteErrorMetric(),
  MeanSquaredErrorMetric(),
  RootMeanSquaredErrorMetric(),
]
