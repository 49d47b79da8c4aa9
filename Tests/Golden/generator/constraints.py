"""Constraints: what a weight becomes."""

import keras
import numpy as np

from .files import Case, require_agreement
from .gradients import Draw

EPSILON = 1e-7  # keras.config.epsilon()


def scaled(weight, axis, length):
    lengths = np.sqrt(np.square(weight).sum(axis=axis, keepdims=True))
    return weight * (length(lengths) / (lengths + EPSILON))


def case(kind, name, shape, config, formula):
    weight = Draw(name).normal(*shape)
    output = formula(weight)
    constraint = getattr(keras.constraints, kind)(**config)
    require_agreement(name, np.asarray(constraint(weight)), output, 1e-7)
    description = {"class_name": kind, "config": config}
    return Case(f"constraints/{name}.safetensors", description, {"weight": weight, "output": output})


def cases():
    yield case("NonNeg", "non_neg", (3, 4), {}, lambda w: np.maximum(w, 0))
    for name, axis, shape in (("unit_norm", 0, (5, 3)), ("unit_norm_axes", [0, 1, 2], (3, 2, 2, 4))):
        axes = tuple(np.atleast_1d(axis))
        yield case("UnitNorm", name, shape, {"axis": axis},
                   lambda w, axes=axes: scaled(w, axes, np.ones_like))  # fmt: skip
    for name, axis, shape in (("max_norm", 0, (5, 6)), ("max_norm_axis1", 1, (4, 3))):
        yield case("MaxNorm", name, shape, {"max_value": 1.5, "axis": axis},
                   lambda w, axis=axis: scaled(w, axis, lambda n: np.minimum(n, 1.5)))  # fmt: skip
    for name, rate in (("min_max_norm", 1.0), ("min_max_norm_rate", 0.25)):
        config = {"min_value": 1.0, "max_value": 2.0, "rate": rate, "axis": 0}
        yield case("MinMaxNorm", name, (3, 8), config, lambda w, rate=rate: scaled(
            w, 0, lambda n: rate * np.clip(n, 1, 2) + (1 - rate) * n))  # fmt: skip
