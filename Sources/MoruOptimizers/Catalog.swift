/// Every optimizer with its standard settings, one line each.
public let optimizerCatalog: [any Optimizer] = [
  Adam(),
  AdamW(),
  RMSprop(),
  SGD(),
]
