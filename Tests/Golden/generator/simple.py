"""Layers that fit in a few lines: merging, reshaping, normalisation, PReLU and their like."""

import tensorflow as tf
import torch
from torch.nn import functional

from .cases import case
from .gradients import Draw
from .layers import channels_first, channels_last


def merging(kind, name, formula, *shapes, **config):
    draw = Draw(name)
    names = ["input", "input.1", "input.2"][: len(shapes)]
    values = {key: draw.normal(*shape) for key, shape in zip(names, shapes)}
    return case(kind, name, config, values, lambda x: formula(*(x[key] for key in names)))


def unary(kind, name, shape, config, formula, **options):
    values = {"input": Draw(name).normal(*shape)}
    return case(kind, name, config, values, lambda x: formula(x["input"]), **options)


def cosine(x):
    return x / x.square().sum(-1, keepdim=True).sqrt()


def merging_cases():
    add = lambda *x: sum(x[1:], x[0])  # noqa: E731
    yield merging("Add", "add_three", add, (2, 3, 4), (2, 3, 4), (2, 1, 4))
    yield merging("Add", "add", add, (3, 5), (3, 5))
    yield merging("Subtract", "subtract", lambda x, y: x - y, (3, 4), (3, 4))
    yield merging("Subtract", "subtract_broadcast", lambda x, y: x - y, (2, 3, 4), (2, 1, 4))
    yield merging("Average", "average", lambda *x: add(*x) / len(x), (3, 5), (3, 5), (3, 5))
    yield merging("Average", "average_broadcast", lambda *x: add(*x) / len(x), (2, 3, 4), (2, 1, 4))
    yield merging("Maximum", "maximum", torch.maximum, (4, 5), (4, 5))
    yield merging("Maximum", "maximum_broadcast", torch.maximum, (2, 1, 4), (2, 3, 4))
    yield merging("Minimum", "minimum_broadcast", torch.minimum, (2, 3, 4), (2, 3, 1))
    yield merging("Minimum", "minimum", torch.minimum, (3, 7), (3, 7))
    yield merging("Concatenate", "concatenate", lambda *x: torch.cat(x, -1), (2, 3), (2, 4), axis=-1)
    yield merging("Concatenate", "concatenate_axis1", lambda *x: torch.cat(x, 1),
                  (2, 3, 2), (2, 1, 2), (2, 4, 2), axis=1)  # fmt: skip
    yield merging("Dot", "dot", lambda x, y: (x * y).sum(-1, keepdim=True), (3, 5), (3, 5),
                  axes=[1, 1])  # fmt: skip
    yield merging("Dot", "dot_matrices", lambda x, y: torch.einsum("bij,bkj->bik", x, y),
                  (2, 3, 4), (2, 5, 4), axes=[2, 2])  # fmt: skip
    yield merging("Dot", "dot_axes", lambda x, y: torch.einsum("bij,bjk->bik", x, y),
                  (2, 3, 4), (2, 4, 5), axes=[2, 1])  # fmt: skip
    yield merging("Dot", "dot_normalize",
                  lambda x, y: (cosine(x) * cosine(y)).sum(-1, keepdim=True), (3, 5), (3, 5),
                  axes=[1, 1], normalize=True)  # fmt: skip


def reshaping_cases():
    yield unary("Permute", "permute", (2, 3, 4, 5), {"dims": [3, 1, 2]},
                lambda x: x.permute(0, 3, 1, 2))  # fmt: skip
    yield unary("Permute", "permute_matrix", (3, 5, 2), {"dims": [2, 1]},
                lambda x: x.permute(0, 2, 1))  # fmt: skip
    yield unary("RepeatVector", "repeatvector", (3, 4), {"n": 5},
                lambda x: x[:, None].repeat(1, 5, 1))  # fmt: skip
    yield unary("RepeatVector", "repeatvector_once", (2, 7), {"n": 1}, lambda x: x[:, None])
    yield unary("Reshape", "reshape", (2, 3, 4), {"target_shape": [2, -1]},
                lambda x: x.reshape(2, 2, 6))  # fmt: skip
    yield unary("Reshape", "reshape_up", (3, 12), {"target_shape": [2, 3, 2]},
                lambda x: x.reshape(3, 2, 3, 2))  # fmt: skip
    yield unary("Flatten", "flatten", (2, 3, 4), {}, lambda x: x.reshape(2, 12))
    yield unary("Flatten", "flatten_picture", (3, 5, 1, 2), {}, lambda x: x.reshape(3, 10))


def group_normalization(name, shape, groups, **settings):
    config = {"groups": groups, "epsilon": 1e-3, "center": True, "scale": True} | settings
    draw = Draw(name)
    values = {"input": draw.normal(*shape, scale=2, shift=0.7)}
    if config["scale"]:
        values["param.gamma"] = draw.normal(shape[-1], scale=0.3, shift=1)
    if config["center"]:
        values["param.beta"] = draw.normal(shape[-1])

    def formula(x):
        y = functional.group_norm(
            channels_first(x["input"]), shape[-1] if groups == -1 else groups,
            x.get("param.gamma"), x.get("param.beta"), config["epsilon"],
        )  # fmt: skip
        return channels_last(y)

    return case("GroupNormalization", name, config, values, formula)


