/// A run of neurons of one population, placed on one core.
public struct Slice: BitwiseCopyable, Sendable {
  public var core: Int32
  public var population: Int32
  public var first: Int32
  public var count: Int32

  public init(core: Int32, population: Int32, first: Int32, count: Int32) {
    self.core = core
    self.population = population
    self.first = first
    self.count = count
  }
}
