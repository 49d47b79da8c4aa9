"""Losses: per-sample values, the mean over the batch, and its gradient.

Formulas are written out in PyTorch with Keras 3's conventions; Keras's loss must agree.
"""

import keras
import numpy as np
import torch
from sklearn.metrics import mean_pinball_loss

from .files import TOLERANCE, Case, require_agreement
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


def sparse_categorical(target, prediction, from_logits=False, ignore_class=None):
    logarithms = log_probabilities(prediction, from_logits)
    counts = counted(target, ignore_class)
    return -logarithms.gather(-1, (target * counts).long()[..., None])[..., 0] * counts


def counted(target, ignore_class):
    """1 for the targets that count, 0 for those of the class that is ignored."""
    return torch.ones_like(target) if ignore_class is None else (target != ignore_class).int()


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


def focused(p, gamma):
    return (1 - p) ** gamma


def binary_focal(
    target, prediction, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False,
    label_smoothing=0.0,
):  # fmt: skip
    target = smoothed(target, label_smoothing, 2)
    p = prediction.sigmoid() if from_logits else prediction
    q = p.clamp(EPSILON, 1 - EPSILON)
    values = -(target * q.log() + (1 - target) * (1 - q).log())
    values = values * focused(target * p + (1 - target) * (1 - p), gamma)
    if apply_class_balancing:
        values = values * (target * alpha + (1 - target) * (1 - alpha))
    return values.mean(-1)


def categorical_focal(
    target, prediction, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0
):
    target = smoothed(target, label_smoothing, prediction.shape[-1])
    logarithms = log_probabilities(prediction, from_logits)
    weights = torch.tensor(alpha, dtype=torch.float64)
    return -(weights * focused(logarithms.exp(), gamma) * target * logarithms).sum(-1)


def generalized(target, prediction, q=0.5):
    p = prediction.gather(-1, target.long()[..., None])[..., 0]
    return (1 - p**q) / q


def percentage(target, prediction):
    return 100 * ((target - prediction) / target.abs().clamp(min=EPSILON)).abs().mean(-1)


def logarithmic(target, prediction):
    first, second = (x.clamp(min=EPSILON).log1p() for x in (prediction, target))
    return ((first - second) ** 2).mean(-1)


def log_cosh(target, prediction):
    return (prediction - target).cosh().log().mean(-1)


def cosine(target, prediction):
    return -torch.nn.functional.cosine_similarity(target, prediction, dim=-1, eps=EPSILON)


def signs(target):
    return 2 * target - 1 if ((target == 0) | (target == 1)).all() else target


def hinge(target, prediction):
    return (1 - signs(target) * prediction).relu().mean(-1)


def squared_hinge(target, prediction):
    return ((1 - signs(target) * prediction).relu() ** 2).mean(-1)


def categorical_hinge(target, prediction):
    right = (target * prediction).sum(-1)
    return (((1 - target) * prediction).amax(-1) - right + 1).relu()


def divergence(target, prediction):
    p, q = target.clamp(EPSILON, 1), prediction.clamp(EPSILON, 1)
    return torch.nn.functional.kl_div(q.log(), p, reduction="none").sum(-1)


def soft_target(target, prediction, temperature=3.0, from_logits=False):
    def tempered(values):
        logits = values if from_logits else values.clamp(EPSILON, 1).log()
        return torch.nn.functional.log_softmax(logits / temperature, -1)

    return temperature**2 * torch.nn.functional.kl_div(
        tempered(prediction), tempered(target), reduction="none", log_target=True
    ).sum(-1)


class SoftTargetDivergence(keras.losses.Loss):
    """The loss of Keras's example of knowledge distillation."""

    def __init__(self, temperature=3.0, from_logits=False, **settings):
        super().__init__(**settings)
        self.temperature, self.from_logits = temperature, from_logits

    def call(self, target, prediction):
        def tempered(values):
            logits = values if self.from_logits else keras.ops.log(keras.ops.clip(values, EPSILON, 1))
            return keras.ops.softmax(logits / self.temperature)

        divergence = keras.losses.kl_divergence(tempered(target), tempered(prediction))
        return self.temperature**2 * divergence


def poisson(target, prediction):
    return torch.nn.functional.poisson_nll_loss(
        prediction, target, log_input=False, eps=EPSILON, reduction="none"
    ).mean(-1)


def sums(values, axis):
    return values.sum() if axis is None else values.sum(axis)


def dice(target, prediction, axis=None):
    overlap = 2 * sums(target * prediction, axis)
    return 1 - overlap / (sums(target, axis) + sums(prediction, axis) + EPSILON)


