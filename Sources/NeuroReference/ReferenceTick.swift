import NeuroCore

extension ReferenceNetwork {
  /// One tick of every population. Section 2.
  ///
  /// Input spikes and analogue values of this tick are set before it; `spikes` of each population are
  /// those of this tick after it.
  public mutating func tick(draws: ReferenceDraws, learning: Bool, labelled: Bool) {
    let arrivals = takeRows(draws: draws, learning: learning, labelled: labelled)
    for p in populations.indices {
      switch populations[p].description.kind {
      case .leaky, .quadratic:
        integrate(population: p, arrivals: arrivals[p], draws: draws)
        populations[p].spikes = firing(population: p)
        finish(population: p)
      case .input:
        populations[p].spikes = populations[p].inputSpikes
        populations[p].inputSpikes = []
      case .analogue: break
      }
      trace(population: p, draws: draws)
      populations[p].remember()
    }
  }

  /// Steps 1 to 3: rows arrive, their weights change, and the new weights are summed.
  ///
  /// State is untouched, so that every rule reads it as it stood at the end of the last tick.
  ///
  /// - Returns: A_C(i), as [population][compartment][neuron].
  private mutating func takeRows(
    draws: ReferenceDraws, learning: Bool, labelled: Bool
  ) -> [[[Int]]] {
    var arrivals = populations.map { population in
      [[Int]](
        repeating: [Int](repeating: 0, count: population.neuronCount), count: Compartment.count)
    }
    for index in projections.indices {
      let projection = projections[index].description
      if !projection.enabled { continue }
      if projection.labelGated && !labelled { continue }
      let target = Int(projection.target)
      let compartment = Int(projection.compartment.rawValue)
      let learns = projection.hasRule && projection.learning && learning
      let otherTriggers =
        learns && (projection.rule.has(.postsynaptic) || projection.rule.has(.every))
      let values = arrivingRows(projection)
      for row in 0..<projections[index].sourceCount where values[row] != nil || otherTriggers {
        for (synapse, column) in projections[index].synapses(row: row) {
          if values[row] != nil
            && draws.isBlankedOut(
              projection: index, row: row, column: column, p: Int(projection.blankOut))
          {
            continue
          }
          if learns {
            learn(
              projection: index, synapse: synapse, row: row, column: column, value: values[row],
              draws)
          }
          guard let value = values[row] else { continue }
          let acting = projections[index].acting(projections[index].weights[synapse])
          arrivals[target][compartment][column] += acting * (1 << Int(projection.shift)) * value
        }
      }
    }
    return arrivals
  }

  /// Step 1: what multiplies each row that arrives in this tick; nil for those that do not.
  private func arrivingRows(_ projection: Projection) -> [Int?] {
    let source = populations[Int(projection.source)]
    let delay = Int(projection.delayTicks)
    if source.description.kind == .analogue { return source.values(ticksAgo: delay) }
    var values = [Int?](repeating: nil, count: source.neuronCount)
    for row in source.spikes(ticksAgo: delay) { values[row] = 1 }
    return values
  }

  /// Step 2: the weight of one synapse changes by the rule of its projection. Section 4.
  private mutating func learn(
    projection index: Int, synapse: Int, row: Int, column: Int, value: Int?,
    _ draws: ReferenceDraws
  ) {
    let projection = projections[index].description
    if projection.rule.skipsDiagonal && row == column { return }
    let source = populations[Int(projection.source)]
    let target = populations[Int(projection.target)]
    let isAnalogue = source.description.kind == .analogue
    let triggers = SynapseTriggers(
      rowArrives: value != nil, targetFired: target.spikes(ticksAgo: 1).contains(column),
      count: draws.count)
    var views = SynapseViews(weight: projections[index].weights[synapse])
    let shifts = target.description
    views.membrane = view(target.membrane[column], shift: Int(shifts.membraneViewShift))
    views.current = view(
      target.current1[column] + target.current2[column], shift: Int(shifts.currentViewShift))
    views.dendrite = view(target.dendrite[column], shift: Int(shifts.dendriteViewShift))
    views.meanDendrite = target.meanDendrite[column]
    views.preTrace =
      isAnalogue ? value! : source.description.preTrace.view(source.preTrace[row])
    views.postTrace = target.description.postTrace.view(target.postTrace[column])
    let c = draws.columnRounding(projection: index, column: column)
    let cLow = draws.lowRounding(projection: index, ruleShift: projection.rule.shift)
    let rho = draws.rowRounding(projection: index, row: row)
    projections[index].weights[synapse] = projection.rule.newWeight(
      views, triggers, rate: Int(projection.rate), bits: projections[index].bits,
      draws: RoundingDraws(c: c, cLow: cLow, rho: rho))
  }

