import Foundation
import Testing

struct HeaderTests {
  private let headers: [SourceFile]

  init() throws {
    headers = try SourceTree.files(in: "include/spikelet", "h", "hpp")
  }

  @Test func `every function has a comment that says since when`() {
    var functions = 0
    for header in headers {
      for (index, line) in header.lines.enumerated() where line.hasPrefix("SPK_API ") {
        functions += 1
        let comment = header.docComment(endingAt: index)
        #expect(comment.contains("@since"), "\(header.path):\(index + 1) \(line)")
      }
    }
    #expect(functions > 0)
  }

  /// scripts/list-api reads the names of functions from these lines.
  @Test func `every function is named on the line that begins with SPK_API`() throws {
    let declaration = try Regex(#"^SPK_API .*[ *]spk_[a-z0-9_]+\("#)
    for header in headers where header.name.hasSuffix(".h") {
      for (index, line) in header.lines.enumerated()
      where line.contains("SPK_API") && !line.hasPrefix("#define") {
        #expect(line.firstMatch(of: declaration) != nil, "\(header.path):\(index + 1) \(line)")
      }
    }
  }

  @Test func `no header has marks of unfinished work`() throws {
    let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    let marks = try Regex(#"\b("# + words.joined(separator: "|") + #")\b"#)
    for header in headers {
      for (index, line) in header.lines.enumerated() {
        #expect(line.firstMatch(of: marks) == nil, "\(header.path):\(index + 1) \(line)")
      }
    }
  }

  @Test func `spikelet.h includes every other C header`() throws {
    let all = try #require(headers.first { $0.name == "spikelet.h" })
    for header in headers where header.name.hasSuffix(".h") && header.name != all.name {
      #expect(all.lines.contains("#include \"\(header.name)\""))
    }
  }
}

extension SourceFile {
  /// The `/** … */` comment that ends on the line before `index`, or nothing.
  fileprivate func docComment(endingAt index: Int) -> String {
    guard index > 0, lines[index - 1].hasSuffix("*/"),
      let start = lines[..<index].lastIndex(where: { $0.hasPrefix("/**") })
    else { return "" }
    return lines[start..<index].joined(separator: "\n")
  }
}
