/// Sorts what is numbered 0 ..< `count` in place, in O(n log n) steps whatever the order was.
@inline(never)
func heapsort(_ count: Int, isBefore: (Int, Int) -> Bool, swap: (Int, Int) -> Void) {
  var unordered = count / 2
  var end = count
  while end > 1 {
    if unordered > 0 {
      unordered -= 1
    } else {
      end -= 1
      swap(0, end)
    }
    var parent = unordered
    while 2 * parent + 1 < end {
      var child = 2 * parent + 1
      if child + 1 < end, isBefore(child, child + 1) { child += 1 }
      guard isBefore(parent, child) else { break }
      swap(parent, child)
      parent = child
    }
  }
}