def tversky(target, prediction, alpha=0.5, beta=0.5, axis=None):
    shared = sums(target * prediction, axis)
    missed = sums(target * (1 - prediction), axis)
    imagined = sums((1 - target) * prediction, axis)
    return 1 - shared / (shared + alpha * missed + beta * imagined + EPSILON)


def ctc(target, prediction):
    steps = prediction.log_softmax(-1).transpose(0, 1)
    lengths = torch.full((prediction.shape[0],), prediction.shape[1])
    return torch.nn.functional.ctc_loss(
        steps, target.long(), lengths, (target != 0).sum(-1), blank=0, reduction="none"
    )


def same_and_self(target):
    same = target.reshape(-1)[:, None] == target.reshape(-1)[None, :]
    return same, torch.eye(len(same), dtype=torch.bool)


def circle(target, prediction, gamma=80, margin=0.4):
    same, itself = same_and_self(target)
    distance = (1 - prediction @ prediction.T).relu()
    never = torch.tensor(-torch.inf)
    pull = gamma * (margin + distance).relu() * (distance - margin)
    push = gamma * (1 + margin - distance).relu() * (1 - margin - distance)
    pulls = torch.where(same & ~itself, pull, never).logsumexp(1)
    pushes = torch.where(~same, push, never).logsumexp(1)
    return torch.nn.functional.softplus(pulls + pushes, threshold=1e9)


FORMULAS = {
    "BinaryFocalCrossentropy": binary_focal,
    "CategoricalFocalCrossentropy": categorical_focal,
    "CategoricalGeneralizedCrossEntropy": generalized,
    "MeanAbsolutePercentageError": percentage,
    "MeanSquaredLogarithmicError": logarithmic,
    "LogCosh": log_cosh,
    "CosineSimilarity": cosine,
    "Hinge": hinge,
    "SquaredHinge": squared_hinge,
    "CategoricalHinge": categorical_hinge,
    "KLDivergence": divergence,
    "SoftTargetDivergence": soft_target,
    "Poisson": poisson,
    "Dice": dice,
    "Tversky": tversky,
    "CTC": ctc,
    "Circle": circle,

    "SparseCategoricalCrossentropy": sparse_categorical,
    "CategoricalCrossentropy": categorical,
    "BinaryCrossentropy": binary,
    "MeanSquaredError": squared,
    "MeanAbsoluteError": absolute,
    "Huber": huber,
}


# Losses that Keras has in its examples only.
OTHERS = {"SoftTargetDivergence": SoftTargetDivergence}

# Keras takes the logarithm of 2 in Float32, and TensorFlow computes CTC in it.
TOLERANCES = {"LogCosh": 1e-8, "CTC": 1e-5}


def loss(name, class_name, target, prediction, sample_weight=None, **config):
    """The case's `output` is the sum over samples of weight × loss, divided by their count.

    The count includes samples of weight zero, but none of an ignored class. Weights broadcast to the
    per-sample losses.
    """
    formula, tolerance = FORMULAS[class_name], TOLERANCES.get(class_name, TOLERANCE)
    keras_loss, keras_target = OTHERS.get(class_name) or getattr(keras.losses, class_name), target
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
        if "ignore_class" in config:
            return values.sum() / counted(fixed_target, config["ignore_class"]).sum()
        return values.sum() / values.numel()

    def keras_mean(tensors):
        return keras_loss(**config)(keras_target, tensors["prediction"], sample_weight)

    values = {"prediction": prediction}
    output, gradients = evaluate(mean, values)
    other_output, other_gradients = evaluate_in_tensorflow(keras_mean, values)
    require_agreement(f"{name} output", other_output, output, tolerance)
    require_agreement(
        f"{name} gradient", other_gradients["prediction"], gradients["prediction"], tolerance
    )

    per_sample = formula(fixed_target, torch.tensor(prediction), **config).numpy()
    unreduced = keras_loss(**config, reduction="none")(keras_target, prediction)
    require_agreement(f"{name} per sample", unreduced, per_sample, tolerance)
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


