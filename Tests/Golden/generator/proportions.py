"""Intervals of the difference of two proportions by statsmodels: `counts` are successes and samples of
each of both (I32, `[cases, 4]`), `errors` how often an interval may miss, `ends` its ends."""

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep

from .files import Case

COUNTS = [
    [56, 70, 48, 80], [9, 10, 3, 10], [6, 7, 2, 7], [5, 56, 0, 29], [0, 10, 0, 20], [0, 10, 0, 10],
    [10, 10, 0, 20], [10, 10, 0, 10], [1, 1, 0, 1], [123, 1000, 98, 1012], [3, 40000, 9, 41000],
]  # fmt: skip


def cases():
    errors = np.array([0.05, 0.05 / 6, 0.2, 0.001] * 3)[: len(COUNTS)]
    ends = [
        confint_proportions_2indep(*row, method="newcomb", compare="diff", alpha=error)
        for row, error in zip(COUNTS, errors)
    ]
    tensors = {
        "counts": np.array(COUNTS, np.int32), "errors": errors, "ends": np.array(ends, np.float64),
    }  # fmt: skip
    yield Case("proportions/newcombe.safetensors", {"class_name": "Newcombe", "config": {}}, tensors)