def rms_normalization(name, shape, axis=-1, epsilon=1e-6):
    draw = Draw(name)
    values = {
        "input": draw.normal(*shape, scale=2),
        "param.scale": draw.normal(shape[axis], scale=0.3, shift=1),
    }

    def formula(x):
        y = x["input"].movedim(axis, -1)
        y = y * (y.square().mean(-1, keepdim=True) + epsilon).rsqrt() * x["param.scale"]
        return y.movedim(-1, axis)

    def check(x):
        # Keras rounds the epsilon of its own function to Float32 and has no other axis than the last.
        y = x["input"]
        shape_of_scale = [-1 if index == axis % len(shape) else 1 for index in range(len(shape))]
        mean = tf.reduce_mean(tf.square(y), axis, keepdims=True)
        return y * tf.math.rsqrt(mean + epsilon) * tf.reshape(x["param.scale"], shape_of_scale)

    return case(
        "RMSNormalization", name, {"axis": axis, "epsilon": epsilon}, values, formula,
        check=None if axis == -1 else check, tolerance=1e-7,
    )  # fmt: skip


def spectral_normalization(name, training, power_iterations=1):
    """By PyTorch's rule: the kernel is divided wherever it is used, and stays itself."""
    draw = Draw(name)
    values = {
        "input": draw.normal(3, 5),
        "param.dense/kernel": draw.normal(5, 4),
        "param.dense/bias": draw.normal(4),
    }
    constants = {"state.dense/vector_u": draw.normal(1, 4)}

    def vectors(kernel, u, norm, matmul, transpose):
        v = None
        for iteration in range(power_iterations if training else 1):
            v = norm(matmul(u, transpose(kernel)))
            if training:
                u = norm(matmul(v, kernel))
        return u, v

    def formula(x):
        kernel = x["param.dense/kernel"]
        unit = lambda y: y / y.norm()  # noqa: E731
        u, v = vectors(kernel.detach(), x["state.dense/vector_u"], unit, torch.matmul, lambda y: y.T)
        return x["input"] @ (kernel / (v @ kernel @ u.T)) + x["param.dense/bias"]

    def check(x):
        kernel = x["param.dense/kernel"]
        unit = lambda y: y / tf.norm(y)  # noqa: E731
        u, v = vectors(
            tf.stop_gradient(kernel), x["state.dense/vector_u"], unit, tf.matmul, tf.transpose
        )
        sigma = tf.matmul(tf.matmul(v, kernel), u, transpose_b=True)
        return tf.matmul(x["input"], kernel / sigma) + x["param.dense/bias"]

    layer = {"class_name": "Dense", "config": {"units": 4}}
    config = {"layer": layer, "power_iterations": power_iterations}
    made = case("SpectralNormalization", name, config, values, formula, constants, check=check)
    made.config["call"] = {"training": training}
    if training:
        kernel = torch.tensor(values["param.dense/kernel"])
        u, _ = vectors(kernel, torch.tensor(constants["state.dense/vector_u"]),
                       lambda y: y / y.norm(), torch.matmul, lambda y: y.T)  # fmt: skip
        made.tensors["updated.dense/vector_u"] = u.numpy()
    return made


def prelu(name, shape, shared_axes=None):
    draw = Draw(name)
    slopes = [1 if axis in (shared_axes or []) else size for axis, size in enumerate(shape)][1:]
    values = {"input": draw.normal(*shape), "param.alpha": draw.normal(*slopes, scale=0.3)}
    config = {"shared_axes": shared_axes} if shared_axes else {}

    def formula(x):
        y = x["input"]
        return torch.where(y > 0, y, x["param.alpha"] * y)

    return case("PReLU", name, config, values, formula)


def cases():
    yield from merging_cases()
    yield from reshaping_cases()
    yield group_normalization("groupnormalization", (2, 3, 4, 6), 3)
    yield group_normalization("groupnormalization_instance", (2, 5, 4), -1, epsilon=1e-5)
    yield group_normalization("groupnormalization_one_group", (3, 2, 6), 1, scale=False)
    yield group_normalization("groupnormalization_rows", (4, 8), 2, center=False)
    yield rms_normalization("rmsnormalization", (3, 4, 6))
    yield rms_normalization("rmsnormalization_epsilon", (4, 5), epsilon=1e-3)
    yield rms_normalization("rmsnormalization_axis1", (2, 4, 3), axis=1)
    yield spectral_normalization("spectralnormalization_inference", False)
    yield spectral_normalization("spectralnormalization_training", True)
    yield spectral_normalization("spectralnormalization_two_iterations", True, 2)
    yield unary("UnitNormalization", "unitnormalization", (4, 5), {"axis": -1},
                lambda x: functional.normalize(x, dim=-1))  # fmt: skip
    yield unary("UnitNormalization", "unitnormalization_axes", (2, 3, 4), {"axis": [1, 2]},
                lambda x: x / x.square().sum((1, 2), keepdim=True).sqrt())  # fmt: skip
    yield prelu("prelu", (3, 5))
    yield prelu("prelu_shared", (2, 3, 4, 5), [1, 2])
    yield unary("ELU", "elu_layer_half", (2, 3, 5), {"alpha": 0.5},
                lambda x: functional.elu(x, 0.5))  # fmt: skip
    yield unary("ELU", "elu_layer", (4, 6), {"alpha": 1.5},
                lambda x: functional.elu(x, 1.5), tolerance=1e-7)  # fmt: skip
    yield unary("Softmax", "softmax_layer_axis1", (2, 4, 3), {"axis": 1}, lambda x: x.softmax(1))
    yield unary("Softmax", "softmax_layer", (3, 7), {}, lambda x: x.softmax(-1))
