"""Networks as ONNX files, exported by PyTorch in a process of its own and kept."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(sys.prefix) / "exported"


def input_layout(samples):
    """Pictures are channels first in ONNX."""
    return np.ascontiguousarray(samples.transpose(0, 3, 1, 2)) if samples.ndim == 4 else samples


def exported_network(row):
    """The path of a row's network for its batch size."""
    content = hashlib.sha256(repr((row.network, row.batch)).encode()).hexdigest()[:16]
    path = FOLDER / f"{content}.onnx"
    if not path.exists():
        subprocess.run([sys.executable, __file__, row.name, path], check=True)
    return str(path)


def export(row, path):
    import torch
    from pytorch import drawn

    torch.manual_seed(0)
    model = drawn(row.network, with_softmax=True).eval()
    x = torch.from_numpy(input_layout(np.zeros((row.batch, *row.network.input), np.float32)))
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".part")
    torch.onnx.export(
        model, (x,), str(temporary), input_names=["input"], output_names=["output"], dynamo=False
    )
    os.replace(temporary, path)


if __name__ == "__main__":
    from catalogue import ROWS

    export(ROWS[sys.argv[1]], Path(sys.argv[2]))