def ignoring_cases():
    draw = Draw("ignoring")
    labels, logits = draw.integers(6, 4, below=5), draw.normal(6, 4, 5, scale=2)
    for suffix, ignored in (("zero", 0), ("minus", -1)):
        target = np.where(labels == 2, ignored, labels).astype(np.int32)
        for name, weights in (("", None), ("_weighted", draw.uniform(6, 4, low=0.5, high=2))):
            yield loss(
                f"sparsecategorical_ignoring_{suffix}{name}", "SparseCategoricalCrossentropy",
                target, logits, weights, from_logits=True, ignore_class=ignored,
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


def focal_cases():
    draw = Draw("focal")
    labels, one_hots = draw.integers(5, 3, below=2).astype(np.float64), one_hot([0, 2, 1, 1, 3], 4)
    for suffix, prediction, from_logits in (
        ("logits", draw.normal(5, 3, scale=2), True),
        ("probabilities", draw.uniform(5, 3, low=0.05, high=0.95), False),
    ):
        yield loss(
            f"binaryfocal_{suffix}", "BinaryFocalCrossentropy", labels, prediction,
            from_logits=from_logits,
        )  # fmt: skip
        yield loss(
            f"binaryfocal_{suffix}_settings", "BinaryFocalCrossentropy", labels, prediction,
            from_logits=from_logits, apply_class_balancing=True, alpha=0.75, gamma=1.5,
            label_smoothing=0.125,
        )  # fmt: skip
    for suffix, prediction, from_logits in (
        ("logits", draw.normal(5, 4, scale=2), True),
        ("probabilities", probabilities(draw, 5, 4), False),
    ):
        yield loss(
            f"categoricalfocal_{suffix}", "CategoricalFocalCrossentropy", one_hots, prediction,
            from_logits=from_logits,
        )  # fmt: skip
        yield loss(
            f"categoricalfocal_{suffix}_settings", "CategoricalFocalCrossentropy", one_hots,
            prediction, from_logits=from_logits, alpha=[0.5, 1.0, 0.25, 2.0], gamma=1.5,
            label_smoothing=0.125,
        )  # fmt: skip
    for suffix, q in (("half", 0.5), ("most", 0.875)):
        yield loss(
            f"generalized_{suffix}", "CategoricalGeneralizedCrossEntropy",
            draw.integers(5, below=4), probabilities(draw, 5, 4), q=q,
        )  # fmt: skip


def margin_cases():
    draw = Draw("margins")
    weights = np.array([1.0, 0.0, 2.5, 0.75, 1.25])
    target = draw.integers(5, 3, below=2).astype(np.float64)
    prediction = draw.normal(5, 3)
    for name, class_name in (("hinge", "Hinge"), ("squaredhinge", "SquaredHinge")):
        yield loss(name, class_name, target, prediction)
        yield loss(f"{name}_signs", class_name, 2 * target - 1, prediction, weights)
    yield loss(
        "categoricalhinge", "CategoricalHinge", one_hot([0, 2, 1, 1, 2], 3), prediction, weights
    )


def distribution_cases():
    draw = Draw("distributions")
    weights = np.array([1.0, 0.0, 2.5, 0.75, 1.25])
    target, prediction = probabilities(draw, 5, 4), probabilities(draw, 5, 4)
    target[0] = one_hot([2], 4)[0]
    yield loss("kldivergence", "KLDivergence", target, prediction)
    yield loss("softtarget", "SoftTargetDivergence", target, prediction, weights, temperature=2.5)
    yield loss("kldivergence_weighted", "KLDivergence", target, prediction, weights)
    logits = Draw("soft targets").normal(2, 5, 4)
    yield loss(
        "softtarget_logits", "SoftTargetDivergence", *logits, temperature=4.0, from_logits=True
    )
    counts = draw.integers(5, 3, below=6).astype(np.float64)
    yield loss("poisson", "Poisson", counts, draw.uniform(5, 3, low=0.1, high=5))
    yield loss("poisson_column", "Poisson", counts[:, :1], draw.uniform(5, 1, low=0.1, high=5))


def further_regression_cases():
    draw = Draw("further regression")
    weights = np.array([1.0, 0.0, 2.5, 0.75, 1.25])
    target, prediction = draw.normal(5, 4), draw.normal(5, 4, scale=2)
    for name, class_name in (
        ("mape", "MeanAbsolutePercentageError"),
        ("logcosh", "LogCosh"),
        ("cosinesimilarity", "CosineSimilarity"),
    ):
        yield loss(name, class_name, target, prediction)
        yield loss(f"{name}_weighted", class_name, target, prediction, weights)
    target, prediction = draw.uniform(5, 4, high=100), draw.uniform(5, 4, low=-1, high=100)
    yield loss("msle", "MeanSquaredLogarithmicError", target, prediction)
    yield loss("msle_weighted", "MeanSquaredLogarithmicError", target, prediction, weights)


def mask_cases():
    draw = Draw("masks")
    target = draw.integers(3, 4, 5, 2, below=2).astype(np.float64)
    prediction = draw.uniform(3, 4, 5, 2)
    for suffix, axis in (("", None), ("_samples", [1, 2, 3])):
        yield loss(f"dice{suffix}", "Dice", target, prediction, axis=axis)
        yield loss(
            f"tversky{suffix}", "Tversky", target, prediction, alpha=0.25, beta=0.75, axis=axis
        )


def sequence_cases():
    draw = Draw("sequences")
    # Repeated labels, a short sequence, and none at all.
    target = np.array([[1, 1, 2, 0], [3, 1, 0, 0], [0, 0, 0, 0], [2, 3, 2, 3]], np.int32)
    yield loss("ctc", "CTC", target, draw.normal(4, 9, 4))
    yield loss("ctc_large", "CTC", target, draw.normal(4, 9, 4, scale=30))


def embedding_cases():
    draw = Draw("embeddings")
    labels = np.array([0, 1, 0, 2, 1, 2, 0], np.int32)
    embeddings = draw.normal(7, 3)
    embeddings = embeddings / np.linalg.norm(embeddings, axis=-1, keepdims=True)
    embeddings = embeddings.astype(np.float32).astype(np.float64)
    yield loss("circle", "Circle", labels, embeddings, gamma=80, margin=0.4)
    yield loss("circle_settings", "Circle", labels, embeddings, gamma=8, margin=0.25)


def torch_only_case(name, class_name, target, prediction, formula, **config):
    """A loss that Keras has not, by PyTorch alone."""
    fixed_target, values = torch.tensor(target), {"prediction": prediction}
    output, gradients = evaluate(
        lambda tensors: formula(fixed_target, tensors["prediction"], **config).mean(), values
    )
    tensors = {
        "target": target,
        "prediction": prediction,
        "per_sample": formula(fixed_target, torch.tensor(prediction), **config).numpy(),
        "output": output,
        "grad.prediction": gradients["prediction"],
    }
    config = {**config, "reduction": "sum_over_batch_size"}
    return Case(f"losses/{name}.safetensors", {"class_name": class_name, "config": config}, tensors)


def contrastive(target, prediction, margin):
    return (target * prediction**2 + (1 - target) * (margin - prediction).relu() ** 2).mean(-1)


def triplet(target, prediction, margin):
    """PyTorch's triplet loss of the hardest triplet of each anchor, found one by one."""
    values = []
    for anchor in range(len(target)):
        distances = [float((prediction[anchor] - other).detach().norm()) for other in prediction]
        others = [place for place in range(len(target)) if place != anchor]
        same = [place for place in others if target[place] == target[anchor]]
        unlike = [place for place in others if target[place] != target[anchor]]
        if not same or not unlike:
            values.append(prediction.sum() * 0)
            continue
        positive = max(same, key=distances.__getitem__)
        negative = min(unlike, key=distances.__getitem__)
        values.append(
            torch.nn.functional.triplet_margin_loss(
                prediction[anchor], prediction[positive], prediction[negative], margin, eps=0
            )
        )
    return torch.stack(values)


def pair_cases():
    draw = Draw("pairs")
    target = draw.integers(5, 2, below=2).astype(np.float64)
    distances = draw.uniform(5, 2, high=2)
    for margin in (1.0, 1.5):
        yield torch_only_case(
            f"contrastive_{margin}", "Contrastive", target, distances, contrastive, margin=margin
        )
    labels = np.array([0, 1, 0, 2, 1, 0, 3, 2], np.int32)  # class 3 has one sample
    embeddings = draw.normal(8, 3)
    for margin in (0.5, 1.0):
        yield torch_only_case(
            f"triplet_{margin}", "Triplet", labels, embeddings, triplet, margin=margin
        )


def pinball(target, prediction, quantiles):
    error, levels = target[..., None] - prediction, torch.tensor(quantiles)
    return torch.maximum(levels * error, (levels - 1) * error).mean(-1)


def quantile_cases():
    draw = Draw("quantiles")
    for name, shape, quantiles in (
        ("three", (5, 4), [0.05, 0.5, 0.95]),
        ("column", (6,), [0.1, 0.9]),
        ("one", (5, 3), [0.75]),
    ):
        target, prediction = draw.normal(*shape), draw.normal(*shape, len(quantiles), scale=2)
        case = torch_only_case(
            f"pinball_{name}", "Pinball", target, prediction, pinball, quantiles=quantiles
        )
        losses = [
            mean_pinball_loss(target.ravel(), prediction[..., place].ravel(), alpha=level)
            for place, level in enumerate(quantiles)
        ]
        require_agreement(f"pinball {name}", np.mean(losses), case.tensors["output"])
        yield case


def cases():
    yield from categorical_cases()
    yield from ignoring_cases()
    yield from binary_cases()
    yield from regression_cases()
    yield from focal_cases()
    yield from margin_cases()
    yield from distribution_cases()
    yield from further_regression_cases()
    yield from mask_cases()
    yield from sequence_cases()
    yield from embedding_cases()
    yield from pair_cases()
    yield from quantile_cases()
