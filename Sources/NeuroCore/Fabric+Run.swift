/// A step of a tick that parts do side by side.
private struct Round {
  let parts: UnsafeMutablePointer<FabricPart>
  let tick: Tick
  let isTrace: Bool
}

extension Fabric {
  /// All steps of a tick, by the crew where that pays.
  func run(_ tick: Tick) {
    if let division, division.isDone, cost(of: tick, division) >= division.leastCost {
      share(Round(parts: parts + 1, tick: tick, isTrace: false))
      joinSpikes(division)
    } else {
      parts[0].advance(tick)
    }
    if let division, division.isDone, division.traceCosts >= division.leastCost {
      share(Round(parts: parts + 1, tick: tick, isTrace: true))
    } else {
      parts[0].trace(tick)
    }
  }

  /// For tests: other kernels than the best ones of the processor.
  func useKernels(_ kernels: Kernels) {
    for part in 0..<partCount { parts[part].kernels = kernels }
  }

  private func share(_ round: Round) {
    guard let crew else { return }
    var round = round
    withUnsafeMutablePointer(to: &round) { round in
      crew.share(
        { argument, part in
          let round = argument.assumingMemoryBound(to: Round.self)
          if round.pointee.isTrace {
            round.pointee.parts[part].trace(round.pointee.tick)
          } else {
            round.pointee.parts[part].advance(round.pointee.tick)
          }
        }, round)
    }
  }

  /// Puts the spikes of the shares, each of which begins at its first neuron's place, one behind the other.
  private func joinSpikes(_ division: Division) {
    for index in 0..<populationCount where populations[index].hasMembrane {
      let fired = populations[index].firing
      fired.clear()
      for thread in 0..<division.threads {
        guard let share = parts[1 + thread].share, share.firsts[index] < share.ends[index] else {
          continue
        }
        let found = share.fired(population: index, of: fired)
        if found.halves != fired.halves + fired.count {
          (fired.halves + fired.count).update(from: found.halves, count: found.count)
        }
        for run in 0..<fired.runCount { fired.ends[run] += found.ends[run] }
      }
    }
  }

  /// What a tick is about to cost.
  private func cost(of tick: Tick, _ division: Division) -> Int {
    var cost = division.neuronCosts
    for index in 0..<projectionCount where projections[index].projection.enabled {
      let source = populations + Int(projections[index].projection.source)
      let slot = source.pointee.slot(ago: Int(projections[index].projection.delayTicks))
      let rows =
        source.pointee.population.kind == .analogue
        ? source.pointee.count : source.pointee.fired(slot: slot).count
      cost += rows * division.rowCosts[index]
    }
    return cost
  }
}
