extension Fabric {
  /// Rows of the history of a population. Spiking: row r is who fired r + 1 ticks before the coming tick. Analogue: row 0 is
  /// the held values, row r the values r ticks before.
  public func historyRows(population: Int) -> Int {
    let memory = populations[population]
    return memory.population.kind == .analogue ? memory.historyTicks : memory.historyTicks - 1
  }

  /// An element of the history, [rows][neurons]: 1 if the neuron fired, or its value.
  ///
  /// - Complexity: O(log spikes of the row).
  public func history(population: Int, _ index: Int) -> Int16 {
    let memory = populations[population]
    let (row, neuron) = index.quotientAndRemainder(dividingBy: memory.count)
    let isAnalogue = memory.population.kind == .analogue
    let age = isAnalogue ? row : row + 1
    let slot = memory.slot(ago: tickIsOpen ? age : max(age - 1, 0))
    guard !isAnalogue else { return memory.values[slot * memory.count + neuron] }
    return memory.fired(slot: slot).contains(neuron) ? 1 : 0
  }

  /// Sets an element of the history. Rows of spikes are set from neuron 0 up: neuron 0 empties its row, and a neuron that is not
  /// above the last one of the row changes nothing.
  public mutating func setHistory(population: Int, _ index: Int, to value: Int16) {
    openTick()
    let memory = populations[population]
    let (row, neuron) = index.quotientAndRemainder(dividingBy: memory.count)
    guard memory.population.kind != .analogue else {
      memory.values[memory.slot(ago: row) * memory.count + neuron] = value
      return
    }
    let fired = memory.fired(slot: memory.slot(ago: row + 1))
    if neuron == 0 { fired.clear() }
    guard value != 0, fired.last.map({ $0 < neuron }) ?? true else { return }
    fired.append(neuron)
  }
}
