"""Activations, each at ordinary pre-activations and at large ones.

Formulas are written out in PyTorch; Keras's activation of the same name must agree.
"""

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .files import TOLERANCE, Case
from .gradients import Draw, differentiate

# Name → (its arguments in Keras, formula). Slopes and alphas are Keras's defaults.
ELEMENTWISE = {
    "relu": ({}, lambda x: x.clamp_min(0)),
    "relu6": ({}, lambda x: x.clamp(0, 6)),
    "leaky_relu": ({"negative_slope": 0.2}, lambda x: torch.where(x < 0, 0.2 * x, x)),
    "elu": ({"alpha": 1.0}, lambda x: torch.where(x > 0, x, x.clamp_max(0).expm1())),
    "selu": ({}, functional.selu),
    "gelu": ({"approximate": False}, lambda x: 0.5 * x * torch.erfc(-x * 0.5**0.5)),
    "gelu_tanh": ({"approximate": True}, lambda x: functional.gelu(x, approximate="tanh")),
    "silu": ({}, lambda x: x * x.sigmoid()),
    "softplus": ({}, lambda x: torch.logaddexp(x, torch.zeros_like(x))),
    "softsign": ({}, lambda x: x / (1 + x.abs())),
    "sigmoid": ({}, torch.sigmoid),
    "tanh": ({}, torch.tanh),
    "hard_sigmoid": ({}, lambda x: (x / 6 + 0.5).clamp(0, 1)),
    "mish": ({}, functional.mish),
    "exponential": ({}, torch.exp),
    "celu": ({}, functional.celu),
    "log_sigmoid": ({}, functional.logsigmoid),
    "hard_tanh": ({}, functional.hardtanh),
    "hard_silu": ({}, functional.hardswish),
    "tanh_shrink": ({}, lambda x: x - x.tanh()),
    "soft_shrink": ({}, lambda x: functional.softshrink(x, 0.5)),
    "hard_shrink": ({}, lambda x: functional.hardshrink(x, 0.5)),
    "squareplus": ({}, lambda x: (x + (x * x + 4).sqrt()) / 2),
    "sparse_plus": ({}, lambda x: torch.where(x >= 1, x, (x.clamp(-1, 1) + 1) ** 2 / 4)),
    "sparse_sigmoid": ({}, lambda x: ((x + 1) / 2).clamp(0, 1)),
}

# Away from the kinks at −3, −1, −0.5, 0, 0.5, 1, 3 and 6, where a derivative is a matter of taste.
ORDINARY = np.array([-9.5, -4.5, -3.25, -2.75, -1, -0.5, -0.125, -0.0078125,
                     0.0078125, 0.125, 0.5, 1, 2.75, 3.25, 5.75, 6.25, 9.5])  # fmt: skip
# For functions with kinks at ±1 or ±0.5.
BETWEEN = np.where(np.isin(np.abs(ORDINARY), (0.5, 1)), ORDINARY * 0.75, ORDINARY)
KINKED = {"hard_tanh", "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid"}
# ±1 sets the scale of the errors: elsewhere many gradients are nearly zero.
LARGE = np.array([-1000, -200, -89, -50, -20, -1, 1, 20, 50, 89, 200, 1000], np.float64)

# Where TensorFlow, the judge, is coarser than Float64: it holds the slope of leaky_relu and the
# cubic coefficient of gelu_tanh in Float32, and its error function has nine digits.
COARSE = {"hard_silu": 1e-7, "leaky_relu": 1e-7, "gelu": 1e-8, "gelu_tanh": 1e-8}


def activation(name, suffix, config, values, formula, check=None):
    case = f"activation_{name}{suffix}"
    function = "gelu" if name == "gelu_tanh" else name
    tensors = differentiate(
        case,
        lambda tensors: formula(tensors["input"]),
        {"input": values},
        check=lambda tensors: (check or getattr(keras.activations, function))(
            tensors["input"], **config
        ),
        tolerance=COARSE.get(name, TOLERANCE),
    )
    config = {"class_name": "Activation", "config": {"activation": function, **config}}
    return Case(f"layers/{case}.safetensors", config, tensors)


