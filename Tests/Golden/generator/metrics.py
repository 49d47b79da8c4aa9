"""Metrics: the figure after several batches, with and without weights.

Keras updates batch by batch in Float64; what Keras has not is a formula over all samples. A metric
with several results (several thresholds) is judged by their mean.
"""

import keras
import numpy as np

from .files import Case
from .gradients import Draw

BATCH = 4  # the last batch is shorter


def run(metric, target, prediction, weights):
    for start in range(0, len(target), BATCH):
        rows = slice(start, start + BATCH)
        sample_weight = None if weights is None else weights[rows]
        metric.update_state(target[rows], prediction[rows], sample_weight=sample_weight)
    return np.mean(np.asarray(metric.result(), np.float64))


def exact(values):
    """The values rounded to Float32."""
    return values if values.dtype == np.int32 else values.astype(np.float32).astype(np.float64)


def metric(name, class_name, target, prediction, weights=None, formula=None, **config):
    target, prediction = exact(target), exact(prediction)
    if formula is None:
        # TensorFlow ranks scores in Float32 only; ours are exact in it.
        scores = prediction.astype(np.float32) if "TopK" in class_name else prediction
        value = run(getattr(keras.metrics, class_name)(**config), target, scores, weights)
    else:
        value = formula(target, prediction, 1.0 if weights is None else weights)
    tensors = {"target": target, "prediction": prediction, "output": np.float64(value).reshape(())}
    if weights is not None:
        tensors["sample_weight"] = weights
    description = {"class_name": class_name, "config": config, "batch": BATCH}
    return Case(f"metrics/{name}.safetensors", description, tensors)


def weighed(name, class_name, target, prediction, weights, **config):
    """A case without weights and one with."""
    yield metric(name, class_name, target, prediction, **config)
    yield metric(f"{name}_weighted", class_name, target, prediction, weights, **config)


