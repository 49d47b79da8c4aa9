"""Values and gradients of a function, computed twice and compared."""

import zlib

import numpy as np
import tensorflow as tf
import torch

from .files import TOLERANCE, require_agreement


class Draw:
    """Random inputs, seeded by the case's name: adding a case changes no other file.

    Every value is exact in Float32, so a Float32 test starts from the very same numbers.
    """

    def __init__(self, name):
        self.generator = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))

    def normal(self, *shape, scale=1.0, shift=0.0):
        values = self.generator.standard_normal(shape) * scale + shift
        return values.astype(np.float32).astype(np.float64)

    def uniform(self, *shape, low=0.0, high=1.0):
        values = self.generator.uniform(low, high, shape)
        return values.astype(np.float32).astype(np.float64)

    def integers(self, *shape, below):
        return self.generator.integers(0, below, shape).astype(np.int32)


def evaluate(function, values, cotangent=None):
    """Returns the output of a function of PyTorch tensors and its gradient by input name.

    `values` maps names to arrays. Without a cotangent the output must be a scalar.
    """
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in values.items()}
    output = function(tensors)
    upstream = None if cotangent is None else torch.tensor(cotangent)
    gradients = torch.autograd.grad(output, list(tensors.values()), upstream)
    arrays = {name: gradient.numpy() for name, gradient in zip(tensors, gradients)}
    return output.detach().numpy(), arrays


def evaluate_in_tensorflow(function, values, cotangent=None):
    """The same as `evaluate`, for a function of TensorFlow tensors."""
    tensors = {name: tf.constant(array) for name, array in values.items()}
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        output = function(tensors)
    gradients = tape.gradient(
        output, tensors, cotangent, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    # A look-up's gradient arrives as the rows that were read.
    dense = {name: tf.convert_to_tensor(gradient).numpy() for name, gradient in gradients.items()}
    return output.numpy(), dense


def gradient_name(name):
    """`input` → `grad.input`, `param.kernel` → `grad.kernel`."""
    return "grad." + name.removeprefix("param.")


def differentiate(case_name, function, values, constants=None, *, check, tolerance=TOLERANCE):
    """Returns the tensors of a case: inputs, constants, output, cotangent and gradients.

    - function: maps `values` and `constants` (PyTorch tensors by name) to the output.
    - values: what to differentiate with respect to.
    - constants: further inputs that have no gradient.
    - check: the same function of TensorFlow tensors, which must agree to `tolerance`.
    """
    constants = constants or {}

    def bound(implementation, constant):
        fixed = {name: constant(array) for name, array in constants.items()}
        return lambda tensors: implementation({**tensors, **fixed})

    function = bound(function, torch.tensor)
    probe = function({name: torch.tensor(array) for name, array in values.items()})
    cotangent = Draw(case_name + "/cotangent").normal(*probe.shape)
    output, gradients = evaluate(function, values, cotangent)
    other = evaluate_in_tensorflow(bound(check, tf.constant), values, cotangent)
    require_agreement(f"{case_name} output", other[0], output, tolerance)
    for name, gradient in gradients.items():
        what = f"{case_name} gradient of {name}"
        require_agreement(what, other[1][name], gradient, tolerance)
    return {
        **values,
        **constants,
        "output": output,
        "cotangent": cotangent,
        **{gradient_name(name): gradient for name, gradient in gradients.items()},
    }
