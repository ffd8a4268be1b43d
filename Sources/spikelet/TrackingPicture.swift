import Foundation
import Training

/// What a network that tracks a signal does on the board in one trial, and what its weights are like: figure 2 of [Huh2018].
struct TrackingPicture {
  private(set) var drawing = Drawing(width: 860, height: 900)
  private let network: Network
  private let task: any TrainingTask
  private let currents: Currents
  private static let colours = ["#c0392b", "#2471a3", "#1e8449", "#7d3c98"]

  init(
    _ network: Network, _ task: any TrainingTask, _ session: BoardSession, _ currents: Currents,
    _ report: BoardReport
  ) throws(Failure) {
    self.network = network
    self.task = task
    self.currents = currents
    let board = try session.run(currents.trials, lane: 0)
    drawSignals(board.output, report)
    drawSpikes(board.spikes)
    drawCurrents()
    drawWeights()
  }

  private var milliseconds: Double { Double(task.tickCount) * task.dynamics.tickMilliseconds }

  private func time(_ tick: Int) -> Double { Double(tick) * task.dynamics.tickMilliseconds }

  private func panel(top: Double, height: Double, y: ClosedRange<Double>) -> Drawing.Panel {
    Drawing.Panel(left: 80, top: top, width: 740, height: height, x: 0...milliseconds, y: y)
  }

  private mutating func drawSignals(_ output: [Double], _ report: BoardReport) {
    let count = task.shape.outputCount
    let targets = currents.trials.targets.map { Double($0[0]) }
    let largest = (output + targets).map(abs).max() ?? 1
    let panel = panel(top: 40, height: 190, y: -largest...largest)
    drawing.frame(
      panel,
      title: String(
        format: "Read-out of the board, and target (dashed); NRMSE %.3f", report.boardError),
      x: "milliseconds", y: "")
    for signal in 0..<count {
      let ticks = 0..<task.tickCount
      let colour = Self.colours[signal % Self.colours.count]
      drawing.line(panel, ticks.map { (time($0), output[$0 * count + signal]) }, colour)
      drawing.line(
        panel, ticks.map { (time($0), targets[$0 * count + signal]) }, "#333", dashed: true)
    }
  }

  private mutating func drawSpikes(_ spikes: [BoardSession.Spike]) {
    let panel = panel(top: 285, height: 110, y: -1...Double(task.shape.neuronCount))
    drawing.frame(panel, title: "Spikes on the board", x: "milliseconds", y: "neuron")
    drawing.dots(panel, spikes.map { (time($0.tick), Double($0.neuron)) }, "#333", radius: 1.2)
  }

  /// Of the neuron that is driven most.
  private mutating func drawCurrents() {
    let n = task.shape.neuronCount
    let totals = (0..<n).map { neuron in
      stride(from: neuron, to: currents.excitation.count, by: n).reduce(0) {
        $0 + Double(currents.excitation[$1][0])
      }
    }
    let neuron = totals.indices.max { totals[$0] < totals[$1] } ?? 0
    let excitation = (0..<task.tickCount).map { Double(currents.excitation[$0 * n + neuron][0]) }
    let inhibition = (0..<task.tickCount).map { Double(currents.inhibition[$0 * n + neuron][0]) }
    let largest = (excitation + inhibition).max() ?? 1
    let panel = panel(top: 450, height: 130, y: 0...max(largest, 1e-9))
    drawing.frame(
      panel,
      title: String(
        format: "Excitation (red) and inhibition (blue) of neuron %d; correlation over all %.2f",
        neuron,
        currents.correlation), x: "milliseconds", y: "")
    drawing.line(panel, excitation.enumerated().map { (time($0), $1) }, Self.colours[0])
    drawing.line(panel, inhibition.enumerated().map { (time($0), $1) }, Self.colours[1])
  }

  private mutating func drawWeights() {
    let learnt = network.parameters[.fast]
    let balanced = network.parameters.balancedWeights
    let width = learnt.map(abs).max() ?? 1
    let height = balanced.map(abs).max() ?? 1
    let panel = Drawing.Panel(
      left: 80, top: 640, width: 230, height: 230, x: -height...height, y: -width...width)
    drawing.frame(
      panel,
      title: String(
        format: "Fast weights against −U·O; cosine %.3f", network.parameters.fastWeightCosine),
      x: "−U·O", y: "learnt")
    let n = task.shape.neuronCount
    let points = learnt.indices.filter { $0 / n != $0 % n }.map { (balanced[$0], learnt[$0]) }
    drawing.dots(panel, points, Self.colours[1], radius: 1.5)
  }
}