def sample_weights(draw, *shape):
    weights = draw.uniform(*shape, high=2)
    weights.reshape(-1)[1] = 0
    return weights


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def softmax(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return exact(powers / powers.sum(-1, keepdims=True))


def accuracies():
    draw = Draw("accuracies")
    labels, scores = draw.integers(11, below=7), softmax(draw.normal(11, 7))
    weights = sample_weights(draw, 11)
    one_hots = one_hot(labels, 7)
    yield from weighed("categoricalaccuracy", "CategoricalAccuracy", one_hots, scores, weights)
    yield from weighed(
        "sparsecategoricalaccuracy", "SparseCategoricalAccuracy", labels, scores, weights
    )
    for k in (1, 3):
        yield from weighed(
            f"topk{k}", "TopKCategoricalAccuracy", one_hots, scores, weights, k=k
        )
        yield from weighed(
            f"sparsetopk{k}", "SparseTopKCategoricalAccuracy", labels, scores, weights, k=k
        )
    steps, step_scores = draw.integers(5, 3, below=4), softmax(draw.normal(5, 3, 4))
    step_weights = (draw.uniform(5, 3) > 0.4).astype(np.float64)
    yield from weighed(
        "sparsecategoricalaccuracy_steps", "SparseCategoricalAccuracy", steps, step_scores,
        step_weights,
    )  # fmt: skip
    yield from weighed(
        "categoricalaccuracy_steps", "CategoricalAccuracy", one_hot(steps, 4), step_scores,
        step_weights,
    )  # fmt: skip
    answers, chances = draw.integers(11, 3, below=2).astype(np.float64), draw.uniform(11, 3)
    for name, threshold in (("", 0.5), ("_threshold", 0.3)):
        yield from weighed(
            f"binaryaccuracy{name}", "BinaryAccuracy", answers, chances, weights,
            threshold=threshold,
        )  # fmt: skip
        yield metric(
            f"hammingloss{name}", "HammingLoss", answers, chances, threshold=threshold,
            formula=lambda t, p, w: np.mean((p > threshold) != (t > 0.5)),
        )  # fmt: skip
        yield metric(
            f"exactmatch{name}", "ExactMatch", answers, chances, weights, threshold=threshold,
            formula=lambda t, p, w: np.average(
                np.all((p > threshold) == (t > 0.5), -1), weights=w
            ),
        )  # fmt: skip
    # Keras's word accuracy stands for one of these, by the target's shape.
    for suffix, class_name, truth, prediction in (
        ("sparse", "SparseCategoricalAccuracy", labels[:, None], scores),
        ("one_hot", "CategoricalAccuracy", one_hots, scores),
        ("binary", "BinaryAccuracy", answers[:, :1], chances[:, :1]),
    ):
        yield metric(
            f"accuracy_{suffix}", "Accuracy", truth, prediction,
            formula=lambda *arrays: run(
                getattr(keras.metrics, class_name)(), arrays[0], arrays[1], None
            ),
        )  # fmt: skip


def confusions():
    draw = Draw("confusions")
    target, prediction = draw.integers(11, 3, below=2).astype(np.float64), draw.uniform(11, 3)
    weights = sample_weights(draw, 11)
    column = (target[:, :1], prediction[:, :1], weights)
    table = (target, prediction, weights)
    for class_name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"):
        yield from weighed(class_name.lower(), class_name, *table)
        yield from weighed(f"{class_name.lower()}_two", class_name, *table, thresholds=[0.2, 0.7])
    for class_name in ("Precision", "Recall"):
        name = class_name.lower()
        yield from weighed(name, class_name, *table)
        yield from weighed(f"{name}_column", class_name, *column, thresholds=[0.4])
        yield from weighed(f"{name}_three", class_name, *table, thresholds=[0.1, 0.5, 0.75])
        yield from weighed(f"{name}_top2", class_name, *table, top_k=2)
        yield from weighed(f"{name}_class1", class_name, *table, class_id=1)
        yield metric(f"{name}_nothing", class_name, np.zeros((5, 3)), prediction[:5] * 0.25)
    for class_name, word, value in (
        ("SensitivityAtSpecificity", "specificity", 0.6),
        ("SpecificityAtSensitivity", "sensitivity", 0.6),
        ("PrecisionAtRecall", "recall", 0.5),
        ("RecallAtPrecision", "precision", 0.6),
    ):
        name = class_name.lower()
        config = {word: value}
        yield from weighed(name, class_name, *table, **config)
        yield from weighed(f"{name}_seven", class_name, *column, num_thresholds=7, **config)
        yield metric(f"{name}_class2", class_name, *table, class_id=2, **config)
        yield metric(f"{name}_nothing", class_name, np.zeros((5, 3)), prediction[:5], **config)


def areas():
    draw = Draw("areas")
    target = draw.integers(23, 3, below=2).astype(np.float64)
    prediction = np.clip(draw.uniform(23, 3) * 0.7 + target * 0.25, 0.01, 0.99)
    prediction = prediction.astype(np.float32).astype(np.float64)
    weights = sample_weights(draw, 23)
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "minoring", "majoring"):
            name = f"auc_{curve.lower()}_{method}"
            config = {"curve": curve, "summation_method": method}
            yield from weighed(name, "AUC", target[:, :1], prediction[:, :1], weights, **config)
            yield metric(
                f"{name}_labels", "AUC", target, prediction, multi_label=True, num_thresholds=11,
                **config,
            )  # fmt: skip
    yield metric(
        "auc_label_weights", "AUC", target, prediction, multi_label=True,
        label_weights=[0.5, 2.0, 1.0],
    )  # fmt: skip
    yield metric("auc_flat", "AUC", target, prediction, weights, label_weights=[0.5, 2.0, 1.0])
    yield metric("auc_thresholds", "AUC", target, prediction, thresholds=[0.7, 0.25, 0.5])
    yield metric("auc_logits", "AUC", target, draw.normal(23, 3), from_logits=True)
    for curve in ("ROC", "PR"):
        yield metric(
            f"auc_{curve.lower()}_no_positive", "AUC", target * 0, prediction, curve=curve
        )
        yield metric(
            f"auc_{curve.lower()}_no_negative", "AUC", target * 0 + 1, prediction, curve=curve
        )


