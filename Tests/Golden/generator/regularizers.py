"""Regularizers: the penalty of a weight, and its gradient."""

import keras
import numpy as np
import torch

from .files import Case, require_agreement
from .gradients import Draw, evaluate, evaluate_in_tensorflow


def orthogonality(vectors, factor):
    unit = vectors / vectors.square().sum(1, keepdim=True).sqrt()
    cosines = (unit @ unit.T).abs()
    count = len(unit)
    return factor * (cosines.sum() - cosines.diagonal().sum()) / (count * (count - 1))


def case(kind, name, shape, config, formula):
    values = {"weight": Draw(name).normal(*shape)}
    output, gradients = evaluate(lambda x: formula(x["weight"]), values)
    regularizer = getattr(keras.regularizers, kind)(**config)
    # Keras normalizes in Float32, whatever the type.
    single = {"weight": values["weight"].astype(np.float32)}
    other = evaluate_in_tensorflow(lambda x: regularizer(x["weight"]), single)
    require_agreement(name, other[0], output, 1e-6)
    require_agreement(name, other[1]["weight"], gradients["weight"], 1e-6)
    tensors = values | {"output": output, "grad.weight": gradients["weight"]}
    return Case(f"regularizers/{name}.safetensors", {"class_name": kind, "config": config}, tensors)


def cases():
    yield case("L1", "l1", (3, 5), {"l1": 0.25}, lambda w: 0.25 * w.abs().sum())
    yield case("L2", "l2", (2, 3, 4), {"l2": 0.125}, lambda w: 0.125 * w.square().sum())
    yield case("L1L2", "l1l2", (7,), {"l1": 0.5, "l2": 0.25},
               lambda w: 0.5 * w.abs().sum() + 0.25 * w.square().sum())  # fmt: skip
    for mode, axes in (("rows", (0, 1)), ("columns", (1, 0))):
        yield case("OrthogonalRegularizer", f"orthogonal_{mode}", (4, 6),
                   {"factor": 0.5, "mode": mode},
                   lambda w, axes=axes: orthogonality(torch.permute(w, axes), 0.5))  # fmt: skip
