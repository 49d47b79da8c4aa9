"""Losses: per-sample values, the mean over the batch, and its gradient.

Formulas are written out in PyTorch with Keras 3's conventions; Keras's loss must agree.
"""

import keras
import numpy as np
import torch

from .files import Case, require_agreement
from .gradients import Draw, evaluate, evaluate_in_tensorflow

EPSILON = 1e-7  # keras.config.epsilon(): probabilities are clipped to [ε, 1−ε]


def smoothed(target, smoothing, classes):
    return target * (1 - smoothing) + smoothing / classes


def log_probabilities(prediction, from_logits):
    if from_logits:
        return prediction.log_softmax(-1)
    normalised = prediction / prediction.sum(-1, keepdim=True)
    return normalised.clamp(EPSILON, 1 - EPSILON).log()


def categorical(target, prediction, from_logits=False, label_smoothing=0.0):
    target = smoothed(target, label_smoothing, prediction.shape[-1])
    return -(target * log_probabilities(prediction, from_logits)).sum(-1)


def sparse_categorical(target, prediction, from_logits=False):
    logarithms = log_probabilities(prediction, from_logits)
    return -logarithms.gather(-1, target.long()[..., None])[..., 0]


def binary(target, prediction, from_logits=False, label_smoothing=0.0):
    target = smoothed(target, label_smoothing, 2)
    if from_logits:
        softplus = torch.logaddexp(prediction, torch.zeros_like(prediction))
        return (softplus - target * prediction).mean(-1)
    p = prediction.clamp(EPSILON, 1 - EPSILON)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean(-1)


def squared(target, prediction):
    return ((target - prediction) ** 2).mean(-1)


def absolute(target, prediction):
    return (target - prediction).abs().mean(-1)


def huber(target, prediction, delta=1.0):
    error = (target - prediction).abs()
    return torch.where(error <= delta, 0.5 * error**2, delta * error - 0.5 * delta**2).mean(-1)


FORMULAS = {
    "SparseCategoricalCrossentropy": sparse_categorical,
    "CategoricalCrossentropy": categorical,
    "BinaryCrossentropy": binary,
    "MeanSquaredError": squared,
    "MeanAbsoluteError": absolute,
    "Huber": huber,
}


def loss(name, class_name, target, prediction, sample_weight=None, **config):
    """The case's `output` is the sum over samples of weight × loss, divided by their count.

    The count includes samples of weight zero. Weights broadcast to the per-sample losses.
    """
    formula = FORMULAS[class_name]
    keras_loss, keras_target = getattr(keras.losses, class_name), target
    if class_name == "SparseCategoricalCrossentropy" and not config["from_logits"]:
        # With sparse targets Keras's TensorFlow backend clips before it normalises, its other
        # backends after, as every backend does with dense targets: one rule for both here.
        keras_loss = keras.losses.CategoricalCrossentropy
        keras_target = one_hot(target, prediction.shape[-1])
    fixed_target = torch.tensor(target)

    def mean(tensors):
        values = formula(fixed_target, tensors["prediction"], **config)
        if sample_weight is not None:
            values = values * torch.tensor(sample_weight)
        return values.sum() / values.numel()

    def keras_mean(tensors):
        return keras_loss(**config)(keras_target, tensors["prediction"], sample_weight)

    values = {"prediction": prediction}
    output, gradients = evaluate(mean, values)
    other_output, other_gradients = evaluate_in_tensorflow(keras_mean, values)
    require_agreement(f"{name} output", other_output, output)
    require_agreement(f"{name} gradient", other_gradients["prediction"], gradients["prediction"])

    per_sample = formula(fixed_target, torch.tensor(prediction), **config).numpy()
    unreduced = keras_loss(**config, reduction="none")(keras_target, prediction)
    require_agreement(f"{name} per sample", unreduced, per_sample)
    tensors = {
        "target": target,
        "prediction": prediction,
        "per_sample": per_sample,
        "output": output,
        "grad.prediction": gradients["prediction"],
    }
    if sample_weight is not None:
        tensors["sample_weight"] = sample_weight
    config = {**config, "reduction": "sum_over_batch_size"}
    return Case(f"losses/{name}.safetensors", {"class_name": class_name, "config": config}, tensors)


