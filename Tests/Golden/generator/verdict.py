"""Figures of the verdict by scikit-learn, SciPy and, where they have none, NumPy in plain steps."""

import warnings

import numpy as np
from scipy import stats
from sklearn import metrics

from .files import Case
from .gradients import Draw

FLOAT, INT = np.float64, np.int32


def case(kind, name, tensors, **config):
    arrays = {
        key: np.asarray(value, INT if np.asarray(value).dtype.kind in "bi" else FLOAT)
        for key, value in tensors.items()
    }
    return Case(f"verdict/{kind}_{name}.safetensors", {"class_name": kind, "config": config}, arrays)


def classes(name, class_count, truth, predicted, weights=None):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    labels = list(range(class_count))
    weighted = {"sample_weight": weights}
    per_class = metrics.multilabel_confusion_matrix(truth, predicted, labels=labels, **weighted)
    tensors = {
        "truth": truth,
        "predicted": predicted,
        "counts": np.asarray(per_class, FLOAT).reshape(class_count, 4),
        "figures": [
            metrics.accuracy_score(truth, predicted, **weighted),
            metrics.zero_one_loss(truth, predicted, **weighted),
            metrics.balanced_accuracy_score(truth, predicted, **weighted),
            metrics.matthews_corrcoef(truth, predicted, **weighted),
        ],
        "kappas": [
            np.nan_to_num(
                metrics.cohen_kappa_score(
                    truth, predicted, labels=labels, weights=kind, **weighted
                )
            )
            for kind in (None, "linear", "quadratic")
        ],
    }
    options = {"labels": labels, "zero_division": 0, **weighted}
    for average in ("macro", "micro", "weighted"):
        tensors[average] = [
            metrics.precision_score(truth, predicted, average=average, **options),
            metrics.recall_score(truth, predicted, average=average, **options),
            metrics.f1_score(truth, predicted, average=average, **options),
            metrics.fbeta_score(truth, predicted, beta=2, average=average, **options),
        ]
    # One class against the others, as two classes.
    binary = []
    for label in labels:
        yes, said = truth == label, predicted == label
        two = {"zero_division": 0, **weighted}
        tn, fp, fn, tp = metrics.confusion_matrix(yes, said, labels=[False, True], **weighted).ravel()
        binary.append(
            [
                metrics.accuracy_score(yes, said, **weighted),
                metrics.zero_one_loss(yes, said, **weighted),
                metrics.precision_score(yes, said, **two),
                metrics.recall_score(yes, said, **two),
                metrics.recall_score(~yes, ~said, **two),
                metrics.precision_score(~yes, ~said, **two),
                fp / (fp + tn) if fp + tn else 0.0,
                fn / (fn + tp) if fn + tp else 0.0,
                metrics.f1_score(yes, said, **two),
                metrics.balanced_accuracy_score(yes, said, **weighted),
                metrics.matthews_corrcoef(yes, said, **weighted),
                np.nan_to_num(metrics.cohen_kappa_score(yes, said, **weighted)),
                metrics.fbeta_score(yes, said, beta=0.5, **two),
            ]
        )
    tensors["binary"] = binary
    if weights is not None:
        tensors["weights"] = weights
    return case("classes", name, tensors, class_count=class_count)


def sweep(name, truth, scores, weights=None):
    truth, scores = np.asarray(truth), np.asarray(scores, FLOAT)
    weighted = {"sample_weight": weights}
    tensors = {"truth": truth, "scores": scores}
    for suffix, corners in (("", True), ("_all", False)):
        x, y, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=corners, **weighted)
        # The first threshold is infinite, which a golden file does not hold.
        tensors[f"roc{suffix}"] = np.stack([x[1:], y[1:], thresholds[1:]])
    precision, recall, thresholds = metrics.precision_recall_curve(truth, scores, **weighted)
    tensors["precision_recall"] = np.stack([recall[-2::-1], precision[-2::-1], thresholds[::-1]])
    tensors["areas"] = [
        metrics.roc_auc_score(truth, scores, **weighted),
        metrics.average_precision_score(truth, scores, **weighted),
    ]
    mass = np.ones(len(truth)) if weights is None else np.asarray(weights)
    gain = [
        [mass[scores >= t].sum() / mass.sum(), (mass * truth)[scores >= t].sum() / (mass @ truth)]
        for t in thresholds[::-1]
    ]
    tensors["gain"] = np.transpose(gain)
    if weights is not None:
        tensors["weights"] = weights
    return case("sweep", name, tensors)


