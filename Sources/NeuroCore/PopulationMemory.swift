import CKernels

/// One population at run time: state, parameters, and what fired in the last ticks.
struct PopulationMemory: BitwiseCopyable {
  let population: Population
  /// Neurons: of the population, or, in a view of some of them, of those.
  private(set) var count: Int
  /// The neuron that arrays begin with; 0 but in a view.
  private(set) var firstNeuron = 0
  /// Of the population: from one tick of the history to the next.
  let wholeCount: Int
  /// Neurons that arrays of those with a membrane have room for.
  var width: Int { paddedCount(count) }
  /// Ticks of history kept: the longest delay of a projection from here, the last tick where a rule asks who fired in it, and the
  /// current one.
  let historyTicks: Int
  /// Where the current tick stands in the history.
  var slot = 0

  /// [width] each of V, I1, I2, U.
  private(set) var state: InlineArray<4, UnsafeMutablePointer<Int32>>
  private(set) var refractory: UnsafeMutablePointer<UInt8>
  let hasMembrane: Bool
  /// The first decay set.
  let firstDecays: DecaySet
  /// Whether its neurons are leaky, share all parameters, lose at most 511/4096 of V a tick, do not become refractory, and have no
  /// noise and no groups.
  let isPlain: Bool
  /// Whether a program has made neurons refractory.
  var mayWait = false
  /// Whether it has any of the following.
  let hasTraces: Bool
  /// [count] each where the population has them, and nothing else. The last are M and S of the law.
  private(set) var preTrace: UnsafeMutablePointer<Int32>
  private(set) var postTrace: UnsafeMutablePointer<Int32>
  private(set) var meanDendrite: UnsafeMutablePointer<Int32>
  private(set) var dendriteSum: UnsafeMutablePointer<Int32>
  /// [count] each, by `NeuronParameter`; read only where the population says that it has the array.
  private(set) var parameters: InlineArray<5, UnsafeMutablePointer<Int32>>
  /// [historyTicks][count] neurons that fired, ascending, and [historyTicks] how many.
  let spikes: UnsafeMutablePointer<UInt32>
  let spikeCounts: UnsafeMutablePointer<Int32>
  /// [historyTicks][count] values of an analogue population.
  let values: UnsafeMutablePointer<Int16>
  /// Compartments that some projection arrives at, bit by `Compartment`.
  var arrivalCompartments: UInt8 = 0

  init(_ population: Population, historyTicks: Int, arena: inout Arena) {
    var settled = population
    settled.closeCircle()
    self.population = settled
    self.historyTicks = historyTicks
    count = Int(population.neuronCount)
    wholeCount = count
    let neurons = population.kind.hasMembrane ? paddedCount(count) : 0
    state = [
      arena.take(Int32.self, neurons), arena.take(Int32.self, neurons),
      arena.take(Int32.self, neurons), arena.take(Int32.self, neurons),
    ]
    refractory = arena.take(UInt8.self, neurons)
    hasMembrane = population.kind.hasMembrane
    firstDecays = population.decays[0]
    isPlain =
      population.kind == .leaky && population.hasThreshold && population.groupSize <= 1
      && population.noiseAmplitude == 0 && population.refractoryTicks == 0
      && population.decays[0].membrane <= 511 && population.perNeuron == 0
    let size = paddedCount(count)
    func array(_ variable: StateVariable) -> UnsafeMutablePointer<Int32> {
      arena.take(Int32.self, population.has(variable) ? size : 0)
    }
    preTrace = array(.preTrace)
    postTrace = array(.postTrace)
    meanDendrite = array(.meanDendrite)
    dendriteSum = array(.dendriteSum)
    hasTraces =
      population.has(.preTrace) || population.has(.postTrace) || population.has(.meanDendrite)
    func array(_ parameter: NeuronParameter) -> UnsafeMutablePointer<Int32> {
      arena.take(Int32.self, population.hasArray(parameter) ? neurons : 0)
    }
    parameters = [
      array(.threshold), array(.bias), array(.resetValue), array(.lowerBound), array(.decayIndex),
    ]
    let analogue = population.kind == .analogue
    spikes = arena.take(UInt32.self, analogue ? 0 : historyTicks * count)
    spikeCounts = arena.take(Int32.self, historyTicks)
    values = arena.take(Int16.self, analogue ? historyTicks * count : 0)
  }

  @inline(__always)
  func value(_ parameter: NeuronParameter, shared: Int32, _ neuron: Int) -> Int32 {
    population.hasArray(parameter) ? parameters[Int(parameter.rawValue)][neuron] : shared
  }

  func array(_ parameter: NeuronParameter) -> UnsafeMutablePointer<Int32> {
    parameters[Int(parameter.rawValue)]
  }

  func decays(_ neuron: Int) -> DecaySet {
    population.decays[Int(value(.decayIndex, shared: 0, neuron))]
  }

  /// The history slot of `delay` ticks ago.
  func slot(ago delay: Int) -> Int {
    let index = slot - delay
    return index < 0 ? index + historyTicks : index
  }

  func fired(slot: Int) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: spikes + slot * wholeCount, count: Int(spikeCounts[slot]))
  }

  /// Neurons that fired in the last tick.
  var firedLast: UnsafeBufferPointer<UInt32> { fired(slot: slot(ago: 1)) }

  /// Adds a neuron to those that fire in the current tick.
  func append(_ neuron: Int) {
    spikes[slot * wholeCount + Int(spikeCounts[slot])] = UInt32(truncatingIfNeeded: neuron)
    spikeCounts[slot] += 1
  }

  /// Opens the next tick: nothing has fired, values are held.
  mutating func advance() {
    let previous = slot
    slot = slot + 1 == historyTicks ? 0 : slot + 1
    spikeCounts[slot] = 0
    if population.kind == .analogue, slot != previous {
      (values + slot * count).update(from: values + previous * count, count: count)
    }
  }

  /// A view of neurons first ..< end: all arrays but those of the history begin with them.
  ///
  /// - Parameters:
  ///   - first: a multiple of 64.
  func view(first: Int, end: Int) -> PopulationMemory {
    var view = self
    view.firstNeuron = first
    view.count = end - first
    for compartment in 0..<4 { view.state[compartment] += first }
    view.refractory += first
    view.preTrace += first
    view.postTrace += first
    view.meanDendrite += first
    view.dendriteSum += first
    for parameter in 0..<5 { view.parameters[parameter] += first }
    return view
  }

  mutating func clear() {
    kernels_zero(spikeCounts, 4 * historyTicks)
    if population.kind == .analogue { kernels_zero(values, 2 * historyTicks * count) }
    population.forEachVariable { variable in
      if let words = words(variable) {
        kernels_zero(words, 4 * count)
      } else {
        kernels_zero(refractory, count)
      }
    }
    mayWait = false
  }
}
