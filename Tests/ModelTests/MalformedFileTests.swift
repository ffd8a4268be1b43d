import Fault
import Model
import NeuroCore
import Testing

struct MalformedFileTests {
  /// A file of this header and data.
  static func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
  }

  /// A file of this network, tensors and data.
  static func file(
    network: String, tensors: String = "", data: [UInt8] = [], version: String = "1",
    law: String = "1", format: String = "spikelet"
  ) -> [UInt8] {
    let escaped = network.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
    let metadata =
      #"{"format":"\#(format)","version":"\#(version)","law":"\#(law)","network":"\#(escaped)"}"#
    return file(
      #"{"__metadata__":\#(metadata)\#(tensors.isEmpty ? "" : ",")\#(tensors)}"#, data: data)
  }

  static let network = #"""
    {"populations":[{"name":"i","kind":"input","neuron_count":2},{"name":"o","kind":"leaky","neuron_count":3}],
     "projections":[{"name":"p","source":"i","target":"o"}]}
    """#

  static func dense(
    _ tensor: String = #""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]}"#,
    count: Int = 6
  ) -> [UInt8] {
    file(network: network, tensors: tensor, data: .init(repeating: 1, count: count))
  }

  static func population(_ fields: String) -> [UInt8] {
    file(network: #"{"populations":[{"name":"x",\#(fields)}]}"#)
  }

  static func sparse(_ rows: [UInt8], _ targets: [UInt8]) -> [UInt8] {
    let words: [UInt8] = (rows + targets).flatMap { [$0, 0, 0, 0] as [UInt8] }
    let (a, b) = (rows.count * 4, words.count)
    return file(
      network: network.replacing(#""target":"o""#, with: #""target":"o","connectivity":"sparse""#),
      tensors: #"""
        "p.row_starts":{"dtype":"U32","shape":[\#(rows.count)],"data_offsets":[0,\#(a)]},
        "p.targets":{"dtype":"U32","shape":[\#(targets.count)],"data_offsets":[\#(a),\#(b)]},
        "p.weight":{"dtype":"I8","shape":[\#(targets.count)],"data_offsets":[\#(b),\#(b + targets.count)]}
        """#, data: words + targets)
  }

  struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let excerpt: String
    let status: Int

    init(
      _ name: String, _ bytes: [UInt8], _ excerpt: String,
      _ fault: Fault = Fault(.SPK_ERROR_FORMAT, "")
    ) {
      testDescription = name
      self.bytes = bytes
      self.excerpt = excerpt
      status = Int(fault.status.rawValue)
    }
  }

  static let law = Fault(.SPK_ERROR_MODEL, "")
  static let unsupported = Fault(.SPK_ERROR_UNSUPPORTED, "")

  static let containerLies: [Lie] = [
    Lie("empty", [], "0 bytes are too few"),
    Lie("short", [1, 2, 3], "3 bytes are too few"),
    Lie("length beyond the file", file("{}", length: 3), "header length is 3, expected 2 .. 2"),
    Lie("huge length", file("{}", length: .max), "header length"),
    Lie("length of 2^63", file("{}", length: 1 << 63), "header length"),
    Lie("no brace", file("[]"), "does not begin with {"),
    Lie("not JSON", file("{1}"), "not good JSON"),
    Lie("twice", file(#"{"a":1,"a":1}"#), "duplicate"),
    Lie("text after", file("{} {}"), "not good JSON"),
    Lie("deep", file("{\"a\":" + String(repeating: "[", count: 100_000)), "not good JSON"),
    Lie("no metadata", file("{}"), "no __metadata__"),
    Lie("metadata number", file(#"{"__metadata__":{"a":1}}"#), "a is not a string"),
    Lie("format", file(network: "{}", format: "pt"), "format is not"),
    Lie("version", file(network: "{}", version: "2"), "version is \"2\"", unsupported),
    Lie("law", file(network: "{}", law: "9"), "law is \"9\"", unsupported),
    Lie(
      "no network", file(#"{"__metadata__":{"format":"spikelet","version":"1","law":"1"}}"#),
      "network is missing"),
    Lie("hole at the end", file(network: "{}", data: [0]), "has 1 bytes of data, its tensors 0"),
    Lie(
      "hole at the start",
      dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[1,7]}"#, count: 7),
      "begins at 1 of the data, expected 0"),
    Lie(
      "overlap",
      dense(
        #""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]},"a":{"dtype":"I8","shape":[1],"data_offsets":[5,6]}"#
      ), "begins at 5 of the data, expected 6"),
    Lie("beyond the data", dense(count: 5), "data from 0 to 5"),
    Lie(
      "backwards", dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[6,0]}"#),
      "data_offsets are 6 and 0"),
    Lie(
      "negative offset", dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[-1,5]}"#),
      "from 0 up"),
    Lie(
      "shape times size", dense(#""p.weight":{"dtype":"I16","shape":[2,3],"data_offsets":[0,6]}"#),
      "data_offsets hold 6 bytes"),
    Lie(
      "shape that overflows",
      dense(#""p.weight":{"dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,6]}"#),
      "data_offsets hold 6 bytes"),
    Lie(
      "offset beyond 64 bits",
      dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,99999999999999999999]}"#),
      "too big"),
    Lie(
      "float offset", dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6.0]}"#),
      "from 0 up"),
    Lie(
      "dtype", dense(#""p.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,6]}"#),
      "dtype \"F32\" is not known"),
    Lie("no shape", dense(#""p.weight":{"dtype":"I8","data_offsets":[0,6]}"#), "shape is missing"),
    Lie(
      "three dimensions", dense(#""p.weight":{"dtype":"I8","shape":[1,2,3],"data_offsets":[0,6]}"#),
      "1 or 2 dimensions"),
    Lie(
      "three offsets", dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6,6]}"#),
      "not two"),
    Lie(
      "key of a tensor",
      dense(#""p.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6],"x":1}"#),
      "key \"x\" is not known"),
    Lie("tensor that is no object", dense(#""p.weight":7"#), "expected a JSON object"),
  ]

  static let modelLies: [Lie] = [
    Lie(
      "other shape", dense(#""p.weight":{"dtype":"I8","shape":[3,2],"data_offsets":[0,6]}"#),
      "shape is [3, 2], expected [2, 3]"),
    Lie(
      "flat shape", dense(#""p.weight":{"dtype":"I8","shape":[6],"data_offsets":[0,6]}"#),
      "shape is [6], expected [2, 3]"),
    Lie(
      "other type", dense(#""p.weight":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}"#),
      "dtype is U8, expected I8"),
    Lie("no weights", file(network: network), "tensor \"p.weight\" is missing"),
    Lie(
      "unknown owner", dense(#""q.weight":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]}"#),
      "\"q.weight\" belongs to no"),
    Lie(
      "unknown suffix", dense(#""p.w":{"dtype":"I8","shape":[2,3],"data_offsets":[0,6]}"#),
      "\"p.w\" belongs to no"),
    Lie(
      "rows of a dense one",
      dense(#""p.targets":{"dtype":"U32","shape":[1],"data_offsets":[0,4]}"#, count: 4),
      "\"p.targets\" belongs to no"),
    Lie(
      "array of an input",
      dense(#""i.bias":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}"#, count: 8),
      "kind input has no bias", law),
    Lie("rows", sparse([0, 1, 2], [3, 0]), "has target 3, expected 0 .. 2", law),
    Lie("row starts", sparse([0, 1], [0, 0]), "shape is [2], expected [3]"),
    Lie(
      "no row starts",
      file(
        network: network.replacing(
          #""target":"o""#, with: #""target":"o","connectivity":"sparse""#),
        tensors: #""p.weight":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}"#, data: [1]),
      "\"p.row_starts\" is missing"),
    Lie("description is no JSON", file(network: "{"), "network: not good JSON"),
    Lie("description is a list", file(network: "[]"), "expected a JSON object"),
    Lie("key twice", file(network: #"{"name":"a","name":"b"}"#), "duplicate"),
    Lie("unknown key", file(network: #"{"nom":"a"}"#), "key \"nom\" is not known"),
    Lie(
      "long name", file(network: #"{"name":"\#(String(repeating: "n", count: 64))"}"#),
      "has 64 bytes", law),
    Lie("populations", file(network: #"{"populations":{}}"#), "populations is not an array"),
    Lie("no kind", population(#""neuron_count":1"#), "population 0: kind is missing"),
    Lie("kind", population(#""kind":"lazy""#), "kind \"lazy\" is not known"),
    Lie("no neurons", population(#""kind":"leaky""#), "neuron_count is 0", law),
    Lie(
      "number as text", population(#""kind":"leaky","neuron_count":"1""#),
      "neuron_count is not an integer"),
    Lie(
      "fraction", population(#""kind":"leaky","neuron_count":1.5"#),
      "neuron_count is not an integer"),
    Lie(
      "range", population(#""kind":"leaky","neuron_count":1,"refractory_ticks":256"#),
      "\"x\": refractory_ticks is 256, expected 0 .. 255", law),
    Lie(
      "key of another kind", population(#""kind":"input","neuron_count":1,"threshold":5"#),
      "key \"threshold\" is not known"),
    Lie(
      "flag", population(#""kind":"leaky","neuron_count":1,"reads_out":1"#),
      "neither true nor false"),
    Lie(
      "decays", population(#""kind":"leaky","neuron_count":1,"decays":[[1,2,3]]"#),
      "decay set 0 is not an array of 4"),
    Lie(
      "no decays", population(#""kind":"leaky","neuron_count":1,"decays":[]"#),
      "count of decays is 0", law),
    Lie(
      "threshold of a circle", population(#""kind":"quadratic","neuron_count":1,"threshold":5"#),
      "key \"threshold\" is not known"),
    Lie(
      "source", file(network: #"{"projections":[{"name":"p","source":"a","target":"b"}]}"#),
      "source \"a\" is not a population", law),
    Lie(
      "empty rule",
      file(
        network: network.replacing(#""target":"o""#, with: #""target":"o","rule":{"terms":[]}"#)),
      "count of terms is 0", law),
    Lie(
      "rule without terms",
      file(network: network.replacing(#""target":"o""#, with: #""target":"o","rule":{}"#)),
      "rule has no terms"),
    Lie(
      "key of a term",
      file(
        network: network.replacing(
          #""target":"o""#, with: #""target":"o","rule":{"terms":[{"a":1}]}"#)), "term 0: key \"a\""
    ),
    Lie(
      "reserved connectivity",
      file(
        network: network.replacing(
          #""target":"o""#, with: #""target":"o","connectivity":"shared_kernel""#)),
      "shared_kernel is reserved", unsupported),
  ]

  @Test(arguments: containerLies + modelLies)
  func `a lie is refused in words`(lie: Lie) throws {
    let found = try #require(
      fault { () throws(Fault) in _ = try Model.decode(lie.bytes, source: "it.safetensors") })
    let text = found.sentence.text
    #expect(Int(found.status.rawValue) == lie.status, "\(text)")
    #expect(text.contains(lie.excerpt), "\(text)")
    #expect(text.hasPrefix("it.safetensors: "), "\(text)")
  }

  @Test func `the files that the lies start from are good`() throws {
    #expect(try Model.decode(Self.dense()).weights(0) == [1, 1, 1, 1, 1, 1])
    #expect(try Model.decode(Self.sparse([0, 1, 2], [1, 2])).weights(0) == [1, 2])
    #expect(try Model.decode(Self.sparse([0, 0, 0], [])).weights(0).isEmpty)
    let model = try Model.decode(Self.population(#""kind":"input","neuron_count":1"#))
    #expect(model.population(0).population.gain == 32_768)
  }
}
