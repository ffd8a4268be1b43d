"""W3 on a board in the process beside the same network in other simulators: same neurons, synapses, weights and start, one thread each.

    peers.py FOLDER   installs the simulators beside this Python, prints a table, and writes FOLDER/peers.json

A figure is the median of the ratios of pairs, CPU time for CPU time, each by its own synaptic events. A simulator that cannot be
installed or imported is named and skipped.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[library + "_NUM_THREADS"] = "1"

import importlib
import json
import statistics
import subprocess
import sys
import types

# Debian's PyTorch, which snnTorch runs on, is of the time before numpy 2.
PEERS = {
    "peer_brian2": "brian2>=2.9,<3 numpy<2",
    "peer_nengo": "nengo>=4.1,<5 scipy numpy<2",
    "peer_snntorch": "--no-deps snntorch>=0.9,<2",
}
NETWORKS = [(1000, 2, 31), (10000, 10, 7)]  # neurons, cores of the board, pairs
TICKS = 1000
INSTALL_SECONDS = 600


class Board:
    def __init__(self, folder, neurons, cores):
        self.file = os.path.join(folder, f"peers-{neurons}.bin")
        self.process = subprocess.Popen(
            [os.path.join(folder, "peer_board"), str(neurons), str(cores), self.file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.spikes = int(self.process.stdout.readline())

    def run(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit("peer_board failed")


def read_network(path):
    """In weights: [neurons] start and bias, [neurons, fan] targets and weights."""
    import numpy as np  # not before pip has settled its version

    with open(path, "rb") as file:
        neurons, fan, threshold = (int(value) for value in np.fromfile(file, np.int32, 3))
        bias, start = (np.fromfile(file, np.int32, neurons) / 16 for _ in range(2))
        targets = np.fromfile(file, np.uint16, neurons * fan).astype(np.int64).reshape(neurons, fan)
        weights = np.fromfile(file, np.int8, neurons * fan).astype(float).reshape(neurons, fan)
    return types.SimpleNamespace(threshold=threshold / 16, bias=bias, start=start, targets=targets, weights=weights)


def load(module, requirement):
    """The module of a simulator, or null."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirement.split()]
    try:
        subprocess.run(pip, check=True, timeout=INSTALL_SECONDS)
        return importlib.import_module(module)
    except Exception as error:  # whatever keeps it from being imported
        print(f"skipped {module}: {error}")
        return None


def measure(board, peer, network, folder, pairs):
    neurons, fan = network.targets.shape
    side = peer.Recurrent(network, os.path.join(folder, f"{peer.__name__}-{neurons}"), TICKS)
    times = [(board.run(), side.run()) for _ in range(pairs + 1)][1:]  # the first only warms up
    own = [seconds / (board.spikes * fan) * 1e9 for seconds, _ in times]
    other = [seconds / (side.spikes * fan) * 1e9 for _, seconds in times]
    return {
        "peer": peer.name,
        "neurons": neurons,
        "synapses": neurons * fan,
        "ticks": TICKS,
        "pairs": pairs,
        "board_spikes": board.spikes,
        "peer_spikes": side.spikes,
        "board_ns_per_event": statistics.median(own),
        "peer_ns_per_event": statistics.median(other),
        "peer_in_board": statistics.median(b / a for a, b in zip(own, other)),
    }


def main(folder):
    peers = [peer for peer in (load(*item) for item in PEERS.items()) if peer]
    rows = []
    print(f"{'':16}{'neurons':>8}{'synapses':>10}{'spikes':>8}{'board':>8}{'ns/event':>9}{'board':>8}{'ratio':>8}")
    for neurons, cores, pairs in NETWORKS:
        board = Board(folder, neurons, cores)
        network = read_network(board.file)
        for peer in peers:
            if neurons > getattr(peer, "most_neurons", neurons):
                continue
            row = measure(board, peer, network, folder, pairs)
            rows.append(row)
            print(
                f"{row['peer']:16}{neurons:8}{row['synapses']:10}{row['peer_spikes']:8}{row['board_spikes']:8}"
                f"{row['peer_ns_per_event']:9.3f}{row['board_ns_per_event']:8.3f}{row['peer_in_board']:8.2f}",
                flush=True,
            )
        board.close()
        os.remove(board.file)
    with open(os.path.join(folder, "peers.json"), "w") as out:
        json.dump(rows, out, indent=2)
    return 0 if rows else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: peers.py FOLDER")
    sys.exit(main(sys.argv[1]))
