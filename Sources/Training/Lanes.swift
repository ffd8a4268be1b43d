/// Trials are run side by side, one a lane.
public typealias Lanes = SIMD8<Double>

/// out[i] += Σ_j matrix[i · rowStride + j · columnStride] · vector[j], lane by lane.
///
/// - Parameters:
///   - vector: [columns] lanes.
///   - out: [rows] lanes, changed in place.
func addProduct(
  _ matrix: UnsafePointer<Double>, rowStride: Int, columnStride: Int, rows: Int, columns: Int,
  _ vector: UnsafePointer<Lanes>, to out: UnsafeMutablePointer<Lanes>
) {
  var row = 0
  // Two rows at a time: each vector that is loaded is used twice.
  while row + 1 < rows {
    var first = out[row]
    var second = out[row + 1]
    var element = matrix + row * rowStride
    for column in 0..<columns {
      let lanes = vector[column]
      first += element[0] * lanes
      second += element[rowStride] * lanes
      element += columnStride
    }
    out[row] = first
    out[row + 1] = second
    row += 2
  }
  if row < rows {
    var sum = out[row]
    for column in 0..<columns {
      sum += matrix[row * rowStride + column * columnStride] * vector[column]
    }
    out[row] = sum
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
  // As many ticks at a time as stay in the first cache.
  let block = 16
  for start in stride(from: 0, to: ticks, by: block) {
    let count = min(block, ticks - start)
    for row in 0..<rows {
      let leftRow = left + start * rows + row
      for column in 0..<columns {
        let rightColumn = right + start * columns + column
        var sum = Lanes.zero
        for tick in 0..<count { sum += leftRow[tick * rows] * rightColumn[tick * columns] }
        gradient[row * columns + column] += sum.sum()
      }
    }
  }
}
