"""A golden case, and its file."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import safetensors
import torch

DTYPES = {"float64": "F64", "int32": "I32", "uint8": "U8"}

# The same arithmetic on another processor may round differently; Float64 leaves this much.
TOLERANCE = 1e-11


@dataclass(frozen=True)
class Case:
    """One golden file: its path inside `Tests/Golden`, configuration and named tensors."""

    path: str
    config: dict
    tensors: dict[str, np.ndarray]
    # Wider where the other side's solver itself ends at another place on another processor.
    tolerance: float = TOLERANCE


def write_golden(path: Path, case: Case):
    """Writes a safetensors file whose bytes depend on the case alone.

    The library's own writer orders metadata at random, which would change the committed
    files at every run; the result is read back with the library.
    """
    metadata = {
        "config": json.dumps(case.config, sort_keys=True),
        "keras": keras.__version__,
        "torch": torch.__version__,
    }
    header = {"__metadata__": metadata}
    chunks, offset = [], 0
    # Widest elements first, so that every tensor is aligned.
    order = sorted(case.tensors, key=lambda name: (-case.tensors[name].itemsize, name))
    for name in order:
        array = case.tensors[name]
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))

    problem = difference(case, read_golden(path), tolerance=0)
    if problem:
        raise AssertionError(f"{path} does not read back: {problem}")


def read_golden(path: Path) -> Case:
    with safetensors.safe_open(path, "numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        return Case(path.name, json.loads(file.metadata()["config"]), tensors)


def difference(case: Case, stored: Case, tolerance: float | None = None) -> str | None:
    """Returns what differs between a computed case and a stored one, or nothing.

    The case's own tolerance holds where none is given.
    """
    tolerance = case.tolerance if tolerance is None else tolerance
    if json.dumps(case.config, sort_keys=True) != json.dumps(stored.config, sort_keys=True):
        return "another configuration"
    if case.tensors.keys() != stored.tensors.keys():
        return f"tensors {sorted(stored.tensors)} instead of {sorted(case.tensors)}"
    for name, array in case.tensors.items():
        other = stored.tensors[name]
        if array.dtype != other.dtype or array.shape != other.shape:
            return f"{name} is {other.dtype}{other.shape}, not {array.dtype}{array.shape}"
        if not np.isfinite(array).all():
            return f"{name} is not finite"
        error = relative_error(array, other)
        if error > tolerance:
            return f"{name} differs by {error:.1e}"
    return None


def relative_error(actual, expected) -> float:
    """Returns max|a−b| / max|b| over the whole tensor."""
    actual, expected = (np.asarray(array, np.float64) for array in (actual, expected))
    if expected.size == 0:
        return 0.0
    error = np.abs(actual - expected).max()
    return float(error / max(np.abs(expected).max(), np.finfo(np.float64).tiny))


def require_agreement(what: str, actual, expected, tolerance: float = TOLERANCE):
    """Stops the generator when two independent computations disagree."""
    if np.shape(actual) != np.shape(expected):
        raise AssertionError(f"{what}: shapes {np.shape(actual)} and {np.shape(expected)}")
    error = relative_error(actual, expected)
    if not error <= tolerance:
        raise AssertionError(f"{what}: two implementations differ by {error:.1e}")