def f_scores():
    draw = Draw("f scores")
    labels, scores = draw.integers(11, below=4), softmax(draw.normal(11, 4))
    answers, chances = draw.integers(11, 4, below=2).astype(np.float64), draw.uniform(11, 4)
    answers[:, 3] = 0
    weights = sample_weights(draw, 11)
    for average in ("micro", "macro", "weighted"):
        yield from weighed(
            f"f1score_{average}", "F1Score", one_hot(labels, 4), scores, weights, average=average
        )
        yield from weighed(
            f"f1score_{average}_labels", "F1Score", answers, chances, weights, average=average,
            threshold=0.4,
        )  # fmt: skip
        for beta in (0.5, 2.0):
            yield from weighed(
                f"fbetascore_{beta}_{average}", "FBetaScore", answers, chances, weights,
                average=average, beta=beta, threshold=0.6,
            )  # fmt: skip


def overlaps():
    draw = Draw("overlaps")
    numbers, seen = draw.integers(11, 3, 2, below=5), draw.integers(11, 3, 2, below=5)
    seen = np.where(draw.uniform(11, 3, 2) < 0.5, numbers, seen)
    numbers, seen = np.minimum(numbers, 3), np.minimum(seen, 3)  # class 4 is nowhere
    # Keras counts overlaps in whole numbers.
    places = draw.integers(11, 3, 2, below=3).astype(np.float64)
    scores = softmax(draw.normal(11, 3, 2, 5) + 2 * one_hot(seen, 5))
    for suffix, config in (("", {}), ("_ignoring", {"ignore_class": 1})):
        yield from weighed(
            f"iou{suffix}", "IoU", numbers, seen, places, num_classes=5,
            target_class_ids=[0, 2, 4], **config,
        )  # fmt: skip
        yield from weighed(
            f"meaniou{suffix}", "MeanIoU", numbers, seen, places, num_classes=5, **config
        )
        yield metric(
            f"meaniou_scores{suffix}", "MeanIoU", numbers, scores, num_classes=5,
            sparse_y_pred=False, **config,
        )  # fmt: skip
        yield from weighed(
            f"onehotiou{suffix}", "OneHotIoU", one_hot(numbers, 5), scores, places,
            num_classes=5, target_class_ids=[1, 3], **config,
        )  # fmt: skip
        yield from weighed(
            f"onehotmeaniou{suffix}", "OneHotMeanIoU", one_hot(numbers, 5), scores, places,
            num_classes=5, **config,
        )  # fmt: skip
    yield metric(
        "onehotmeaniou_numbers", "OneHotMeanIoU", one_hot(numbers, 5), seen, num_classes=5,
        sparse_y_pred=True,
    )  # fmt: skip
    yield metric("iou_nothing", "IoU", numbers, seen, num_classes=5, target_class_ids=[4])
    answers, chances = draw.integers(11, 3, below=2).astype(np.float64), draw.uniform(11, 3)
    weights = draw.integers(11, 3, below=3).astype(np.float64)
    for suffix, ids in (("", [0, 1]), ("_yes", [1])):
        yield from weighed(
            f"binaryiou{suffix}", "BinaryIoU", answers, chances, weights, target_class_ids=ids,
            threshold=0.3,
        )  # fmt: skip


