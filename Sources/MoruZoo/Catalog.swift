extension Architecture {
  /// The networks of this module, one line for each family.
  public static let catalog: [Architecture] = [
    leNets,
    alexNets,
    vggs,
    inceptions,
    resNets,
    resNetV2s,
    xceptions,
    mobileNets,
    mobileNetV2s,
    mobileNetV3s,
    squeezeNets,
    denseNets,
    efficientNets,
    efficientNetV2s,
    convNeXts,
    uNets,
    viTs,
    gpts,
  ].flatMap { $0 }
}