  /// Step 4: state decays and takes its arrivals.
  private mutating func integrate(population p: Int, arrivals: [[Int]], draws: ReferenceDraws) {
    let parameters = populations[p].description
    for i in 0..<populations[p].neuronCount {
      let decays = parameters.decays[populations[p].decayIndex[i]]
      let noise = draws.noise(population: p, neuron: i, a: Int(parameters.noiseAmplitude))

      populations[p].current1[i] = saturated(
        decayed(populations[p].current1[i], by: Int(decays.current1)) + arrivals[1][i], bits: 24)
      populations[p].current2[i] = saturated(
        decayed(populations[p].current2[i], by: Int(decays.current2)) + arrivals[2][i], bits: 24)
      populations[p].dendrite[i] = saturated(
        decayed(populations[p].dendrite[i], by: Int(decays.dendrite)) + arrivals[3][i], bits: 24)

      let drive =
        divided(
          populations[p].current1[i] + populations[p].current2[i],
          byPowerOfTwo: Int(parameters.currentShift))
        + arrivals[0][i] + populations[p].bias[i] + noise
      if parameters.kind == .quadratic {
        populations[p].membrane[i] = turned(
          populations[p].membrane[i], drive: saturated(drive, bits: 24), loss: Int(decays.membrane))
      } else {
        let sum = decayed(populations[p].membrane[i], by: Int(decays.membrane)) + drive
        populations[p].membrane[i] = max(populations[p].lowerBound[i], saturated(sum, bits: 24))
      }
    }
  }

  /// Step 5: the neurons that fire, ascending.
  private func firing(population p: Int) -> [Int] {
    let population = populations[p]
    let isQuadratic = population.description.kind == .quadratic
    if !population.description.hasThreshold && !isQuadratic { return [] }
    func excess(_ i: Int) -> Int {
      population.membrane[i] - (isQuadratic ? 1 << 19 : population.threshold[i])
    }
    let candidates = (0..<population.neuronCount).filter { i in
      population.refractoryCount[i] == 0 && excess(i) > 0
    }
    let groupSize = Int(population.description.groupSize)
    if groupSize == 0 { return candidates }

    var winners: [Int] = []
    for i in candidates {
      if let last = winners.last, last / groupSize == i / groupSize {
        if excess(i) > excess(last) { winners[winners.count - 1] = i }
      } else {
        winners.append(i)
      }
    }
    return winners
  }

  /// Step 6: the reset of neurons that fired, and refractory counts.
  private mutating func finish(population p: Int) {
    let hasFired = populations[p].hasFired()
    for i in 0..<populations[p].neuronCount {
      if hasFired[i] {
        populations[p].membrane[i] = populations[p].membraneAfterSpike(i)
        populations[p].refractoryCount[i] = Int(populations[p].description.refractoryTicks)
      } else if populations[p].refractoryCount[i] > 0 {
        populations[p].refractoryCount[i] -= 1
      }
    }
  }

  /// Step 8: traces, and the mean of the dendrite.
  private mutating func trace(population p: Int, draws: ReferenceDraws) {
    let parameters = populations[p].description
    let hasFired = populations[p].hasFired()
    for i in 0..<populations[p].neuronCount {
      populations[p].preTrace[i] = parameters.preTrace.next(
        populations[p].preTrace[i], hasFired: hasFired[i])
      populations[p].postTrace[i] = parameters.postTrace.next(
        populations[p].postTrace[i], hasFired: hasFired[i])
      let ticks = Int(parameters.meanTicks)
      if ticks == 0 || draws.stream != 0 { continue }
      let sum =
        populations[p].dendriteSum[i]
        + view(populations[p].dendrite[i], shift: Int(parameters.dendriteViewShift))
      populations[p].dendriteSum[i] = min(32_767 * ticks, max(-32_768 * ticks, sum))
      if (draws.count + 1) % UInt64(ticks) == 0 {
        let doubled = 2 * populations[p].dendriteSum[i] + ticks
        populations[p].meanDendrite[i] = floorDivided(doubled, by: 2 * ticks)
        populations[p].dendriteSum[i] = 0
      }
    }
  }
}

extension Trace {
  func next(_ z: Int, hasFired: Bool) -> Int {
    if !isThere { return 0 }
    return min(Int(Law.stateLimit), decayed(z, by: Int(decay)) + (hasFired ? Int(step) : 0))
  }

  func view(_ z: Int) -> Int {
    min(255, divided(z, byPowerOfTwo: Int(viewShift)))
  }
}
