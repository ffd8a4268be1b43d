import CPlatform
import CSpikelet
import Fault
import Model

/// The largest `struct_size` that is looked at.
private let structLimit = 65_536

/// Reads a struct of the caller that begins with `struct_size`.
///
/// - Throws: ARGUMENT if it is null, smaller than this version's, or larger with bytes in use that this version does not know.
func readStruct<Value: BitwiseCopyable>(
  _ pointer: UnsafePointer<Value>?, _ name: StaticString
) throws(Fault) -> Value {
  guard let pointer else { throw Fault(.SPK_ERROR_ARGUMENT, "\(name) is null") }
  try checkStruct(UnsafeRawPointer(pointer), MemoryLayout<Value>.stride, name)
  return pointer.pointee
}

/// Reads a struct that was shorter in earlier versions; fields that the caller does not know are zero.
///
/// - Parameters:
///   - first: its bytes in the first version.
///   - second: the same in the second one, if there was another before this.
func readStruct<Value: BitwiseCopyable>(
  _ pointer: UnsafePointer<Value>?, zero: Value, first: Int, second: Int = 0, _ name: StaticString
) throws(Fault) -> Value {
  guard let pointer else { throw Fault(.SPK_ERROR_ARGUMENT, "\(name) is null") }
  let raw = UnsafeRawPointer(pointer)
  let size = Int(raw.load(as: UInt32.self))
  guard size > 0, size == first || size == second else {
    return try readStruct(pointer, name)
  }
  var value = zero
  withUnsafeMutableBytes(of: &value) {
    $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: size))
  }
  return value
}

/// Checks the `struct_size` of a struct that is about to be written.
@inline(never)
func checkStruct(
  _ pointer: UnsafeRawPointer, _ expected: Int, _ name: StaticString
) throws(Fault) {
  let size = Int(pointer.load(as: UInt32.self))
  guard size >= expected, size <= structLimit else {
    throw Fault(
      .SPK_ERROR_ARGUMENT,
      "\(name)->struct_size: \(size) found, \(expected) expected; start from the INIT macro")
  }
  for offset in expected..<max(size, expected)
  where pointer.load(fromByteOffset: offset, as: UInt8.self) != 0 {
    throw Fault(
      .SPK_ERROR_ARGUMENT,
      "\(name)->struct_size: \(size) found, and fields beyond the \(expected) bytes that this version knows are in use"
    )
  }
}

func require<Value: ~Copyable>(
  _ pointer: UnsafeMutablePointer<Value>?, _ name: StaticString
) throws(Fault) -> UnsafeMutablePointer<Value> {
  guard let pointer else { throw Fault(.SPK_ERROR_ARGUMENT, "\(name) is null") }
  return pointer
}

/// An array of the caller; null is allowed if it is empty.
func array<Value: BitwiseCopyable>(
  _ pointer: UnsafePointer<Value>?, _ count: Int, _ name: StaticString
) throws(Fault) -> UnsafeBufferPointer<Value> {
  try checkArray(pointer == nil, count, MemoryLayout<Value>.stride, name)
  return UnsafeBufferPointer(start: pointer, count: count)
}

func array<Value: BitwiseCopyable>(
  _ pointer: UnsafeMutablePointer<Value>?, _ count: Int, _ name: StaticString
) throws(Fault) -> UnsafeMutableBufferPointer<Value> {
  try checkArray(pointer == nil, count, MemoryLayout<Value>.stride, name)
  return UnsafeMutableBufferPointer(start: pointer, count: count)
}

@inline(never)
private func checkArray(
  _ isNull: Bool, _ count: Int, _ stride: Int, _ name: StaticString
) throws(Fault) {
  guard count >= 0, count <= Int.max / stride else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name): the count does not fit the address space")
  }
  guard !isNull || count == 0 else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name) is null, \(count) elements are expected")
  }
}

/// A zero-terminated text of the caller.
@inline(never)
func text(
  _ pointer: UnsafePointer<CChar>?, _ name: StaticString
) throws(Fault) -> UnsafeBufferPointer<UInt8> {
  guard let pointer else { throw Fault(.SPK_ERROR_ARGUMENT, "\(name) is null") }
  return UnsafeBufferPointer(
    start: UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self), count: strlen(pointer))
}

@inline(never)
func name(_ pointer: UnsafePointer<CChar>?, _ argument: StaticString) throws(Fault) -> Name {
  let bytes = try text(pointer, argument)
  guard let name = Name(bytes) else {
    throw Fault(
      .SPK_ERROR_ARGUMENT, "\(argument): \(bytes.count) bytes found, at most 63 expected")
  }
  return name
}

/// A number of the caller that must lie in `low ... high`.
@inline(never)
func inRange(
  _ value: UInt32, _ low: UInt32, _ high: UInt32, _ name: StaticString
) throws(Fault) -> Int {
  guard value >= low, value <= high else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name): \(value) found, \(low) .. \(high) expected")
  }
  return Int(value)
}

@inline(never)
func inRange(
  _ value: Int32, _ low: Int32, _ high: Int32, _ name: StaticString
) throws(Fault) -> Int {
  guard value >= low, value <= high else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name): \(value) found, \(low) .. \(high) expected")
  }
  return Int(value)
}

/// A number that stands for a case of an enumeration.
func oneOf<Value: RawRepresentable>(
  _ value: UInt32, _ type: Value.Type, _ name: StaticString
) throws(Fault) -> Value where Value.RawValue == UInt8 {
  guard value <= 255, let result = Value(rawValue: UInt8(value)) else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name): \(value) found, which is not defined")
  }
  return result
}

func flag(_ value: UInt32, _ name: StaticString) throws(Fault) -> Bool {
  try inRange(value, 0, 1, name) == 1
}

/// Tells the caller how many elements there are.
///
/// - Returns: false if the caller only asked for the count, with a null array.
/// - Throws: TOO_SMALL if they do not fit.
func fits<Value>(
  _ array: UnsafeMutableBufferPointer<Value>, _ count: UnsafeMutablePointer<Int>?, needed: Int,
  _ name: StaticString, countName: StaticString = "count"
) throws(Fault) -> Bool {
  try require(count, countName).pointee = needed
  guard array.baseAddress != nil else { return false }
  let capacity = array.count
  guard capacity >= needed else {
    throw Fault(
      .SPK_ERROR_TOO_SMALL, "\(name): room for \(capacity) elements found, \(needed) needed")
  }
  return true
}
