"""Rows of Benchmarks/throughput: one file for each kind of work, with what every peer does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable


@dataclass
class Row:
    """Work on data that all programs read from the same folder.

    - name: the same as in Benchmarks/Sources/Throughput
    - amount, unit: how much a piece of work is, such as 100,000 records
    - write: writes the input into a folder, once
    - peers: by name, what takes the folder, reads what it needs and returns the work that is measured
    - figure: makes of what a peer's work returned the number that must agree with Moru's; not measured
    - tolerance: how far the figures may differ, relative to Moru's
    - needs_cifar10: whether the input is made from the pictures of CIFAR-10
    - remark: why Moru is not much faster than the best peer, where it is not
    """

    name: str
    amount: int
    unit: str
    write: Callable[[Path], None]
    peers: dict[str, Callable[[Path], Callable[[], Any]]]
    figure: Callable[[Any], float] = float
    tolerance: float = 1e-3
    needs_cifar10: bool = False
    remark: str = ""


def groups():
    """All rows by what they work on."""
    from . import clustering, figures, linear, pictures, tables

    modules = (tables, pictures, figures, linear, clustering)
    return {module.TITLE: module.ROWS for module in modules}


def rows():
    """All rows, by name."""
    return {row.name: row for group in groups().values() for row in group}
