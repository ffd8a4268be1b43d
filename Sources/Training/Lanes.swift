/// What trajectories and gradients are computed in. Parameters and what optimises them are always of 64 bits.
///
/// The tests build this module a second time with `TRAINING_FLOAT64`, to hold gradients against differences.
#if TRAINING_FLOAT64
  public typealias Real = Double
  /// Trials are run side by side, one a lane.
  public typealias Lanes = SIMD8<Double>
  typealias IntegerLanes = SIMD8<Int32>
#else
  public typealias Real = Float
  /// Trials are run side by side, one a lane.
  public typealias Lanes = SIMD16<Float>
  typealias IntegerLanes = SIMD16<Int32>
#endif

extension Lanes {
  /// The sum of the lanes, by halves: faster than one after the other.
  var total: Real {
    #if !TRAINING_FLOAT64
      let eight = lowHalf + highHalf
    #else
      let eight = self
    #endif
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

/// out[i] += Σ_j matrix[i · rowStride + j · columnStride] · vector[j], lane by lane.
///
/// - Parameters:
///   - vector: [columns] lanes.
///   - out: [rows] lanes, changed in place.
func addProduct(
  _ matrix: UnsafePointer<Real>, rowStride: Int, columnStride: Int, rows: Int, columns: Int,
  _ vector: UnsafePointer<Lanes>, to out: UnsafeMutablePointer<Lanes>
) {
  var row = 0
  // Four rows at a time: each vector that is loaded is used four times.
  while row + 3 < rows {
    var (a, b, c, d) = (out[row], out[row + 1], out[row + 2], out[row + 3])
    var element = matrix + row * rowStride
    for column in 0..<columns {
      let lanes = vector[column]
      a += element[0] * lanes
      b += element[rowStride] * lanes
      c += element[2 * rowStride] * lanes
      d += element[3 * rowStride] * lanes
      element += columnStride
    }
    (out[row], out[row + 1], out[row + 2], out[row + 3]) = (a, b, c, d)
    row += 4
  }
  while row < rows {
    var sum = out[row]
    for column in 0..<columns {
      sum += matrix[row * rowStride + column * columnStride] * vector[column]
    }
    out[row] = sum
    row += 1
  }
}

/// gradient[i][j] += Σ over ticks and lanes of left[tick][i] · right[tick][j].
///
/// - Parameters:
///   - gradient: [rows][columns], changed in place.
///   - left: [ticks][rows] lanes.
///   - right: [ticks][columns] lanes.
func addOuterProducts(
  _ left: UnsafePointer<Lanes>, rows: Int, _ right: UnsafePointer<Lanes>, columns: Int, ticks: Int,
  to gradient: UnsafeMutablePointer<Double>
) {
  // As many ticks at a time as stay close by.
  let block = 32
  for start in stride(from: 0, to: ticks, by: block) {
    let count = min(block, ticks - start)
    let (leftBlock, rightBlock) = (left + start * rows, right + start * columns)
    var row = 0
    while row < rows {
      // Two by two: each vector that is loaded is used twice. What is left over is done twice, and once thrown away.
      let below = min(row + 1, rows - 1)
      var column = 0
      while column < columns {
        let beside = min(column + 1, columns - 1)
        var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        var (leftTick, rightTick) = (leftBlock, rightBlock)
        for _ in 0..<count {
          let (x, y) = (leftTick[row], leftTick[below])
          let (u, v) = (rightTick[column], rightTick[beside])
          a += x * u
          b += x * v
          c += y * u
          d += y * v
          leftTick += rows
          rightTick += columns
        }
        gradient[row * columns + column] += Double(a.total)
        if beside > column { gradient[row * columns + beside] += Double(b.total) }
        if below > row {
          gradient[below * columns + column] += Double(c.total)
          if beside > column { gradient[below * columns + beside] += Double(d.total) }
        }
        column += 2
      }
      row += 2
    }
  }
}
