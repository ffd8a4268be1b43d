import CPlatform
import Fault
import Memory
import NeuroCore

/// A network: populations and projections with their parameters and weights, numbered in the order they were added.
///
/// Whatever is added or set keeps to docs/numerics.md by itself; what only shows in the whole is left to `check()`.
public struct Model: ~Copyable {
  public let name: Name
  var populations: List<PopulationEntry>
  var projections: List<ProjectionEntry>
  /// Where the session stood whose state the model holds; nil if it holds none.
  public internal(set) var snapshot: Optional<Snapshot>

  /// A model without populations.
  ///
  /// - Parameter name: up to 63 bytes; may be empty.
  /// - Throws: `SPK_ERROR_MODEL` if `name` is not UTF-8 without control characters.
  public init(name: Name) throws(Fault) {
    try name.check("model")
    self.name = name
    populations = List()
    projections = List()
    snapshot = nil
  }

  public var populationCount: Int { populations.count }
  public var projectionCount: Int { projections.count }

  /// - Precondition: `index` is below `populationCount`.
  public func population(_ index: Int) -> PopulationEntry { populations[index] }

  /// - Precondition: `index` is below `projectionCount`.
  public func projection(_ index: Int) -> ProjectionEntry { projections[index] }

  /// The number of the population of this name. O(populations).
  public func findPopulation(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    let entries = UnsafeBufferPointer(populations.elements)
    for index in 0..<entries.count where entries[index].name == name { return index }
    return nil
  }

  /// The number of the projection of this name. O(projections).
  public func findProjection(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    let entries = UnsafeBufferPointer(projections.elements)
    for index in 0..<entries.count where entries[index].name == name { return index }
    return nil
  }

  /// The population of this role; there is one at most, but for `.none`.
  public func population(role: Role) -> Int? {
    for index in 0..<populations.count where populations[index].role == role { return index }
    return nil
  }

  deinit {
    for index in 0..<populations.count {
      let arrays = populations[index].arrays
      for parameter in arrays.indices { free(arrays[parameter]) }
      free(populations[index].state)
      free(populations[index].history)
    }
    for index in 0..<projections.count {
      let entry = projections[index]
      free(entry.weights8)
      free(entry.weights16)
      free(entry.rowStarts)
      free(entry.targets)
    }
  }
}

/// `count` zeros; the pages are not touched until they are written.
///
/// - Throws: `SPK_ERROR_NO_MEMORY` if they cannot be had.
func allocateZeros<Element: BitwiseCopyable & FixedWidthInteger>(
  _ type: Element.Type, count: Int
) throws(Fault) -> UnsafeMutablePointer<Element> {
  try allocateZeroBytes(count: count, stride: MemoryLayout<Element>.stride)
    .bindMemory(to: type, capacity: max(count, 1))
}

@inline(never)
private func allocateZeroBytes(
  count: Int, stride: Int
) throws(Fault) -> UnsafeMutableRawPointer {
  guard let raw = calloc(max(count, 1), stride) else {
    throw Fault(
      .SPK_ERROR_NO_MEMORY, "out of memory: \(count) elements of \(stride) bytes were asked for")
  }
  return raw
}
