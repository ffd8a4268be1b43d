import CKernels
import NeuroKernels

#if arch(x86_64)
  import NeuroKernelsV3
#endif

/// The kernels for the processor at hand: those built for every one, or, of the same sources, for x86-64-v3.
struct Kernels: BitwiseCopyable {
  private let isWide: Bool

  init() {
    #if arch(x86_64)
      isWide = kernels_has_v3()
    #else
      isWide = false
    #endif
  }

  private init(isWide: Bool) { self.isWide = isWide }

  /// Those for every processor.
  static var plain: Kernels { Kernels(isWide: false) }

  @inline(__always)
  func addRows(
    _ weights: UnsafePointer<Int8>, rows: UnsafePointer<UInt16>, rowCount: Int, stride: Int,
    shift: Int32, into arrivals: UnsafeMutablePointer<Int32>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.addRows(
          weights, rows: rows, rowCount: rowCount, stride: stride, shift: shift, into: arrivals,
          count: count)
      }
    #endif
    NeuroKernels.addRows(
      weights, rows: rows, rowCount: rowCount, stride: stride, shift: shift, into: arrivals,
      count: count)
  }

  @inline(__always)
  func addRows(
    _ weights: UnsafePointer<Int16>, rows: UnsafePointer<UInt16>, rowCount: Int, stride: Int,
    shift: Int32, into arrivals: UnsafeMutablePointer<Int32>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.addRows(
          weights, rows: rows, rowCount: rowCount, stride: stride, shift: shift, into: arrivals,
          count: count)
      }
    #endif
    NeuroKernels.addRows(
      weights, rows: rows, rowCount: rowCount, stride: stride, shift: shift, into: arrivals,
      count: count)
  }

  @inline(__always)
  func change(
    _ row: UnsafeMutablePointer<Int16>, most: UnsafePointer<Int16>, fraction: UnsafePointer<UInt8>,
    dither: UnsafePointer<UInt8>, rho: UInt8, low: Int16, high: Int16, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.change(
          row, most: most, fraction: fraction, dither: dither, rho: rho, low: low, high: high,
          count: count)
      }
    #endif
    NeuroKernels.change(
      row, most: most, fraction: fraction, dither: dither, rho: rho, low: low, high: high,
      count: count)
  }

  @inline(__always)
  func change(
    _ row: UnsafeMutablePointer<Int16>, step: UnsafePointer<Int16>, low: Int16, high: Int16,
    count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.change(row, step: step, low: low, high: high, count: count)
      }
    #endif
    NeuroKernels.change(row, step: step, low: low, high: high, count: count)
  }

  @inline(__always)
  func decayAndAdd(
    _ state: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
    count: Int
  ) {
    #if arch(x86_64)
      if isWide { return NeuroKernelsV3.decayAndAdd(state, arrivals, keep: keep, count: count) }
    #endif
    NeuroKernels.decayAndAdd(state, arrivals, keep: keep, count: count)
  }

  @inline(__always)
  func integrate(
    _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
    _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
    currentShift: Int32, bias: Int32, lowerBound: Int32, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.integrate(
          membrane, current1, current2, arrivals, keep: keep, currentShift: currentShift,
          bias: bias, lowerBound: lowerBound, count: count)
      }
    #endif
    NeuroKernels.integrate(
      membrane, current1, current2, arrivals, keep: keep, currentShift: currentShift, bias: bias,
      lowerBound: lowerBound, count: count)
  }

  @inline(__always)
  func turn(
    _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
    _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, loss: Int32,
    currentShift: Int32, bias: Int32, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.turn(
          membrane, current1, current2, arrivals, loss: loss, currentShift: currentShift,
          bias: bias, count: count)
      }
    #endif
    NeuroKernels.turn(
      membrane, current1, current2, arrivals, loss: loss, currentShift: currentShift, bias: bias,
      count: count)
  }

  @inline(__always)
  func view(
    _ first: UnsafePointer<Int32>, _ second: UnsafePointer<Int32>?, shift: Int32, high: Int32,
    into views: UnsafeMutablePointer<Int32>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.view(
          first, second, shift: shift, high: high, into: views, count: count)
      }
    #endif
    NeuroKernels.view(first, second, shift: shift, high: high, into: views, count: count)
  }

  @inline(__always)
  func close(
    _ values: UnsafeMutablePointer<Int32>, gate: UnsafePointer<Int32>, low: Int32, high: Int32,
    isInside: Bool, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.close(
          values, gate: gate, low: low, high: high, isInside: isInside, count: count)
      }
    #endif
    NeuroKernels.close(values, gate: gate, low: low, high: high, isInside: isInside, count: count)
  }

  @inline(__always)
  func split(
    _ values: UnsafePointer<Int32>, scale: Int32, low: Int32, shift: Int32,
    most: UnsafeMutablePointer<Int8>, fraction: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.split(
          values, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
          count: count)
      }
    #endif
    NeuroKernels.split(
      values, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
      count: count)
  }

  @inline(__always)
  func split(
    _ values: UnsafePointer<Int32>, scale: Int32, low: Int32, shift: Int32,
    most: UnsafeMutablePointer<Int16>, fraction: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.split(
          values, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
          count: count)
      }
    #endif
    NeuroKernels.split(
      values, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
      count: count)
  }

  @inline(__always)
  func drawBlocks(
    _ indices: UnsafePointer<UInt32>, word1: UInt32, word2: UInt32, word3: UInt32, key: UInt64,
    into words: UnsafeMutablePointer<UInt32>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.drawBlocks(
          indices, word1: word1, word2: word2, word3: word3, key: key, into: words, count: count)
      }
    #endif
    NeuroKernels.drawBlocks(
      indices, word1: word1, word2: word2, word3: word3, key: key, into: words, count: count)
  }

  @inline(__always)
  func flag(
    _ bytes: UnsafePointer<UInt8>, above floor: UInt8, into flags: UnsafeMutablePointer<UInt8>,
    count: Int
  ) {
    #if arch(x86_64)
      if isWide { return NeuroKernelsV3.flag(bytes, above: floor, into: flags, count: count) }
    #endif
    NeuroKernels.flag(bytes, above: floor, into: flags, count: count)
  }

  @inline(__always)
  func flag(
    _ intensities: UnsafePointer<UInt8>, floor: UInt8, gain: UInt32, draws: UnsafePointer<UInt16>,
    into flags: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.flag(
          intensities, floor: floor, gain: gain, draws: draws, into: flags, count: count)
      }
    #endif
    NeuroKernels.flag(
      intensities, floor: floor, gain: gain, draws: draws, into: flags, count: count)
  }

  @inline(__always)
  func union(_ values: UnsafePointer<Int32>, count: Int) -> Int32 {
    #if arch(x86_64)
      if isWide { return NeuroKernelsV3.union(values, count: count) }
    #endif
    return NeuroKernels.union(values, count: count)
  }

  @inline(__always)
  func settle(
    _ most: UnsafeMutablePointer<Int16>, fraction: UnsafeMutablePointer<UInt8>,
    dither: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.settle(most, fraction: fraction, dither: dither, count: count)
      }
    #endif
    NeuroKernels.settle(most, fraction: fraction, dither: dither, count: count)
  }

  @inline(__always)
  func fire(
    _ membrane: UnsafeMutablePointer<Int32>, above threshold: Int32, reset: Int32, kept: Int32,
    refractory: UnsafeMutablePointer<UInt8>, ticks: UInt8,
    into flags: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.fire(
          membrane, above: threshold, reset: reset, kept: kept, refractory: refractory,
          ticks: ticks,
          into: flags, count: count)
      }
    #endif
    NeuroKernels.fire(
      membrane, above: threshold, reset: reset, kept: kept, refractory: refractory, ticks: ticks,
      into: flags, count: count)
  }

  @inline(__always)
  func fire(
    _ membrane: UnsafeMutablePointer<Int32>, aboveEach thresholds: UnsafePointer<Int32>,
    reset: Int32, kept: Int32,
    refractory: UnsafeMutablePointer<UInt8>, ticks: UInt8,
    into flags: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.fire(
          membrane, aboveEach: thresholds, reset: reset, kept: kept, refractory: refractory,
          ticks: ticks,
          into: flags, count: count)
      }
    #endif
    NeuroKernels.fire(
      membrane, aboveEach: thresholds, reset: reset, kept: kept, refractory: refractory,
      ticks: ticks,
      into: flags, count: count)
  }

  @inline(__always)
  func integrate(
    _ membrane: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>,
    keep: Int32, bias: Int32, lowerBound: Int32, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.integrate(
          membrane, arrivals, keep: keep, bias: bias, lowerBound: lowerBound, count: count)
      }
    #endif
    NeuroKernels.integrate(
      membrane, arrivals, keep: keep, bias: bias, lowerBound: lowerBound, count: count)
  }

  @inline(__always)
  func changeAndAddRows(
    _ weights: UnsafeMutablePointer<Int8>, rows: UnsafePointer<UInt16>, rhos: UnsafePointer<UInt8>,
    rowCount: Int, stride: Int, most: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>,
    dither: UnsafePointer<UInt8>, low: Int8, high: Int8, shift: Int32,
    into arrivals: UnsafeMutablePointer<Int32>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.changeAndAddRows(
          weights, rows: rows, rhos: rhos, rowCount: rowCount, stride: stride, most: most,
          fraction: fraction, dither: dither, low: low, high: high, shift: shift, into: arrivals,
          count: count)
      }
    #endif
    NeuroKernels.changeAndAddRows(
      weights, rows: rows, rhos: rhos, rowCount: rowCount, stride: stride, most: most,
      fraction: fraction, dither: dither, low: low, high: high, shift: shift, into: arrivals,
      count: count)
  }

  @inline(__always)
  func integrateAndFire(
    _ membrane: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
    bias: Int32, lowerBound: Int32, above threshold: Int32, reset: Int32, kept: Int32,
    into flags: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.integrateAndFire(
          membrane, arrivals, keep: keep, bias: bias, lowerBound: lowerBound, above: threshold,
          reset: reset, kept: kept, into: flags, count: count)
      }
    #endif
    NeuroKernels.integrateAndFire(
      membrane, arrivals, keep: keep, bias: bias, lowerBound: lowerBound, above: threshold,
      reset: reset, kept: kept, into: flags, count: count)
  }

  @inline(__always)
  func collect(
    _ flags: UnsafePointer<UInt8>, count: Int, offset: Int,
    into list: UnsafeMutablePointer<UInt16>, room: Int
  ) -> Int {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.collect(
          flags, count: count, offset: offset, into: list, room: room)
      }
    #endif
    return NeuroKernels.collect(
      flags, count: count, offset: offset, into: list, room: room)
  }

  @inline(__always)
  func viewAndSplit(
    _ first: UnsafePointer<Int32>, viewShift: Int32, high: Int32, gate: UnsafePointer<Int32>,
    opensFrom open: Int32, to last: Int32, isInside: Bool, scale: Int32, low: Int32, shift: Int32,
    most: UnsafeMutablePointer<Int8>, fraction: UnsafeMutablePointer<UInt8>, count: Int
  ) -> Int32 {
    #if arch(x86_64)
      if isWide {
        return NeuroKernelsV3.viewAndSplit(
          first, viewShift: viewShift, high: high, gate: gate, opensFrom: open, to: last,
          isInside: isInside, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
          count: count)
      }
    #endif
    return NeuroKernels.viewAndSplit(
      first, viewShift: viewShift, high: high, gate: gate, opensFrom: open, to: last,
      isInside: isInside, scale: scale, low: low, shift: shift, most: most, fraction: fraction,
      count: count)
  }
}
