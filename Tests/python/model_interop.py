"""Model files between Spikelet and Python; the C half is Tests/c/model_interop.c.

model_interop.py read FILE    checks a file that C wrote, prints a line a tensor
model_interop.py write FILE   writes a file that C must load
"""

import json
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

SOURCES, TARGETS = 6, 4
DENSE = ((np.arange(SOURCES * TARGETS) * 37) % 256 - 128).reshape(SOURCES, TARGETS)
MASTERS = np.arange(SOURCES * TARGETS).reshape(SOURCES, TARGETS) * 1000 - 12000
ROW_STARTS = [0, 2, 2, 3, 3, 4, 5]
SPARSE_TARGETS = [0, 3, 1, 2, 0]
SPARSE = [-128, 127, 1, -1, 5]

TENSORS = {
    "hidden.threshold": np.array([100, -100, 8388607, -8388608], np.int32),
    "hidden.decay_index": np.array([0, 1, 0, 1], np.uint8),
    "dense.weight": DENSE.astype(np.int8),
    "masters.weight": MASTERS.astype(np.int16),
    "sparse.row_starts": np.array(ROW_STARTS, np.uint32),
    "sparse.targets": np.array(SPARSE_TARGETS, np.uint32),
    "sparse.weight": np.array(SPARSE, np.int8),
    "lateral.weight": np.array([1, -2, 3, -4], np.int8),
}

NETWORK = {
    "name": "interop",
    "populations": [
        {"name": "input", "kind": "input", "role": "stimulus", "neuron_count": SOURCES},
        {
            "name": "hidden",
            "kind": "leaky",
            "role": "output",
            "neuron_count": TARGETS,
            "threshold": 1000,
            "decays": [[4096, 410, 4096, 0], [256, 4096, 4096, 4096]],
        },
    ],
    "projections": [
        {"name": "dense", "source": "input", "target": "hidden", "shift": 2},
        {
            "name": "masters",
            "source": "input",
            "target": "hidden",
            "storage": "int16_master",
            "learning": True,
            "rule": {
                "rounding": "stochastic_by_column",
                "low_limit": -20000,
                "terms": [
                    {"factor_a": "dendrite", "mantissa": -3, "shift": 7},
                    {"gate": "inside", "gate_low": -5, "gate_high": 5, "mantissa": 1, "shift": 2},
                ],
            },
        },
        {"name": "sparse", "source": "input", "target": "hidden", "connectivity": "sparse"},
        {
            "name": "lateral",
            "source": "hidden",
            "target": "hidden",
            "connectivity": "one_to_one",
            "compartment": "dendrite",
            "disabled": True,
        },
    ],
}


def read(path):
    tensors = load_file(path)
    assert tensors.keys() == TENSORS.keys(), sorted(tensors)
    for name, expected in TENSORS.items():
        found = tensors[name]
        assert found.dtype == expected.dtype, (name, found.dtype)
        assert np.array_equal(found, expected), (name, found)
        print(name, found.dtype, found.shape)
    with safe_open(path, framework="np") as file:
        metadata = file.metadata()
        assert np.array_equal(file.get_tensor("dense.weight"), TENSORS["dense.weight"])
    network = json.loads(metadata.pop("network"))
    assert metadata == {"format": "spikelet", "version": "1", "law": "1"}, metadata
    assert network == NETWORK, json.dumps(network, indent=1)


def write(path):
    metadata = {"format": "spikelet", "version": "1", "law": "1", "network": json.dumps(NETWORK)}
    save_file(TENSORS, path, metadata=metadata)


if len(sys.argv) != 3 or sys.argv[1] not in ("read", "write"):
    sys.exit(__doc__)
{"read": read, "write": write}[sys.argv[1]](sys.argv[2])
