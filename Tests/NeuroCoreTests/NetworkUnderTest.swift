@testable import NeuroCore
import NeuroReference

/// What the reference and the core both do, so that one test can hold either.
protocol NetworkUnderTest: AnyObject {
  func fire(population: Int, neuron: Int)
  /// At once, as a run with events does.
  func fire(population: Int, neurons: [Int])
  func setValues(population: Int, first: Int, _ values: [Int])
  func drawSpikes(population: Int, intensities: [Int], stream: Int, count: UInt64)
  func tick(stream: Int, count: UInt64, learning: Bool, labelled: Bool)
  func spikes(population: Int) -> [Int]
  func state(population: Int, _ variable: StateVariable) -> [Int]
  func setState(population: Int, _ variable: StateVariable, _ values: [Int])
  func weights(projection: Int) -> [Int]
  func setEnabled(projection: Int, _ on: Bool)
  func setLearning(projection: Int, _ on: Bool)
  func setRate(projection: Int, _ rate: Int)
  func clear()
}

enum Implementation: CaseIterable {
  case reference
  case core
  /// With the kernels for every processor.
  case plainCore
  /// With the work of each tick in parts.
  case twoParts
  case threeParts

  func make(_ description: NetworkDescription) -> any NetworkUnderTest {
    switch self {
    case .reference: ReferenceUnderTest(description)
    case .core: FabricUnderTest(description)
    case .plainCore: FabricUnderTest(description, kernels: .plain)
    case .twoParts: FabricUnderTest(description, parts: 2)
    case .threeParts: FabricUnderTest(description, parts: 3)
    }
  }
}

extension NetworkUnderTest {
  func membrane(_ population: Int) -> [Int] { state(population: population, .membrane) }

  /// A tick of a learning run.
  func tick(_ count: Int, learning: Bool = true, labelled: Bool = false) {
    tick(stream: 0, count: UInt64(count), learning: learning, labelled: labelled)
  }
}

final class ReferenceUnderTest: NetworkUnderTest {
  private var network: ReferenceNetwork

  init(_ description: NetworkDescription) { network = description.reference() }

  func fire(population: Int, neuron: Int) { network.fire(population: population, neuron: neuron) }

  func fire(population: Int, neurons: [Int]) {
    for neuron in neurons { fire(population: population, neuron: neuron) }
  }

  func setValues(population: Int, first: Int, _ values: [Int]) {
    network.setValues(population: population, first: first, values)
  }

  func drawSpikes(population: Int, intensities: [Int], stream: Int, count: UInt64) {
    network.drawSpikes(
      population: population, intensities: intensities,
      draws: ReferenceDraws(seed: network.seed, stream: stream, count: count))
  }

  func tick(stream: Int, count: UInt64, learning: Bool, labelled: Bool) {
    network.tick(
      draws: ReferenceDraws(seed: network.seed, stream: stream, count: count), learning: learning,
      labelled: labelled)
  }

  func spikes(population: Int) -> [Int] { network.populations[population].spikes }

  func state(population: Int, _ variable: StateVariable) -> [Int] {
    network.populations[population].state(variable)
  }

  func setState(population: Int, _ variable: StateVariable, _ values: [Int]) {
    network.populations[population].setState(variable, values)
  }

  func weights(projection: Int) -> [Int] { network.projections[projection].weights }

  func setEnabled(projection: Int, _ on: Bool) {
    network.projections[projection].description.enabled = on
  }

  func setLearning(projection: Int, _ on: Bool) {
    network.projections[projection].description.learning = on
  }

  func setRate(projection: Int, _ rate: Int) {
    network.projections[projection].description.rate = UInt16(rate)
  }

  func clear() { network.clear() }
}