def leaky_layer(name, slope):
    layer = keras.layers.LeakyReLU(negative_slope=slope)
    tensors = differentiate(
        name,
        lambda x: torch.where(x["input"] < 0, slope * x["input"], x["input"]),
        {"input": Draw(name).normal(3, 7)},
        check=lambda x: layer(x["input"]),
        tolerance=COARSE["leaky_relu"],
    )
    config = {"class_name": "LeakyReLU", "config": {"negative_slope": slope}}
    return Case(f"layers/{name}.safetensors", config, tensors)


def cases():
    for name, (config, formula) in ELEMENTWISE.items():
        noise = Draw(f"activation_{name}").normal(3, len(ORDINARY), scale=0.05)
        places = BETWEEN if name in KINKED else ORDINARY
        values = np.concatenate([places[None], places * (1 + noise)]).astype(np.float32)
        yield activation(name, "", config, values.astype(np.float64), formula)
        if name != "exponential":
            large = LARGE * 0.9375 if name in KINKED else LARGE
            yield activation(name, "_large", config, large.reshape(3, 4), formula)

    # The layer's slope differs from the function's in Keras.
    for name, slope in (("leakyrelu", 0.3), ("leakyrelu_slope", 0.0625)):
        yield leaky_layer(name, slope)

    for suffix, slope, threshold, greatest in (
        ("", 0.0, 0.0, None),
        ("_limit", 0.0, 0.0, 1.5),
        ("_slope", 0.25, 0.0, None),
        ("_all", 0.125, 0.5, 1.75),
    ):
        config = {"max_value": greatest, "negative_slope": slope, "threshold": threshold}
        values = Draw(f"relu{suffix}").normal(4, 9, scale=2)

        def formula(x, slope=slope, threshold=threshold, greatest=greatest):
            above = x if greatest is None else x.clamp_max(greatest)
            return torch.where(x > threshold, above, slope * (x - threshold))

        layer = keras.layers.ReLU(**config)
        tensors = differentiate(
            f"relu{suffix}",
            lambda x, f=formula: f(x["input"]),
            {"input": values},
            check=lambda x, f=layer: f(x["input"]),
        )
        config = {"class_name": "ReLU", "config": config}
        yield Case(f"layers/relu{suffix}.safetensors", config, tensors)

    for name, formula in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        for suffix, shape, axis, scale in (
            ("", (4, 7), -1, 2.0),
            ("_rank3", (2, 5, 3), -1, 2.0),
            ("_rank3_axis1", (2, 5, 3), 1, 2.0),
            ("_large", (3, 5), -1, 300.0),
        ):
            values = Draw(f"activation_{name}{suffix}").normal(*shape, scale=scale)
            yield activation(
                name, suffix, {"axis": axis}, values, lambda x, f=formula, a=axis: f(x, a)
            )

    values = Draw("activation_sparsemax").normal(4, 7)
    yield activation("sparsemax", "", {}, values, sparsemax, projection)
    yield activation("glu", "", {}, Draw("activation_glu").normal(3, 8), functional.glu)


def sparsemax(x):
    """By sorting: the threshold of the largest support whose entries stay above it."""
    ordered = x.sort(-1, descending=True).values
    ranks = torch.arange(1, x.shape[-1] + 1)
    sums = ordered.cumsum(-1)
    size = (1 + ranks * ordered > sums).sum(-1, keepdim=True)
    return (x - (sums.gather(-1, size - 1) - 1) / size).clamp_min(0)


def projection(x):
    """The judge of sparsemax, by pairs instead of sorting: rows of Keras's own do not sum to 1."""
    above = tf.cast(x[..., None, :] >= x[..., None], x.dtype)
    counts = tf.reduce_sum(above, -1)
    sums = tf.reduce_sum(above * x[..., None, :], -1)
    support = tf.stop_gradient(tf.cast(1 + counts * x > sums, x.dtype))
    total = tf.reduce_sum(support * x, -1, keepdims=True) - 1
    return tf.nn.relu(x - total / tf.reduce_sum(support, -1, keepdims=True))
