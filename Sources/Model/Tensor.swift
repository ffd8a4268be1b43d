import Fault
import Memory

/// Types of tensors that a model has; the words are those of safetensors.
enum TensorType: UInt8, Word {
  case int8 = 0
  case uint8 = 1
  case int16 = 2
  case int32 = 3
  case uint32 = 4

  var bytes: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16: 2
    case .int32, .uint32: 4
    }
  }

  var word: StaticString {
    switch self {
    case .int8: "I8"
    case .uint8: "U8"
    case .int16: "I16"
    case .int32: "I32"
    case .uint32: "U32"
    }
  }
}

/// One entry of a safetensors header: what it says of itself, and its bytes in the file.
struct Tensor: BitwiseCopyable {
  /// Its key, in the header's document.
  let name: UnsafeBufferPointer<UInt8>
  let type: TensorType
  /// At most two dimensions; `columns` is nil if there is one.
  let rows: Int
  let columns: Int?
  /// Offsets from the start of the data.
  let begin: Int
  let end: Int

  /// - Throws: `SPK_ERROR_FORMAT` if the entry is not well formed or contradicts itself.
  init(name: UnsafeBufferPointer<UInt8>, _ value: JSONValue, dataBytes: Int) throws(Fault) {
    self.name = name
    var reader = try ObjectReader(value)
    type = try reader.word("dtype")
    guard let shape = try reader.array("shape"), shape.count == 1 || shape.count == 2 else {
      throw Fault(.SPK_ERROR_FORMAT, "shape is missing or has not 1 or 2 dimensions")
    }
    guard let offsets = try reader.array("data_offsets"), offsets.count == 2 else {
      throw Fault(.SPK_ERROR_FORMAT, "data_offsets are missing or not two")
    }
    try reader.finish()
    rows = try Tensor.size("shape", shape[0])
    columns = shape.count == 2 ? try Tensor.size("shape", shape[1]) : nil
    begin = try Tensor.size("data_offsets", offsets[0])
    end = try Tensor.size("data_offsets", offsets[1])
    guard begin <= end, end <= dataBytes else {
      throw Fault(
        .SPK_ERROR_FORMAT,
        "data_offsets are \(begin) and \(end), the file has data from 0 to \(dataBytes)")
    }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns ?? 1)
    let (bytes, overflowBytes) = count.multipliedReportingOverflow(by: type.bytes)
    guard !overflow, !overflowBytes, bytes == end - begin else {
      throw Fault(
        .SPK_ERROR_FORMAT, "data_offsets hold \(end - begin) bytes, which dtype and shape do not")
    }
  }

  private static func size(_ key: StaticString, _ value: JSONValue) throws(Fault) -> Int {
    guard let size = value.integer, size >= 0 else {
      throw Fault(.SPK_ERROR_FORMAT, "\(key) has something other than a number from 0 up")
    }
    return size
  }

  /// - Throws: `SPK_ERROR_FORMAT` unless the tensor has this type and shape.
  func expect(_ type: TensorType, _ rows: Int, _ columns: Int? = nil) throws(Fault) {
    guard self.type == type else {
      throw Fault(
        .SPK_ERROR_FORMAT,
        "tensor \"\(name.excerpt)\": dtype is \(self.type.word), expected \(type.word)")
    }
    guard self.rows == rows, self.columns == columns else {
      throw Fault(
        .SPK_ERROR_FORMAT,
        "tensor \"\(name.excerpt)\": shape is \(Tensor.shape(self.rows, self.columns)), expected \(Tensor.shape(rows, columns))"
      )
    }
  }

  private static func shape(_ rows: Int, _ columns: Int?) -> Sentence {
    if let columns { return "[\(rows), \(columns)]" }
    return "[\(rows)]"
  }
}

extension List<Tensor> {
  /// Sorts by offset and asks that the tensors fill the data without overlap or hole, as safetensors demands.
  mutating func checkLayout(dataBytes: Int) throws(Fault) {
    let tensors = elements
    heapsort(count) { left, right in
      let (left, right) = (tensors[left], tensors[right])
      return left.begin != right.begin ? left.begin < right.begin : left.end < right.end
    } swap: {
      tensors.swapAt($0, $1)
    }
    var end = 0
    for index in 0..<count {
      guard self[index].begin == end else {
        throw Fault(
          .SPK_ERROR_FORMAT,
          "tensor \"\(self[index].name.excerpt)\" begins at \(self[index].begin) of the data, expected \(end): no overlap, no hole"
        )
      }
      end = self[index].end
    }
    try expectEnd(end, dataBytes)
  }

  private func expectEnd(_ end: Int, _ dataBytes: Int) throws(Fault) {
    guard end == dataBytes else {
      throw Fault(
        .SPK_ERROR_FORMAT, "the file has \(dataBytes) bytes of data, its tensors \(end)")
    }
  }
}
