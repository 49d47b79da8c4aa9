"""The usual layer case: a formula in PyTorch against Keras's layer of the same settings."""

import keras

from .files import TOLERANCE, Case
from .gradients import differentiate
from .layers import keras_layer


def parameters(values):
    return [key for key in values if key.startswith("param.")]


def inputs_of(values):
    return [key for key in values if key.split(".")[0] == "input"]


def merging_layer(layer, inputs):
    """A layer of ours called on a list of inputs."""
    return lambda tensors: layer([tensors[key] for key in inputs])


def case(kind, name, config, values, formula, constants=None, *, check=None,
         tolerance=TOLERANCE, **call):  # fmt: skip
    """Returns a case of the layer `kind`.

    - values: what has a gradient: `input`, `input.1` …, `param.…` in Keras's order.
    - formula: maps PyTorch tensors by name to the output.
    - check: the same of TensorFlow tensors, if Keras has no such layer.
    - call: further arguments of Keras's layer.
    """
    inputs = inputs_of(values | (constants or {}))
    if check is None:
        layer = getattr(keras.layers, kind)(**config)
        if len(inputs) > 1:
            check = merging_layer(layer, inputs)
        else:
            check = keras_layer(layer, parameters(values), inputs, **call)
    tensors = differentiate(name, formula, values, constants, check=check, tolerance=tolerance)
    description = {"class_name": kind, "config": config}
    if call:
        description["call"] = call
    return Case(f"layers/{name}.safetensors", description, tensors)
