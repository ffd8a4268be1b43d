import CKernels
import NeuroKernels

/// Synapses of a row that are fetched ahead: the nearest cache holds them twice.
private let synapsesFetched = 2_048

/// Sparse rows that arrive.
extension ProjectionMemory {
  /// Asks for a sparse row that is read soon: rows lie anywhere in memory, where no processor guesses them.
  func fetch(row: Int) {
    let start = Int(rowStarts[row])
    let count = min(Int(rowEnds[row]) - start, synapsesFetched)
    let weightBytes = projection.storage.bytes
    let weights =
      projection.storage == .int8
      ? UnsafeRawPointer(weights8) : UnsafeRawPointer(weights16)
    kernels_fetch(weights + weightBytes * start, weightBytes * count)
    if isShort {
      kernels_fetch(targets16 + start, 2 * count)
    } else {
      kernels_fetch(targets32 + start, 4 * count)
    }
  }

  /// arrivals += the acting weights of a sparse row, times 2^shift; arrivals begin with target 0, in a view, too.
  func scatter(row: Int, into arrivals: UnsafeMutablePointer<Int32>) {
    let start = Int(rowStarts[row])
    let count = Int(rowEnds[row]) - start
    let shift = Int32(projection.shift)
    switch (projection.storage, isShort) {
    case (.int8, true):
      NeuroKernels.scatter(
        weights8 + start, to: targets16 + start, shift: shift, into: arrivals, count: count)
    case (.int8, false):
      NeuroKernels.scatter(
        weights8 + start, to: targets32 + start, shift: shift, into: arrivals, count: count)
    case (.int16Master, true):
      NeuroKernels.scatter(
        weights16 + start, to: targets16 + start, shift: shift, into: arrivals, count: count)
    case (.int16Master, false):
      NeuroKernels.scatter(
        weights16 + start, to: targets32 + start, shift: shift, into: arrivals, count: count)
    }
  }

  /// Changes the weights of a sparse row of targets of 16 bits by the steps of their columns, and adds what they become, as `scatter` does.
  ///
  /// - Parameters:
  ///   - scratch: steps, fractions and draws of columns; they begin with the first target of a view, as arrivals do.
  ///   - rho: ρ of the row.
  func changeAndScatter(
    row: Int, _ scratch: Scratch, rho: UInt8, into arrivals: UnsafeMutablePointer<Int32>
  ) {
    let start = Int(rowStarts[row])
    let count = Int(rowEnds[row]) - start
    let shift = Int32(projection.shift)
    if projection.storage == .int8 {
      NeuroKernels.changeAndScatter(
        weights8 + start, to: targets16 + start, first: firstTarget, most: scratch.most8,
        fraction: scratch.fraction, dither: scratch.dither, rho: rho, low: lowLimit,
        high: highLimit, shift: shift, into: arrivals, count: count)
    } else {
      NeuroKernels.changeAndScatter(
        weights16 + start, to: targets16 + start, first: firstTarget, most: scratch.most16,
        fraction: scratch.fraction, dither: scratch.dither, rho: rho, low: lowLimit,
        high: highLimit, shift: shift, into: arrivals, count: count)
    }
  }
}
