"""Rows of Benchmarks/throughput: one file for each kind of work, with what every peer does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass
class Row:
    """Work on data that all programs read from the same folder.

    - name: the same as in Benchmarks/Sources/Throughput
    - amount, unit: how much a piece of work is, such as 100,000 records
    - write: writes the input into a folder, once
    - peers: by name, what takes the folder, reads what it needs and returns the work that is measured;
      the work returns a figure that must agree with Moru's
    - tolerance: how far the figures may differ, relative to Moru's
    """

    name: str
    amount: int
    unit: str
    write: Callable[[Path], None]
    peers: dict[str, Callable[[Path], Callable[[], float]]]
    tolerance: float = 1e-3


def rows():
    """All rows, by name."""
    from . import clustering, pictures

    return {row.name: row for module in (clustering, pictures) for row in module.ROWS}
