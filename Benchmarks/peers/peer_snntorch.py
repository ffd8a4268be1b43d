"""W3 in snnTorch, float32 on one thread: each tick multiplies by all weights, whoever fired. PyTorch is Debian's python3-torch, since that of
PyPI is 3 GB of packages, most of them for GPUs."""

import sys
import time

import numpy as np  # this environment's, before that which lies beside Debian's PyTorch

sys.path.append("/usr/lib/python3/dist-packages")

import snntorch
import torch

DECAY = 1 - 204 / 4096

name = "snnTorch " + snntorch.__version__
most_neurons = 1000  # all pairs of 10,000 would be 400 MB of weights, read in each tick


def tensor(values):
    return torch.from_numpy(values.astype(np.float32))


class Recurrent:
    def __init__(self, network, folder, ticks):
        self.ticks = ticks
        torch.set_num_threads(1)
        neurons, fan = network.targets.shape
        weights = np.zeros((neurons, neurons))
        weights[network.targets.ravel(), np.repeat(np.arange(neurons), fan)] = network.weights.ravel()
        self.recurrent = torch.nn.Linear(neurons, neurons)
        self.recurrent.weight.data, self.recurrent.bias.data = tensor(weights), tensor(network.bias)
        self.cells = snntorch.Leaky(beta=DECAY, threshold=network.threshold, reset_mechanism="zero")
        self.start = tensor(network.start)[None]
        self.run()

    def run(self):
        """CPU seconds of the ticks; a spike arrives in the tick after."""
        with torch.no_grad():
            membrane, fired, count = self.start.clone(), torch.zeros_like(self.start), torch.zeros(())
            start = time.process_time()
            for _ in range(self.ticks):
                fired, membrane = self.cells(self.recurrent(fired), membrane)
                count += fired.sum()
            end = time.process_time()
        self.spikes = int(count)
        return end - start
