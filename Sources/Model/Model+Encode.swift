import Fault
import Memory
import NeuroCore

extension Model {
  /// Checks the model and writes it as safetensors.
  ///
  /// Equal models give equal bytes. Tensors of larger elements come first, so each is aligned to its elements.
  ///
  /// - Throws: what `check()` throws, or `SPK_ERROR_NO_MEMORY`.
  public func encode() throws(Fault) -> Buffer<UInt8> {
    try check()
    var description = JSONWriter()
    try writeDescription(&description)
    var layout = TensorLayout()
    try layout.openHeader(description.text)
    try forEachTensor { (tensor) throws(Fault) in try layout.place(tensor) }
    try layout.closeHeader()
    let file = try Buffer<UInt8>(
      count: 8 + layout.header.text.count + layout.dataBytes, repeating: 0)
    let bytes = UnsafeMutableRawPointer(file.base)
    let headerBytes = layout.header.text.count
    bytes.storeBytes(of: UInt64(headerBytes).littleEndian, as: UInt64.self)
    (bytes + 8).copyMemory(
      from: layout.header.text.elements.baseAddress.unsafelyUnwrapped, byteCount: headerBytes)
    var end = bytes + 8 + headerBytes
    try forEachTensor { (tensor) throws(Fault) in
      tensor.write(to: end)
      end += tensor.byteCount
    }
    return file
  }

  /// Every array of the model in the order of the file: elements of 4, 2, then 1 byte; of each size populations first.
  private func forEachTensor(
    _ body: (ArrayView) throws(Fault) -> Void
  ) throws(Fault) {
    var size = 4
    while size > 0 {
      for index in 0..<populationCount {
        let rows = historyRows(population: index)
        for number in 0..<PopulationTensor.count {
          guard let tensor = PopulationTensor(rawValue: UInt8(number)),
            let view = ArrayView(population(index), tensor, historyRows: rows),
            view.type.bytes == size
          else { continue }
          try body(view)
        }
      }
      for index in 0..<projectionCount {
        for number in 0..<ProjectionTensor.count {
          guard let suffix = ProjectionTensor(rawValue: UInt8(number)) else { continue }
          let entry = projection(index)
          if let view = ArrayView(entry, suffix, shape(entry.projection)), view.type.bytes == size {
            try body(view)
          }
        }
      }
      size /= 2
    }
  }
}

/// The header of a file as it grows: entries take the data one after the other.
private struct TensorLayout: ~Copyable {
  var header = JSONWriter()
  var dataBytes = 0

  mutating func openHeader(_ description: borrowing List<UInt8>) throws(Fault) {
    try header.open("{")
    try header.key("__metadata__")
    try header.open("{")
    try header.key("format")
    try header.string(FileFormat.name)
    try header.key("version")
    try header.string(FileFormat.version)
    try header.key("law")
    try header.string(FileFormat.law)
    try header.key("network")
    try header.string(UnsafeBufferPointer(description.elements))
    try header.close("}")
  }

  mutating func place(_ tensor: ArrayView) throws(Fault) {
    try header.key(tensor.name, tensor.suffix)
    try header.open("{")
    try header.key("dtype")
    try header.string(tensor.type.word)
    try header.key("shape")
    try header.open("[")
    try header.integer(tensor.rows)
    if let columns = tensor.columns { try header.integer(columns) }
    try header.close("]")
    try header.key("data_offsets")
    try header.open("[")
    try header.integer(dataBytes)
    dataBytes += tensor.byteCount
    try header.integer(dataBytes)
    try header.close("]")
    try header.close("}")
  }

  /// Ends the header with spaces, so that the data is aligned in the file.
  mutating func closeHeader() throws(Fault) {
    try header.close("}")
    try header.pad(alignment: FileFormat.dataAlignment, remainder: FileFormat.dataAlignment - 8)
  }
}
