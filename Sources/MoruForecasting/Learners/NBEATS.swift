import MoruLayers
import MoruTensors

/// N-BEATS: fully connected blocks, each of which explains a part of the window that the next one need not,
/// and adds its own to the forecast.
///
/// A block's layers give coefficients of curves over the window, the backcast, which is subtracted from what
/// it was given, and of curves ahead, the forecast, which is added to that of the blocks before. Other features
/// than the target go into every block unchanged.
///
/// - Source: Oreshkin et al. 2020, arXiv:1905.10437; other features as in Olivares et al. 2022,
///   arXiv:2104.05522.
struct NBEATS {
  /// What a block's coefficients are of.
  enum Basis {
    /// Curves that are learned.
    case generic
    /// Polynomials.
    case trend(degree: Int)
    /// Waves.
    case seasonality(harmonics: Int)
  }

  /// Blocks of one basis.
  struct Stack {
    let blocks: Int
    let basis: Basis
  }

  let context: Int
  let features: Int
  let horizon: Int
  let quantiles: Int
  let layers: Int
  let units: Int

  /// The network from `[context, features]` to `[horizon, quantiles]`.
  func network(stacks: [Stack]) throws -> Model {
    let input = Input([context, features])
    var window = columns(of: input, before: 0, behind: features - 1)
    let others = features > 1 ? columns(of: input, before: 1, behind: 0) : nil
    var forecast: Symbol?
    for stack in stacks {
      for _ in 0..<stack.blocks {
        var x = others.map { Concatenate()([window, $0]) } ?? window
        for _ in 0..<layers { x = Dense(units, activation: .relu)(x) }
        let part = curves(of: x, stack.basis, length: horizon, count: quantiles)
        forecast = forecast.map { Add()([$0, part]) } ?? part
        let explained = Flatten()(curves(of: x, stack.basis, length: context, count: 1))
        window = Subtract()([window, explained])
      }
    }
    guard let forecast else {
      throw ForecastingError.setting(
        "N-BEATS", problem: "has no blocks", advice: "Ask for at least one.")
    }
    // [quantiles, horizon] becomes [horizon, quantiles].
    return try Model(inputs: [input], outputs: [OrderedQuantiles()(Permute([2, 1])(forecast))])
  }

  /// Some features of all steps in a row, without so many before and behind them.
  private func columns(of input: Symbol, before: Int, behind: Int) -> Symbol {
    Flatten()(Cropping1D(Padding1D(before, behind))(Permute([2, 1])(input)))
  }

  /// `[count, length]`
  private func curves(of x: Symbol, _ basis: Basis, length: Int, count: Int) -> Symbol {
    func summed(_ curves: SeriesBasis.Curves, order: Int) -> Symbol {
      let basis = SeriesBasis(curves, order: order, length: length)
      let coefficients = Dense(count * basis.coefficients, useBias: false)(x)
      return basis(Reshape([count, basis.coefficients])(coefficients))
    }
    switch basis {
    case .generic: return Reshape([count, length])(Dense(count * length)(x))
    case .trend(let degree): return summed(.trend, order: degree)
    case .seasonality(let harmonics): return summed(.seasonality, order: harmonics)
    }
  }
}
