import Fault
import Memory
import Testing

@testable import Model

struct JSONTests {
  /// A text and what it says, or an excerpt of the fault.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: [UInt8]
    let expected: String

    init(_ text: String, _ expected: String) {
      testDescription = String(text.prefix(60))
      self.text = Array(text.utf8)
      self.expected = expected
    }

    init(bytes: [UInt8], _ expected: String) {
      testDescription = bytes.map { String($0, radix: 16) }.joined(separator: " ")
      text = bytes
      self.expected = expected
    }
  }

  /// A string of these bytes, which need not be UTF-8.
  static func string(_ bytes: UInt8..., expect expected: String) -> Case {
    Case(bytes: [0x22] + bytes + [0x22], expected)
  }

  static func nested(_ depth: Int, _ open: String, _ inner: String, _ close: String) -> String {
    String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
  }

  /// Reals and null have no value and are shown as ~.
  static let valid: [Case] = [
    Case("{}", "{}"), Case("[]", "[]"), Case(" \t\r\n[ ]\n ", "[]"),
    Case("null", "~"), Case("true", "true"), Case("false", "false"), Case("7", "7"),
    Case("\"\"", "''"),
    Case(#"{"a":1,"b":[true,{"c":null}],"":{}}"#, "{'a':1,'b':[true,{'c':~}],'':{}}"),
    Case(#"{ "a" : [ 1 , 2 ] , "b" : { } }"#, "{'a':[1,2],'b':{}}"),
    Case("[[[],[]],[],[[[]]]]", "[[[],[]],[],[[[]]]]"),
    Case("[0,-0,1,-1,10,1234567890]", "[0,0,1,-1,10,1234567890]"),
    Case(
      "[9223372036854775807,-9223372036854775808]", "[9223372036854775807,-9223372036854775808]"),
    Case("[0.0,-0.5,1e5,1E+5,1e-5,12.25e007,0e0,1e99999]", "[~,~,~,~,~,~,~,~]"),
    Case("[123456789012345678901234567890.5]", "[~]"),
    Case(#"["a\"\\\/\b\f\n\r\tz"]"#, "['a\"\\/\u{8}\u{C}\n\r\tz']"),
    Case(#"["\u0041\u00e9\u00E9\u20AC\uD83D\uDE00\uFFFF\u0001"]"#, "['Aéé€😀\u{FFFF}\u{1}']"),
    Case(#"["é€😀","x\u007Fé\n","y"]"#, "['é€😀','x\u{7F}é\n','y']"),
    Case(#"{"\u0061":1,"a\u0062":2}"#, "{'a':1,'ab':2}"),
    Case(#"{"A":1,"a":2,"aa":3,"aA":4}"#, "{'A':1,'a':2,'aa':3,'aA':4}"),
    Case(#"[{"a":1},{"a":{"a":{"a":2}}}]"#, "[{'a':1},{'a':{'a':{'a':2}}}]"),
    Case("[\"\u{7F}\u{80}\u{7FF}\u{800}\"]", "['\u{7F}\u{80}\u{7FF}\u{800}']"),
    Case(
      "[\"\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}\"]",
      "['\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}']"),
    Case(nested(32, "[", "", "]"), nested(32, "[", "", "]")),
    Case(nested(16, "[{\"a\":", "1", "}]"), nested(16, "[{'a':", "1", "}]")),
  ]

  static let badGrammar: [Case] = [
    Case("", "at byte 0: found the end, expected a value"), Case("  ", "at byte 2: found the end"),
    Case("{", "at byte 1: found the end, expected a key in quotes"),
    Case("[", "at byte 1: found the end, expected a value"),
    Case("]", "at byte 0: found ], expected a value"), Case("}", "found }, expected a value"),
    Case("[1,]", "at byte 3: found ], expected a value"), Case("[,1]", "found ,, expected a value"),
    Case("[1,,2]", "at byte 3: found ,, expected a value"),
    Case("[1 2]", "at byte 3: found 2, expected , or ]"),
    Case("[1}", "at byte 2: found }, expected , or ]"),
    Case("[1", "at byte 2: found the end, expected , or ]"),
    Case(#"{"a":1,}"#, "at byte 7: found }, expected a key in quotes"),
    Case(#"{,"a":1}"#, "at byte 1: found ,"), Case(#"{"a" 1}"#, "at byte 5: found 1, expected :"),
    Case(#"{"a":}"#, "at byte 5: found }, expected a value"),
    Case(#"{"a"}"#, "at byte 4: found }, expected :"),
    Case(#"{"a":1]"#, "at byte 6: found ], expected , or }"),
    Case(#"{"a":1"#, "at byte 6: found the end, expected , or }"),
    Case(#"{"a":1 "b":2}"#, "at byte 7: found \", expected , or }"),
    Case("{a:1}", "at byte 1: found a, expected a key"), Case("{'a':1}", "found ', expected a key"),
    Case("{1:1}", "found 1, expected a key"), Case("{} {}", "at byte 3: found {, expected the end"),
    Case("[]]", "at byte 2: found ], expected the end"), Case("1,", "expected the end"),
    Case("/**/[]", "at byte 0: found /"), Case("[1]//", "found /, expected the end"),
    Case("[1 # one\n]", "found #, expected , or ]"),
    Case("[\u{B}]", "at byte 1: found byte 11, expected a value"),
    Case("\u{FEFF}[]", "at byte 0: found byte 239"), Case("[\u{A0}]", "found byte 194"),
    Case("[1]\0", "at byte 3: found byte 0, expected the end"),
    Case("nul", "at byte 0: found n, expected a value"), Case("[nulL]", "found n"),
    Case("True", "found T"), Case("truely", "at byte 4: found l, expected the end"),
    Case("tru", "found t"), Case("fals", "found f"), Case("NaN", "found N"),
    Case("[Infinity]", "found I"), Case("[-Infinity]", "at byte 2: found I, expected a digit"),
    Case("undefined", "found u"),
  ]

  static let badNumbers: [Case] = [
    Case("[01]", "at byte 2: found 1, expected , or ]"), Case("-01", "found 1, expected the end"),
    Case("00", "at byte 1: found 0"), Case("-", "at byte 1: found the end, expected a digit"),
    Case("+1", "found +, expected a value"), Case("--1", "found -, expected a digit"),
    Case(".5", "found ., expected a value"), Case("-.5", "found ., expected a digit"),
    Case("1.", "found the end, expected a digit"), Case("1.e5", "found e, expected a digit"),
    Case("1e", "found the end, expected a digit"), Case("1e+", "expected a digit"),
    Case("1e5.5", "found ., expected the end"), Case("1.5.5", "found ., expected the end"),
    Case("0x10", "found x"), Case("1_000", "found _"), Case("1 000", "found 0, expected the end"),
    Case("[1a]", "found a"), Case("２", "found byte 239"),
    Case("9223372036854775808", "at byte 0: found an integer that is too big"),
    Case("[-9223372036854775809]", "at byte 1: found an integer that is too big"),
    Case("18446744073709551616", "too big"), Case("99999999999999999999", "too big"),
    Case(String(repeating: "9", count: 5000), "too big"),
  ]

  static let badStrings: [Case] = [
    Case("\"", "at byte 1: found the end, expected \""),
    Case("[\"a]", "at byte 4: found the end, expected \""),
    Case(#"["a\"]"#, "found the end"), Case(#"["\"#, "at byte 3: found the end, expected one of"),
    Case(#"["\a"]"#, "at byte 3: found a, expected one of"),
    Case(#"["\'"]"#, "found ', expected one of"),
    Case(#"["\x41"]"#, "found x"), Case(#"["\U0041"]"#, "found U"), Case(#"["\0"]"#, "found 0"),
    Case("[\"\\\n\"]", "found byte 10, expected one of"),
    Case(#"["\u"]"#, "at byte 4: found \", expected a hexadecimal digit"),
    Case(#"["\u00"]"#, "hexadecimal"), Case(#"["\u00g0"]"#, "at byte 6: found g"),
    Case(#"["\u+041"]"#, "found +"), Case(#"["\u004"#, "found the end, expected a hexadecimal"),
    Case(#"["a\u0000b"]"#, "at byte 4: found U+0000"), Case(#"{"\u0000":1}"#, "found U+0000"),
    Case(#"["\uD800"]"#, "at byte 3: found half a surrogate pair"),
    Case(#"["\uDC00"]"#, "found half a surrogate pair"),
    Case(#"["\uDFFFx"]"#, "found half a surrogate pair"),
    Case(#"["\uD83Dx"]"#, "found half a surrogate pair"),
    Case(#"["\uD83D\u0041"]"#, "found half a surrogate pair"),
    Case(#"["\uD83D\uD83D"]"#, "found half a surrogate pair"),
    Case(#"["\uDE00\uD83D"]"#, "found half a surrogate pair"),
    Case(#"["\uD83D\n"]"#, "found n, expected the other half"),
    Case(#"["\uD83D\"#, "found the end, expected the other half"),
    Case("[\"\n\"]", "at byte 2: found byte 10"), Case("[\"\t\"]", "found byte 9"),
    Case("[\"\u{1F}\"]", "found byte 31"), Case("[\"a\0\"]", "at byte 3: found byte 0"),
    string(0x80, expect: "at byte 1: found byte 128"), string(0xFF, expect: "found byte 255"),
    string(0xC0, 0x80, expect: "found byte 192"), string(0xC1, 0xBF, expect: "found byte 193"),
    string(0xC3, expect: "found byte 195"), string(0xC3, 0x41, expect: "found byte 195"),
    string(0xE0, 0x9F, 0xBF, expect: "found byte 224"), string(0xE2, 0x82, expect: "byte 226"),
    string(0xE2, 0x82, 0x41, expect: "byte 226"), string(0xE2, 0x28, 0xA1, expect: "byte 226"),
    string(0xED, 0xA0, 0x80, expect: "found byte 237"), string(0xED, 0xBF, 0xBF, expect: "237"),
    string(0xF0, 0x8F, 0xBF, 0xBF, expect: "byte 240"), string(0xF0, 0x9F, 0x98, expect: "240"),
    string(0xF4, 0x90, 0x80, 0x80, expect: "byte 244"),
    string(0xF5, 0x80, 0x80, 0x80, expect: "245"),
    Case(bytes: [0x22, 0xF0, 0x9F, 0x98], "at byte 1: found byte 240"),
    Case(bytes: [0x22, 0x5C, 0x6E, 0xC3], "at byte 3: found byte 195"),
    Case(bytes: [0x22, 0x5C, 0xC3, 0xA9, 0x22], "found byte 195, expected one of"),
    Case(bytes: [0xC3, 0x28], "at byte 0: found byte 195, expected a value"),
  ]

  static let badStructure: [Case] = [
    Case(#"{"a":1,"a":2}"#, "at byte 12: found the end of an object with a duplicate key \"a\""),
    Case(#"{"":1,"":2}"#, "duplicate key \"\""),
    Case(#"{"a":1,"b":2,"a":3}"#, "duplicate key \"a\""),
    Case(#"{"a":1,"\u0061":2}"#, "duplicate key \"a\""),
    Case(#"{"\u00e9":1,"é":2}"#, "duplicate key \"é\""),
    Case(#"{"\/":[{}],"/":2}"#, "duplicate key \"/\""),
    Case(#"[{"x":{"a":1,"c":{"a":0},"a":[]}}]"#, "duplicate key \"a\""),
    Case(nested(33, "[", "", "]"), "at byte 32: found nesting deeper than 32"),
    Case(nested(17, "[{\"a\":", "1", "}]"), "nesting deeper than 32"),
    Case(String(repeating: "[", count: 1_000_000), "at byte 32: found nesting deeper than 32"),
    Case(String(repeating: "{\"a\":", count: 100_000), "nesting deeper than 32"),
  ]

  @Test(arguments: valid)
  func `good JSON says what it says`(example: Case) throws {
    #expect(try Self.read(example.text) == example.expected)
  }

  @Test(arguments: badGrammar + badNumbers + badStrings + badStructure)
  func `bad JSON is refused in words`(example: Case) throws {
    let found = try #require(fault { () throws(Fault) in _ = try Self.read(example.text) })
    let text = found.sentence.text
    #expect(found.status == .SPK_ERROR_FORMAT)
    #expect(text.hasPrefix("not good JSON at byte "), "\(text)")
    #expect(text.contains(example.expected), "\(text)")
  }

  /// Every text cut short at every byte is refused; the allocation ends where the text does, for the sanitizer.
  @Test(arguments: valid.filter { $0.text.last == 0x5D || $0.text.last == 0x7D })
  func `no beginning of an array or object is good JSON`(example: Case) {
    for length in example.text.indices {
      let found = fault { () throws(Fault) in _ = try Self.read(Array(example.text[..<length])) }
      #expect(found?.status == .SPK_ERROR_FORMAT, "\(length) bytes")
    }
  }

  @Test func `one key among many is found twice, in any order`() throws {
    let keys = (0..<20_000).map { "\"k\($0 * 7919 % 20_000)\":0" }
    let text = "{" + keys.joined(separator: ",")
    #expect(try Self.read(Array((text + "}").utf8)).utf8.count == text.utf8.count + 1)
    for key in ["k0", "k12345", "k19999"] {
      let found = fault { () throws(Fault) in
        _ = try Self.read(Array((text + ",\"\(key)\":1}").utf8))
      }
      #expect(found?.sentence.text.contains("duplicate key \"\(key)\"") == true)
    }
  }

  @Test func `values are found by key and by position`() throws {
    let text = Array(#"{"a":[[1,2],{"b":[]},"x"],"b":{"a":5},"ab":true}"#.utf8)
    let buffer = try Buffer<UInt8>(count: text.count, repeating: 0)
    for (index, byte) in text.enumerated() { buffer[index] = byte }
    let document = try JSONDocument(UnsafeBufferPointer(buffer.elements))
    let root = document.root
    #expect(root["a"]?.count == 3)
    #expect(root["a"]?[0][1].integer == 2)
    #expect(root["a"]?[2].text?.equals("x") == true)
    #expect(root["b"]?["a"]?.integer == 5)
    #expect(root["ab"]?.flag == true)
    #expect(root["x"] == nil)
    #expect(root["a"]?["b"] == nil)
    #expect(root["b"]?.count == 0)
    #expect(root["ab"]?.text == nil && root["ab"]?.integer == nil && root["a"]?.flag == nil)
    extendLifetime(document)
    extendLifetime(buffer)
  }

  /// What a text says, with ' for quotes.
  private static func read(_ text: [UInt8]) throws(Fault) -> String {
    let exact = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    defer { exact.deallocate() }
    _ = exact.initialize(from: text)
    let document = try JSONDocument(UnsafeBufferPointer(exact))
    defer { extendLifetime(document) }
    return render(document.root)
  }

  private static func render(_ value: JSONValue) -> String {
    var parts: [String] = []
    if value.isArray {
      try! value.forEachElement { (_, element) throws(Fault) in parts.append(render(element)) }
      return "[" + parts.joined(separator: ",") + "]"
    }
    if value.isObject {
      try! value.forEachMember { (key, value) throws(Fault) in
        parts.append("'" + String(decoding: key, as: UTF8.self) + "':" + render(value))
      }
      return "{" + parts.joined(separator: ",") + "}"
    }
    if let text = value.text { return "'" + String(decoding: text, as: UTF8.self) + "'" }
    if let number = value.integer { return "\(number)" }
    return value.flag.map { "\($0)" } ?? "~"
  }
}
