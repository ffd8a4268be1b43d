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
  /// Neurons that kernels go through, for which arrays have room.
  var width: Int { padded(count, to: neuronsAtOnce) }
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
  /// [historyTicks][count] and [historyTicks][runs] of the lists of neurons that fired.
  private let spikes: UnsafeMutablePointer<UInt16>
  private let spikeEnds: UnsafeMutablePointer<Int32>
  private let runCount: Int
  /// [historyTicks][count] values of an analogue population.
  let values: UnsafeMutablePointer<Int16>
  /// Compartments whose state may not be 0, since a projection arrives there or a program wrote to it; bit by `Compartment`.
  var liveCompartments: UInt8 = 0

  init(_ population: Population, historyTicks: Int, arena: inout Arena) {
    var settled = population
    settled.closeCircle()
    self.population = settled
    self.historyTicks = historyTicks
    count = Int(population.neuronCount)
    wholeCount = count
    let size = padded(count, to: neuronsAtOnce)
    let neurons = population.kind.hasMembrane ? size : 0
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
    runCount = SpikeList.runCount(neurons: count)
    spikes = arena.take(UInt16.self, analogue ? 0 : historyTicks * count)
    spikeEnds = arena.take(Int32.self, historyTicks * runCount)
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

  /// Neurons that fired in the tick of a history slot.
  func fired(slot: Int) -> SpikeList {
    SpikeList(
      halves: spikes + slot * wholeCount, ends: spikeEnds + slot * runCount, runCount: runCount)
  }

  /// Those that fired in the last tick, and in the current one.
  var firedLast: SpikeList { fired(slot: slot(ago: 1)) }
  var firing: SpikeList { fired(slot: slot) }

  /// Opens the next tick: nothing has fired, values are held.
  mutating func advance() {
    let previous = slot
    slot = slot + 1 == historyTicks ? 0 : slot + 1
    firing.clear()
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
    kernels_zero(spikeEnds, 4 * historyTicks * runCount)
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

/// Neurons that kernels take together.
let neuronsAtOnce = 16

/// A count rounded up to a multiple of a power of 2.
func padded(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) & ~(multiple - 1) }
