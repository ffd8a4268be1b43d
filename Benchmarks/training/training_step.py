"""A step of a training, forward, backward and Adam, in PyTorch with autograd beside Spikelet's, in turns.

    training_step.py PROGRAM FOLDER

PROGRAM is training-step, which writes the networks to FOLDER. Both start from the same parameters and trials; losses and gradients
must agree, else this fails. Writes FOLDER/training.json. Equations: docs/training.md.
"""

import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import torch

THREADS = 2
TURNS = 25
BLOCKS = ["input", "fast", "slow", "read_out", "bias"]


class Network:
    def __init__(self, folder, name):
        self.about = about = json.loads((folder / f"{name}.json").read_text())
        values = torch.from_numpy(numpy.fromfile(folder / f"{name}.f32", numpy.float32))
        n, trials, ticks = about["neurons"], about["trials"], about["ticks"]
        shapes = [
            (n, about["inputs"]),
            (n * about["fast"], n),
            (n * about["slow"], n),
            (about["outputs"], n),
            (n,),
        ]

        def take(*shape):
            nonlocal values
            count = math.prod(shape)
            taken, values = values[:count].reshape(shape).clone(), values[count:]
            return taken

        self.parameters = {block: take(*shape) for block, shape in zip(BLOCKS, shapes)}
        self.inputs = take(trials, ticks, about["inputs"])
        self.targets = take(trials, ticks, about["outputs"])
        self.importance = take(trials, ticks, about["outputs"])
        self.gradient = {block: take(*shape) for block, shape in zip(BLOCKS, shapes)}
        self.off_diagonal = 1 - torch.eye(n)
        for parameter in self.parameters.values():
            parameter.requires_grad_()
        self.adam = torch.optim.Adam(
            [p for p in self.parameters.values() if p.numel()], lr=1e-4
        )

    def released(self, v):
        u = ((v - 1 + self.about["zone"]) / self.about["zone"]).clamp(0, 1)
        return u * u * (3 - 2 * u)

    def advance(self, v, drive):
        """The voltage a tick later, and the spikes of it."""
        about = self.about
        if about.get("quadratic"):
            share = 1 - torch.cos(2 * math.pi * v)
            free = v + about["membrane_loss"] * (2 - share) + about["dt"] * share * drive
            free = free.clamp(0, 2)
            spikes = (free.detach() > 1).to(free.dtype)
        else:
            free = (1 - about["membrane_loss"]) * v + about["dt"] * drive
            free = free.clamp(about["lower"], about["upper"])
            spikes = (free.detach() >= 1).to(free.dtype)
        return free - spikes, spikes

    def loss(self):
        about, blocks = self.about, self.parameters
        heard = torch.nn.functional.pad(self.inputs[:, :-1], (0, 0, 1, 0))
        drives = (heard @ blocks["input"].T + blocks["bias"]).unbind(1)
        fast_weights = (blocks["fast"] * self.off_diagonal).T if about["fast"] else None
        slow_weights = (blocks["slow"] * self.off_diagonal).T if about["slow"] else None
        v = torch.full((about["trials"], about["neurons"]), float(about["start"]))
        fast = slow = torch.zeros_like(v)
        before = self.released(v)
        currents = []
        for drive in drives:
            # The read-out hears spikes a tick late, as the neurons do.
            currents.append(slow)
            if fast_weights is not None:
                drive = torch.addmm(drive, fast, fast_weights)
            if slow_weights is not None:
                drive = torch.addmm(drive, slow, slow_weights)
            v, spikes = self.advance(v, drive)
            after = self.released(v)
            charge = spikes + after - before
            before = after
            if fast_weights is not None:
                fast = (1 - about["fast_loss"]) * fast + charge / about["fast_milliseconds"]
            slow = (1 - about["slow_loss"]) * slow + charge
        output = torch.stack(currents, 1) @ blocks["read_out"].T
        return (self.importance * (output - self.targets) ** 2).sum() / (2 * about["ticks"] * about["trials"])

    def check(self):
        """The largest differences of loss and gradient from Spikelet's, each by the largest value."""
        loss = self.loss()
        self.adam.zero_grad()
        loss.backward()
        worst = abs(loss.item() / self.about["loss"] - 1)
        difference = 0
        for block, expected in self.gradient.items():
            if expected.numel():
                found = self.parameters[block].grad
                difference = max(difference, ((found - expected).abs().max() / expected.abs().max()).item())
        return worst, difference

    def step(self):
        start = time.perf_counter()
        self.adam.zero_grad()
        self.loss().backward()
        self.adam.step()
        return 1000 * (time.perf_counter() - start)


def main(program, folder):
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    folder.mkdir(parents=True, exist_ok=True)
    ours = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    names = ours.stdout.readline().split()[1:]

    def our_step(name):
        print(name, file=ours.stdin, flush=True)
        return float(ours.stdout.readline())

    print(f"PyTorch {torch.__version__}, {THREADS} threads each, medians of {TURNS} steps in turns", flush=True)
    rows = []
    for name in names:
        network = Network(folder, name)
        loss, gradient = network.check()
        if not (loss < 1e-4 and gradient < 1e-3):
            sys.exit(f"{name}: losses differ by {loss:.1e}, gradients by {gradient:.1e} of the largest")
        times = [(our_step(name), network.step()) for _ in range(TURNS + 2)][2:]
        mine, theirs = (statistics.median(side) for side in zip(*times))
        fastest = [min(side) for side in zip(*times)]
        about = network.about
        row = {
            "network": name, "neurons": about["neurons"], "ticks": about["ticks"], "trials": about["trials"],
            "milliseconds": mine, "torch_milliseconds": theirs, "ratio": mine / theirs,
            "fastest_milliseconds": fastest[0], "fastest_torch_milliseconds": fastest[1],
            "loss_difference": loss, "gradient_difference": gradient,
        }
        rows.append(row)
        print(
            f"{name:14} {about['neurons']} neurons, {about['ticks']} ticks, {about['trials']} trials:"
            f" {mine:.1f} ms, PyTorch {theirs:.1f} ms, ratio {row['ratio']:.3f};"
            f" the fastest {fastest[0]:.1f} and {fastest[1]:.1f} ms, {fastest[0] / fastest[1]:.3f};"
            f" losses differ by {loss:.0e}, gradients by {gradient:.0e} of the largest"
        )
    ours.stdin.close()
    ours.wait()
    result = {"torch": torch.__version__, "threads": THREADS, "turns": TURNS, "rows": rows}
    (folder / "training.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
