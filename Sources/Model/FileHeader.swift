import Fault
import Memory

/// Constants of the file. Source: docs/file-format.md.
enum FileFormat {
  static let name: StaticString = "spikelet"
  static let version: StaticString = "1"
  static let law: StaticString = "1"
  /// The data begins at a multiple of this many bytes in files that Spikelet writes.
  static let dataAlignment = 64
  /// Longer headers are refused.
  static let headerBytesLimit = 16 << 20
}

/// The header of a safetensors file: who wrote it, the description of the network, and where its tensors are.
struct FileHeader: ~Copyable {
  private let document: JSONDocument
  /// In ascending order of their data, without overlap or hole.
  private(set) var tensors: List<Tensor>
  /// The JSON text in `__metadata__.network`.
  let description: UnsafeBufferPointer<UInt8>
  let data: UnsafeBufferPointer<UInt8>

  /// - Throws: `SPK_ERROR_FORMAT`, `SPK_ERROR_UNSUPPORTED` for a version that is not known, `SPK_ERROR_NO_MEMORY`.
  init(_ file: UnsafeBufferPointer<UInt8>) throws(Fault) {
    let text = try FileHeader.text(file)
    let data = UnsafeBufferPointer(rebasing: file[(8 + text.count)...])
    let document: JSONDocument
    do throws(Fault) {
      document = try JSONDocument(text)
    } catch {
      throw error.at("header")
    }
    let root = document.root
    guard root.isObject, let metadata = root["__metadata__"], metadata.isObject else {
      throw Fault(.SPK_ERROR_FORMAT, "the header has no __metadata__; it is not a Spikelet model")
    }
    let description = try FileHeader.description(metadata)
    var tensors = List<Tensor>()
    try root.forEachMember { (name, value) throws(Fault) in
      guard !(name.equals("__metadata__")) else { return }
      do throws(Fault) {
        try tensors.append(try Tensor(name: name, value, dataBytes: data.count))
      } catch {
        throw error.at("tensor \"\(name.excerpt)\"")
      }
    }
    try tensors.checkLayout(dataBytes: data.count)
    self.document = document
    self.tensors = tensors
    self.description = description
    self.data = data
  }

  private static func text(
    _ file: UnsafeBufferPointer<UInt8>
  ) throws(Fault) -> UnsafeBufferPointer<UInt8> {
    guard file.count >= 8, let start = file.baseAddress else {
      throw Fault(
        .SPK_ERROR_FORMAT,
        "\(file.count) bytes are too few for a safetensors file, which begins with 8 bytes of length"
      )
    }
    let length = UInt64(
      littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    guard length >= 2, length <= UInt64(headerLimit(file)) else {
      throw Fault(
        .SPK_ERROR_FORMAT,
        "the header length is \(length), expected 2 .. \(headerLimit(file)); it is not a safetensors file, or cut"
      )
    }
    let text = UnsafeBufferPointer(rebasing: file[8..<(8 + Int(length))])
    guard text[0] == UInt8(ascii: "{") else {
      throw Fault(
        .SPK_ERROR_FORMAT, "the header does not begin with {; it is not a safetensors file")
    }
    return text
  }

  private static func headerLimit(_ file: UnsafeBufferPointer<UInt8>) -> Int {
    min(file.count - 8, FileFormat.headerBytesLimit)
  }

  /// The description, after the versions are checked.
  private static func description(
    _ metadata: JSONValue
  ) throws(Fault) -> UnsafeBufferPointer<UInt8> {
    try metadata.forEachMember { (key, value) throws(Fault) in
      guard value.text != nil else {
        throw Fault(.SPK_ERROR_FORMAT, "__metadata__: \(key.excerpt) is not a string")
      }
    }
    guard metadata["format"]?.text?.equals(FileFormat.name) == true else {
      throw Fault(
        .SPK_ERROR_FORMAT, "__metadata__: format is not \"spikelet\"; it is not a Spikelet model")
    }
    try version("version", FileFormat.version, metadata)
    try version("law", FileFormat.law, metadata)
    guard let network = metadata["network"]?.text else {
      throw Fault(.SPK_ERROR_FORMAT, "__metadata__: network is missing")
    }
    return network
  }

  private static func version(
    _ key: StaticString, _ known: StaticString, _ metadata: JSONValue
  ) throws(Fault) {
    guard let found = metadata[key]?.text else {
      throw Fault(.SPK_ERROR_FORMAT, "__metadata__: \(key) is missing")
    }
    guard found.equals(known) else {
      throw Fault(
        .SPK_ERROR_UNSUPPORTED,
        "__metadata__: \(key) is \"\(found.excerpt)\", this library knows \"\(known)\"; use a newer library"
      )
    }
  }

  /// Calls `body` with the position and the value of each element of a tensor, which is of type `Element`.
  @inline(__always)
  func read<Element: FixedWidthInteger & BitwiseCopyable>(
    _ tensor: Tensor, as type: Element.Type, _ body: (Int, Element) -> Void
  ) {
    let bytes = UnsafeRawBufferPointer(
      rebasing: UnsafeRawBufferPointer(data)[tensor.begin..<tensor.end])
    precondition(tensor.type.bytes == MemoryLayout<Element>.stride)
    for index in 0..<(bytes.count / MemoryLayout<Element>.stride) {
      let value = bytes.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Element>.stride, as: type)
      body(index, Element(littleEndian: value))
    }
  }
}
