/// Adam: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
public struct Adam: Equatable, Sendable {
  var mean: [Double]
  var square: [Double]
  var stepCount = 0

  public init(count: Int) {
    mean = [Double](repeating: 0, count: count)
    square = mean
  }

  /// Moves `values` against the gradient.
  ///
  /// - Parameter rates: [values], the step of each.
  public mutating func step(_ values: inout [Double], _ gradient: [Double], rates: [Double]) {
    let (keptMean, keptSquare) = (0.9, 0.999)
    stepCount += 1
    let meanShare = 1 - power(keptMean, stepCount)
    let squareShare = 1 - power(keptSquare, stepCount)
    for index in values.indices {
      let g = gradient[index]
      mean[index] = keptMean * mean[index] + (1 - keptMean) * g
      square[index] = keptSquare * square[index] + (1 - keptSquare) * g * g
      let root = (square[index] / squareShare).squareRoot()
      values[index] -= rates[index] * (mean[index] / meanShare) / (root + 1e-8)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