def probabilities(draw, *shape):
    logits = draw.normal(*shape, scale=1.5)
    values = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    return values.astype(np.float32).astype(np.float64)


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def categorical_cases():
    draw = Draw("categorical")
    labels = draw.integers(6, below=5)
    weights = np.array([1.0, 0.5, 2.0, 0.0, 1.5, 0.25])
    logits, large = draw.normal(6, 5, scale=2), draw.normal(6, 5, scale=300)
    certain = probabilities(draw, 6, 5)
    certain[0] = one_hot(labels[0], 5)
    certain[1] = one_hot((labels[1] + 1) % 5, 5)
    # Multiples of 1/64 that sum to exactly one, as frameworks' gradients take for granted.
    soft = draw.generator.multinomial(64, np.full(5, 0.2), 6) / 64
    inputs = {
        "logits": (logits, True),
        "logits_large": (large, True),
        "probabilities": (probabilities(draw, 6, 5), False),
        "probabilities_unnormalised": (draw.uniform(6, 5, low=0.1, high=3), False),
        "probabilities_clipped": (certain, False),
    }
    for suffix, (prediction, from_logits) in inputs.items():
        for prefix, class_name, target in (
            ("sparsecategorical", "SparseCategoricalCrossentropy", labels),
            ("categorical", "CategoricalCrossentropy", one_hot(labels, 5)),
        ):
            name = f"{prefix}_{suffix}"
            yield loss(name, class_name, target, prediction, from_logits=from_logits)
            if suffix in ("logits", "probabilities"):
                yield loss(
                    f"{name}_weighted", class_name, target, prediction, weights,
                    from_logits=from_logits,
                )  # fmt: skip
    for suffix in ("logits", "probabilities"):
        prediction, from_logits = inputs[suffix]
        yield loss(
            f"categorical_{suffix}_soft_targets", "CategoricalCrossentropy", soft, prediction,
            from_logits=from_logits,
        )  # fmt: skip
        yield loss(
            f"categorical_{suffix}_label_smoothing", "CategoricalCrossentropy",
            one_hot(labels, 5), prediction, from_logits=from_logits, label_smoothing=0.1,
        )  # fmt: skip
    sequence = draw.normal(2, 3, 4), draw.integers(2, 3, below=4)
    for suffix, weight in (("", None), ("_weighted", np.array([[0.5], [3.0]]))):
        yield loss(
            f"sparsecategorical_logits_sequence{suffix}", "SparseCategoricalCrossentropy",
            sequence[1], sequence[0], weight, from_logits=True,
        )  # fmt: skip


def binary_cases():
    draw = Draw("binary")
    weights = np.array([1.0, 0.0, 2.5, 0.75, 1.25])
    target = draw.integers(5, 3, below=2).astype(np.float64)
    column = draw.integers(5, 1, below=2).astype(np.float64)
    certain = draw.uniform(5, 3, low=0.05, high=0.95)
    certain[0], certain[1] = target[0], 1 - target[1]
    inputs = {
        "logits": (target, draw.normal(5, 3, scale=2), True),
        "logits_large": (target, draw.normal(5, 3, scale=300), True),
        "logits_column": (column, draw.normal(5, 1), True),
        "probabilities": (target, draw.uniform(5, 3, low=0.02, high=0.98), False),
        "probabilities_column": (column, draw.uniform(5, 1, low=0.02, high=0.98), False),
        "probabilities_clipped": (target, certain, False),
    }
    for suffix, (labels, prediction, from_logits) in inputs.items():
        name, class_name = f"binary_{suffix}", "BinaryCrossentropy"
        yield loss(name, class_name, labels, prediction, from_logits=from_logits)
        if suffix in ("logits", "probabilities"):
            yield loss(
                f"{name}_weighted", class_name, labels, prediction, weights,
                from_logits=from_logits,
            )  # fmt: skip
            yield loss(
                f"{name}_label_smoothing", class_name, labels, prediction,
                from_logits=from_logits, label_smoothing=0.2,
            )  # fmt: skip


def regression_cases():
    draw = Draw("regression")
    weights = np.array([1.0, 0.0, 2.5, 0.75, 1.25])
    target, prediction = draw.normal(5, 4), draw.normal(5, 4, scale=2)
    for name, class_name, config in (
        ("mse", "MeanSquaredError", {}),
        ("mae", "MeanAbsoluteError", {}),
        ("huber", "Huber", {"delta": 1.0}),
        ("huber_delta_half", "Huber", {"delta": 0.5}),
    ):
        yield loss(name, class_name, target, prediction, **config)
        yield loss(f"{name}_weighted", class_name, target, prediction, weights, **config)
        yield loss(f"{name}_column", class_name, target[:, :1], prediction[:, :1], **config)


def cases():
    yield from categorical_cases()
    yield from binary_cases()
    yield from regression_cases()
