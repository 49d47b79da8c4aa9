"""Writes the golden files, or checks that the committed ones still come out the same.

python generate.py            write every folder
python generate.py losses     write this folder only
python generate.py --check    compare a fresh computation with the files, write nothing
"""

import argparse
import os
import sys
from pathlib import Path

# The only backend on which Keras computes in Float64.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import torchvision  # first: both bring an LLVM of their own, and only this order works  # noqa: F401
import keras
import torch

from generator import (
    activations,
    anomaly,
    attention,
    callbacks,
    clusters,
    constrained,
    constraints,
    followed,
    forecasting,
    generative,
    insight,
    layers,
    learners,
    losses,
    metrics,
    optimizers,
    pictures,
    preparation,
    preprocessing,
    proportions,
    recurrent,
    regularizers,
    resampling,
    schedules,
    simple,
    spatial,
    splits,
    stateful,
    text,
    training,
    validation,
    verdict,
    windows,
    zoo,
)
from generator.files import difference, read_golden, write_golden

FOLDER = Path(__file__).resolve().parent
GROUPS = [
    layers,
    spatial,
    simple,
    recurrent,
    attention,
    preprocessing,
    activations,
    losses,
    regularizers,
    constraints,
    metrics,
    optimizers,
    schedules,
    training,
    constrained,
    followed,
    stateful,
    callbacks,
    generative,
    insight,
    text,
    splits,
    verdict,
    resampling,
    learners,
    clusters,
    proportions,
    validation,
    pictures,
    windows,
    forecasting,
    preparation,
    zoo,
    anomaly,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("folders", nargs="*", help="which folders; all if none is named")
    options = parser.parse_args()

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)

    problems = []
    expected_paths = set()
    total_bytes = 0
    for group in GROUPS:
        for case in group.cases():
            path = FOLDER / case.path
            if options.folders and path.parent.name not in options.folders:
                break  # a group writes into one folder
            expected_paths.add(path)
            if options.check:
                problem = difference(case, read_golden(path)) if path.exists() else "is missing"
                problems += [f"{case.path}: {problem}"] if problem else []
            else:
                path.parent.mkdir(exist_ok=True)
                write_golden(path, case)
            total_bytes += path.stat().st_size if path.exists() else 0

    # The other folders are written by scripts of their own.
    for folder in sorted({path.parent for path in expected_paths}):
        for path in sorted(set(folder.glob("*.safetensors")) - expected_paths):
            problems.append(f"{path.relative_to(FOLDER)}: no case makes this file; delete it")
    print(f"{len(expected_paths)} files, {total_bytes:,} bytes")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
