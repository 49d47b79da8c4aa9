/// Every optimizer with its standard settings, one line each.
public let optimizerCatalog: [any Optimizer] = [
  Adadelta(),
  Adafactor(),
  Adagrad(),
  Adam(),
  AdamW(),
  Adamax(),
  Ftrl(),
  Lamb(),
  Lion(),
  Muon(),
  Nadam(),
  RMSprop(),
  SGD(),
]

/// Every learning-rate schedule with its standard settings, one line each.
public let scheduleCatalog: [any Schedule] = [
  CosineDecay(),
  CosineDecayRestarts(),
  ExponentialDecay(),
  InverseTimeDecay(),
  OneCycle(),
  PiecewiseConstantDecay(),
  PolynomialDecay(),
]