def costs(name, truth, scores, costs, share):
    """The cheapest threshold by trying all: `decisions` is what it says of each sample."""
    truth, scores, costs = np.asarray(truth), np.asarray(scores), np.asarray(costs, FLOAT)
    weight = np.where(truth == 1, share / truth.mean(), (1 - share) / (1 - truth.mean()))
    best = None
    for threshold in np.unique(np.append(scores, scores.max() + 1))[::-1]:
        said = (scores >= threshold).astype(int)
        cost = np.average(costs[truth, said], weights=weight)
        if best is None or cost < best[0] - 1e-12:
            best = (cost, said)
    matrix = metrics.confusion_matrix(truth, best[1], sample_weight=weight, normalize="all")
    tensors = {
        "truth": truth, "scores": scores, "costs": costs, "expected": [best[0]],
        "decisions": best[1], "confusion": matrix,
    }  # fmt: skip
    return case("costs", name, tensors, share=share)


def priors(name, probabilities, trained, field):
    def corrected(share):
        raw = probabilities * (np.asarray(share) / trained)
        return raw / raw.sum(1, keepdims=True)

    estimate = np.asarray(trained, FLOAT)
    for _ in range(100_000):
        estimate = corrected(estimate).mean(0)
    tensors = {
        "probabilities": probabilities, "trained": trained, "field": field,
        "corrected": corrected(field), "estimate": estimate,
    }  # fmt: skip
    return case("priors", name, tensors)


def noisy(draw, class_count, count, error):
    truth = draw.integers(count, below=class_count)
    other = draw.integers(count, below=class_count)
    return truth, np.where(draw.uniform(count) < error, other, truth)


def softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def class_cases(draw):
    for name, class_count, count, error in (("two", 2, 60, 0.3), ("five", 5, 120, 0.4)):
        truth, predicted = noisy(draw, class_count, count, error)
        yield classes(name, class_count, truth, predicted)
        yield classes(f"{name}_weighted", class_count, truth, predicted, draw.uniform(count))
    rare = (draw.uniform(300) < 0.03).astype(INT)
    yield classes("rare", 2, rare, np.where(draw.uniform(300) < 0.05, 1 - rare, rare))
    yield classes("one_class", 2, [0, 0, 0], [0, 0, 0])
    yield classes("one_true_class", 2, [1, 1, 1], [0, 1, 1])
    yield classes("never_predicted", 3, [0, 1, 2, 2], [0, 1, 1, 0])
    yield classes("empty_class", 3, [0, 0, 1, 1, 1], [0, 2, 1, 1, 0])
    yield classes("single", 2, [1], [0])


def sweep_cases(draw):
    truth = (draw.uniform(80) < 0.3).astype(INT)
    scores = draw.normal(80) + truth
    yield sweep("plain", truth, scores)
    yield sweep("ties", truth, np.round(scores * 2) / 2)
    yield sweep("weighted", truth, np.round(scores * 4) / 4, draw.uniform(80))
    yield sweep("all_tied", truth, np.zeros(80))
    yield sweep("reversed", [1, 1, 0, 0], [-2.0, -1.0, 0.0, 1.0])
    # More than are sorted by comparing.
    many = (draw.uniform(600) < 0.2).astype(INT)
    yield sweep("many", many, np.round((draw.normal(600, scale=1e3) + many) * 1e-3, 2))


def cost_cases(draw):
    truth = (draw.uniform(150) < 0.4).astype(INT)
    scores = 1 / (1 + np.exp(-(draw.normal(150) + 2 * truth - 1)))
    yield costs("mistakes", truth, scores, [[0, 1], [1, 0]], 0.4)
    yield costs("rare", truth, scores, [[-1, 1], [10, -10]], 0.02)
    yield costs("ties", truth, np.round(scores, 1), [[0, 1], [5, 0]], 0.1)
    yield costs("yes_is_free", truth, scores, [[0, 0], [1, 0]], 0.5)


def prior_cases(draw):
    yield priors("two", softmax(draw.normal(50, 2, scale=2)), [0.5, 0.5], [0.99, 0.01])
    yield priors("three", softmax(draw.normal(40, 3)), [0.2, 0.3, 0.5], [0.7, 0.3, 0.0])


def cases():
    warnings.simplefilter("ignore")
    for family in (class_cases, sweep_cases, cost_cases, prior_cases):
        yield from family(Draw(f"verdict {family.__name__}"))
