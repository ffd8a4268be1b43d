"""W3 in Nengo: its reference simulator on NumPy and SciPy, float64. Each tick multiplies by all weights, whoever fired."""

import time

import nengo
import numpy as np

TICK = 0.001
DECAY = 1 - 204 / 4096

name = "Nengo " + nengo.__version__


class Recurrent:
    def __init__(self, network, folder, ticks):
        """Nengo's neurons have a threshold of 1, spikes of 1 / TICK, and take up 1 − DECAY of what comes in."""
        self.ticks = ticks
        neurons, fan = network.targets.shape
        unit = 1 / (network.threshold * (1 - DECAY))
        places = np.stack([network.targets.ravel(), np.repeat(np.arange(neurons), fan)], axis=1)
        transform = nengo.Sparse((neurons, neurons), indices=places, init=network.weights.ravel() * unit * TICK)
        with nengo.Network(seed=1) as model:
            kind = nengo.LIF(
                tau_rc=-TICK / np.log(DECAY),
                tau_ref=0,
                min_voltage=-1e6,
                initial_state={"voltage": nengo.dists.Samples(network.start / network.threshold)},
            )
            cells = nengo.Ensemble(neurons, 1, neuron_type=kind, gain=np.ones(neurons), bias=network.bias * unit)
            nengo.Connection(cells.neurons, cells.neurons, transform=transform, synapse=0)
            self.probe = nengo.Probe(cells.neurons)
        self.simulator = nengo.Simulator(model, dt=TICK, progress_bar=False)
        self.run()
        self.spikes = int(np.count_nonzero(self.simulator.data[self.probe]))

    def run(self):
        """CPU seconds of the ticks."""
        self.simulator.reset()
        start = time.process_time()
        self.simulator.run_steps(self.ticks)
        return time.process_time() - start
