// A library of full Swift that brings its own runtime: it counts words.

private protocol Countable: AnyObject {
  var count: Int { get }
}

private class Node: Countable {
  let word: String
  var count = 0

  init(_ word: String) { self.word = word }
}

private final class Shout: Node {
  override init(_ word: String) { super.init(word.uppercased()) }
}

private func mostFrequent<Items: Sequence>(
  _ items: Items
) -> Items.Element? where Items.Element == Node {
  items.max { ($0.count, $0.word) < ($1.count, $1.word) }
}

/// The sum of length · count over the words "w0" … "w<kinds − 1>", taken in turn `length` times; −1 if a word got lost.
@_cdecl("words_weigh")
public func weigh(_ length: Int32, _ kinds: Int32) -> Int64 {
  var nodes: [String: Node] = [:]
  for index in 0..<Int(length) {
    let word = "w\(index % Int(kinds))"
    let node = nodes[word] ?? (index % 2 == 0 ? Node(word) : Shout(word))
    node.count += 1
    nodes[word] = node
  }
  let loud = nodes.values.compactMap { $0 as? Shout }
  guard loud.allSatisfy({ $0.word.hasPrefix("W") }), let most = mostFrequent(nodes.values),
    let any = most as Any as? any Countable, any.count * Int(kinds) >= Int(length)
  else { return -1 }
  return nodes.reduce(0) { $0 + Int64($1.key.utf8.count * $1.value.count) }
}
