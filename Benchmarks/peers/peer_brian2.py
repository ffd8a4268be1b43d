"""W3 in Brian2: C++ made by `cpp_standalone`, one thread, float64, with the compiler flags that are Brian2's own (-O3 -ffast-math -march=native …)."""

import os
import subprocess

import brian2
import numpy as np
from brian2 import NeuronGroup, Network, SpikeMonitor, Synapses, device, ms, prefs, set_device

DECAY = 1 - 204 / 4096
CLOCK = '{{FILE *out = fopen("{0}", "w"); fprintf(out, "%.9f", (double)std::clock() / CLOCKS_PER_SEC); fclose(out);}}'

name = "Brian2 " + brian2.__version__


class Recurrent:
    def __init__(self, network, folder, ticks):
        """Builds the program and runs it once; a spike arrives in the tick after, before the threshold, as on the board."""
        self.folder = os.path.abspath(folder)
        set_device("cpp_standalone", build_on_run=False)
        device.reinit()
        device.activate(build_on_run=False)
        brian2.start_scope()
        brian2.defaultclock.dt = 1 * ms
        prefs.devices.cpp_standalone.openmp_threads = 0
        for slot in ("before_network_run", "after_network_run"):
            device.insert_code(slot, CLOCK.format(slot))
        neurons, fan = network.targets.shape
        cells = NeuronGroup(
            neurons,
            "dv/dt = (drive - v) / tau : 1\ndrive : 1",
            threshold="v > limit",
            reset="v = 0",
            method="exact",
            namespace={"tau": -1 / np.log(DECAY) * ms, "limit": network.threshold},
        )
        cells.v, cells.drive = network.start, network.bias / (1 - DECAY)
        synapses = Synapses(cells, cells, "w : 1", on_pre="v_post += w")
        synapses.connect(i=np.repeat(np.arange(neurons), fan), j=network.targets.ravel())
        synapses.w = network.weights.ravel()
        monitor = SpikeMonitor(cells, record=False)
        net = Network(cells, synapses, monitor)
        net.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
        net.run(ticks * ms)
        device.build(directory=self.folder, compile=True, run=True, debug=False)
        self.spikes = int(monitor.num_spikes)

    def run(self):
        """CPU seconds of the ticks, without what comes before and after them."""
        subprocess.run(["./main"], cwd=self.folder, stdout=subprocess.DEVNULL, check=True)
        start, end = (float(open(os.path.join(self.folder, slot)).read()) for slot in ("before_network_run", "after_network_run"))
        return end - start
