/// A convolution over `[batch, depth, height, width, channels]`; missing spatial axes have size 1.
struct ConvolutionShape: Hashable {
  var batch, channels, features, groups: Int
  var input, output, window, strides, dilation, low: [Int]

  var groupChannels: Int { channels / groups }
  var groupFeatures: Int { features / groups }
}

/// Convolutions and their gradients for any element type.
enum ConvolutionKernels {
  /// Calls `body` for each pair of an input and an output pixel that a kernel element joins, with
  /// the pixels' and the kernel element's numbers.
  @inline(__always)
  private static func forEachTap(
    _ shape: ConvolutionShape, _ body: (_ input: Int, _ output: Int, _ tap: Int) -> Void
  ) {
    let (i, o, w) = (shape.input, shape.output, shape.window)
    func place(_ axis: Int, _ output: Int, _ tap: Int) -> Int {
      output * shape.strides[axis] - shape.low[axis] + tap * shape.dilation[axis]
    }
    for batch in 0..<shape.batch {
      for od in 0..<o[0] {
        for oh in 0..<o[1] {
          for ow in 0..<o[2] {
            let output = ((batch * o[0] + od) * o[1] + oh) * o[2] + ow
            for kd in 0..<w[0] {
              let d = place(0, od, kd)
              guard d >= 0, d < i[0] else { continue }
              for kh in 0..<w[1] {
                let h = place(1, oh, kh)
                guard h >= 0, h < i[1] else { continue }
                for kw in 0..<w[2] {
                  let x = place(2, ow, kw)
                  guard x >= 0, x < i[2] else { continue }
                  body(
                    ((batch * i[0] + d) * i[1] + h) * i[2] + x, output, (kd * w[1] + kh) * w[2] + kw
                  )
                }
              }
            }
          }
        }
      }
    }
  }

  static func forward<T: KernelElement>(
    _ shape: ConvolutionShape, x: UnsafePointer<T>, kernel: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    let (channels, features) = (shape.groupChannels, shape.groupFeatures)
    y.update(
      repeating: T.zero, count: shape.batch * shape.output.reduce(1, *) * shape.features)
    forEachTap(shape) { input, output, tap in
      for group in 0..<shape.groups {
        let target = y + output * shape.features + group * features
        for channel in 0..<channels {
          let value = x[input * shape.channels + group * channels + channel]
          let weights = kernel + (tap * channels + channel) * shape.features + group * features
          for feature in 0..<features {
            target[feature] = T.sum(target[feature], T.product(value, weights[feature]))
          }
        }
      }
    }
  }

  static func inputGradient<T: KernelElement>(
    _ shape: ConvolutionShape, dy: UnsafePointer<T>, kernel: UnsafePointer<T>,
    into dx: UnsafeMutablePointer<T>
  ) {
    let (channels, features) = (shape.groupChannels, shape.groupFeatures)
    dx.update(repeating: T.zero, count: shape.batch * shape.input.reduce(1, *) * shape.channels)
    forEachTap(shape) { input, output, tap in
      for group in 0..<shape.groups {
        let cotangents = dy + output * shape.features + group * features
        for channel in 0..<channels {
          let weights = kernel + (tap * channels + channel) * shape.features + group * features
          let place = input * shape.channels + group * channels + channel
          var total = dx[place]
          for feature in 0..<features {
            total = T.sum(total, T.product(cotangents[feature], weights[feature]))
          }
          dx[place] = total
        }
      }
    }
  }

  static func kernelGradient<T: KernelElement>(
    _ shape: ConvolutionShape, x: UnsafePointer<T>, dy: UnsafePointer<T>,
    into dk: UnsafeMutablePointer<T>
  ) {
    let (channels, features) = (shape.groupChannels, shape.groupFeatures)
    dk.update(repeating: T.zero, count: shape.window.reduce(1, *) * channels * shape.features)
    forEachTap(shape) { input, output, tap in
      for group in 0..<shape.groups {
        let cotangents = dy + output * shape.features + group * features
        for channel in 0..<channels {
          let value = x[input * shape.channels + group * channels + channel]
          let target = dk + (tap * channels + channel) * shape.features + group * features
          for feature in 0..<features {
            target[feature] = T.sum(target[feature], T.product(value, cotangents[feature]))
          }
        }
      }
    }
  }
}

/// A pooling window over `[batch, depth, height, width, channels]`.
struct PoolShape: Hashable {
  var batch, channels: Int
  var input, output, window, strides, low: [Int]

  var inputCount: Int { batch * channels * input.reduce(1, *) }
  var outputCount: Int { batch * channels * output.reduce(1, *) }
}

/// Pooling for types without vector kernels.
enum PoolKernels {
  /// Calls `body` with each output element and its window's input elements, in order.
  private static func forEachWindow(_ shape: PoolShape, _ body: (Int, [Int]) -> Void) {
    func range(_ axis: Int, _ place: Int) -> Range<Int> {
      let start = place * shape.strides[axis] - shape.low[axis]
      return max(start, 0)..<min(start + shape.window[axis], shape.input[axis])
    }
    let (i, o) = (shape.input, shape.output)
    for batch in 0..<shape.batch {
      for od in 0..<o[0] {
        for oh in 0..<o[1] {
          for ow in 0..<o[2] {
            let output = ((batch * o[0] + od) * o[1] + oh) * o[2] + ow
            var places: [Int] = []
            for d in range(0, od) {
              for h in range(1, oh) {
                for w in range(2, ow) { places.append(((batch * i[0] + d) * i[1] + h) * i[2] + w) }
              }
            }
            for channel in 0..<shape.channels {
              body(
                output * shape.channels + channel, places.map { $0 * shape.channels + channel })
            }
          }
        }
      }
    }
  }

  private static func greatest<T: KernelElement>(_ places: [Int], of x: UnsafePointer<T>) -> Int {
    var best = places[0]
    for place in places.dropFirst()
    where x[place] > x[best] || (x[place].isNaN && !x[best].isNaN) { best = place }
    return best
  }

  static func maximum<T: KernelElement>(
    _ shape: PoolShape, x: UnsafePointer<T>, from source: UnsafePointer<T>,
    into y: UnsafeMutablePointer<T>
  ) {
    forEachWindow(shape) { output, places in y[output] = source[greatest(places, of: x)] }
  }

  static func maximumGradient(
    _ shape: PoolShape, x: UnsafePointer<Double>, dy: UnsafePointer<Double>,
    into dx: UnsafeMutablePointer<Double>
  ) {
    dx.update(repeating: 0, count: shape.inputCount)
    forEachWindow(shape) { output, places in dx[greatest(places, of: x)] += dy[output] }
  }

  static func average(
    _ shape: PoolShape, x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) {
    forEachWindow(shape) { output, places in
      y[output] = places.reduce(0) { $0 + x[$1] } / Double(places.count)
    }
  }

  static func averageGradient(
    _ shape: PoolShape, dy: UnsafePointer<Double>, into dx: UnsafeMutablePointer<Double>
  ) {
    dx.update(repeating: 0, count: shape.inputCount)
    forEachWindow(shape) { output, places in
      for place in places { dx[place] += dy[output] / Double(places.count) }
    }
  }
}
