// A library of full Swift that brings its own runtime: it builds rings of objects, and takes them down.

private final class Tally {
  var alive = 0
}

private class Node {
  let value: Int64
  let tally: Tally
  var next: Node?
  weak var previous: Node?

  init(_ value: Int64, _ tally: Tally) {
    self.value = value
    self.tally = tally
    tally.alive += 1
  }

  deinit { tally.alive -= 1 }
}

private struct Stack<Element> {
  private var elements: [Element] = []

  mutating func push(_ element: Element) { elements.append(element) }
  mutating func pop() -> Element? { elements.popLast() }
}

private func ring(_ size: Int, _ tally: Tally) -> Node {
  let first = Node(1, tally)
  var last = first
  for value in 1..<size {
    let node = Node(Int64(value) + 1, tally)
    node.previous = last
    last.next = node
    last = node
  }
  last.next = first
  first.previous = last
  return first
}

/// The sum of squares 1 … size, gathered around a ring of objects; −1 if an object outlived it.
@_cdecl("ring_squares")
public func squares(_ size: Int32) -> Int64 {
  let tally = Tally()
  var sums: [String: Int64] = [:]
  do {
    let first = ring(Int(size), tally)
    var stack = Stack<Node>()
    var node = first
    repeat {
      stack.push(node)
      node = node.next ?? first
    } while node !== first
    while let top = stack.pop() {
      sums[top.value % 2 == 0 ? "even" : "odd", default: 0] += top.value * top.value
    }
    first.previous?.next = nil
  }
  return tally.alive == 0 ? sums.values.reduce(0, +) : -1
}