def regressions():
    draw = Draw("regressions")
    target, prediction = draw.normal(11, 3, shift=2), draw.normal(11, 3, scale=2)
    weights = sample_weights(draw, 11)
    for class_name in (
        "MeanAbsoluteError", "MeanSquaredError", "RootMeanSquaredError",
        "MeanAbsolutePercentageError", "CosineSimilarity",
    ):  # fmt: skip
        yield from weighed(class_name.lower(), class_name, target, prediction, weights)
    # Keras's error of the logarithm of the hyperbolic cosine adds a constant rounded to Float32.
    yield from weighed("logcosherror", "LogCoshError", target, prediction, weights)
    positive = draw.uniform(11, 3, high=9), draw.uniform(11, 3, low=0.25, high=9)
    yield from weighed(
        "meansquaredlogarithmicerror", "MeanSquaredLogarithmicError", *positive, weights
    )
    counts = draw.integers(11, 3, below=6).astype(np.float64)
    yield from weighed("poisson", "Poisson", counts, positive[1], weights)
    for aggregation in ("uniform_average", "variance_weighted_average"):
        yield from weighed(
            f"r2score_{aggregation}", "R2Score", target, prediction, weights,
            class_aggregation=aggregation,
        )  # fmt: skip
    yield metric("r2score_adjusted", "R2Score", target[:, :1], prediction[:, :1], num_regressors=4)
    yield metric("r2score_far", "R2Score", target + 2048, target + 2048 + prediction / 8)
    for class_name in ("PearsonCorrelation", "ConcordanceCorrelation"):
        yield from weighed(class_name.lower(), class_name, target, prediction, weights)
        yield metric(
            f"{class_name.lower()}_steps", class_name, draw.normal(6, 5, 2), draw.normal(6, 5, 2),
            axis=1,
        )  # fmt: skip


def perplexity(target, prediction, weights, ignore_class=None):
    chosen = np.take_along_axis(prediction, target[..., None], -1)[..., 0]
    counts = np.ones(target.shape) * weights
    counts[target == ignore_class] = 0
    return np.exp((-np.log(chosen) * counts).sum() / counts.sum())


def probabilities():
    draw = Draw("probabilities of metrics")
    weights = sample_weights(draw, 11)
    answers, chances = draw.integers(11, 3, below=2).astype(np.float64), draw.uniform(11, 3)
    logits = draw.normal(11, 3)
    for suffix, prediction, config in (
        ("", chances, {}), ("_logits", logits, {"from_logits": True, "label_smoothing": 0.125}),
    ):  # fmt: skip
        yield from weighed(
            f"binarycrossentropy{suffix}", "BinaryCrossentropy", answers, prediction, weights,
            **config,
        )  # fmt: skip
    labels = draw.integers(11, below=3)
    for suffix, prediction, config in (
        ("", softmax(logits), {}),
        ("_logits", logits, {"from_logits": True, "label_smoothing": 0.125}),
    ):
        yield from weighed(
            f"categoricalcrossentropy{suffix}", "CategoricalCrossentropy", one_hot(labels, 3),
            prediction, weights, **config,
        )  # fmt: skip
    steps, step_logits = draw.integers(6, 4, below=5), draw.normal(6, 4, 5)
    for suffix, prediction, config in (
        ("", softmax(logits), {}), ("_logits", logits, {"from_logits": True}),
    ):  # fmt: skip
        yield from weighed(
            f"sparsecategoricalcrossentropy{suffix}", "SparseCategoricalCrossentropy", labels,
            prediction, weights, **config,
        )  # fmt: skip
    yield metric(
        "perplexity", "Perplexity", steps, softmax(step_logits), formula=perplexity
    )
    yield metric(
        "perplexity_ignoring", "Perplexity", steps, softmax(step_logits),
        sample_weights(draw, 6, 4), ignore_class=2,
        formula=lambda *arrays: perplexity(*arrays, ignore_class=2),
    )  # fmt: skip
    yield from weighed(
        "kldivergence", "KLDivergence", softmax(draw.normal(11, 3)), softmax(logits), weights
    )
    signs = 2 * answers - 1
    for class_name in ("Hinge", "SquaredHinge"):
        yield from weighed(class_name.lower(), class_name, signs, logits, weights)
    yield from weighed("categoricalhinge", "CategoricalHinge", one_hot(labels, 3), logits, weights)


def cases():
    yield from accuracies()
    yield from confusions()
    yield from areas()
    yield from f_scores()
    yield from overlaps()
    yield from regressions()
    yield from probabilities()
