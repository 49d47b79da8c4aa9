/// Every callback that there is.
public let callbackCatalog: [any Callback.Type] = [
  BackupAndRestore.self, CSVLogger.self, EarlyStopping.self, LambdaCallback.self,
  LearningRateScheduler.self, ModelCheckpoint.self, OptimizerHandover.self, ProgressBar.self,
  ReduceLROnPlateau.self, RemoteMonitor.self, SwapEMAWeights.self, TensorBoard.self,
  TerminateOnNaN.self,
]
