"""Figures of the verdict by scikit-learn, SciPy and, where they have none, NumPy in plain steps."""

import warnings

import numpy as np
from scipy import optimize, stats
from sklearn import metrics
from sklearn.calibration import _sigmoid_calibration, _TemperatureScaling, calibration_curve
from sklearn.isotonic import IsotonicRegression

from .files import Case, require_agreement
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


def probabilities(name, truth, values, weights=None):
    truth, values = np.asarray(truth), np.asarray(values)
    labels = list(range(values.shape[1]))
    options = {"labels": labels, "sample_weight": weights}
    tensors = {
        "truth": truth,
        "probabilities": values,
        "scores": [
            metrics.log_loss(truth, values, **options),
            metrics.brier_score_loss(truth, values, **options),
        ],
        "top": [
            metrics.top_k_accuracy_score(truth, values, k=k, **options)
            for k in range(1, len(labels))
            if len(labels) > 2
        ],
    }
    if len(labels) > 2 and len(np.unique(truth)) == len(labels) and weights is None:
        tensors["areas"] = [
            metrics.roc_auc_score(truth, values, multi_class=kind, average=average)
            for kind in ("ovr", "ovo")
            for average in ("macro", "weighted")
        ] + [metrics.roc_auc_score(truth, values, multi_class="ovr", average="micro")]
    if weights is not None:
        tensors["weights"] = weights
    return case("probabilities", name, tensors)


def calibration(name, truth, values, bins, strategy):
    share, mean = calibration_curve(truth, values, n_bins=bins, strategy=strategy)
    step = 1 / bins
    edges = np.arange(1, bins) * step
    if strategy == "quantile":
        edges = np.percentile(values, edges * 100)
    place = (values[:, None] > edges).sum(1)
    gaps = [
        (np.sum(place == b), abs(truth[place == b].mean() - values[place == b].mean()))
        for b in range(bins)
        if np.any(place == b)
    ]
    tensors = {
        "truth": truth, "probabilities": values, "share": share, "mean": mean,
        "errors": [sum(n * gap for n, gap in gaps) / len(truth), max(gap for _, gap in gaps)],
    }  # fmt: skip
    return case("calibration", name, tensors, bins=bins, strategy=strategy)


def temperature(name, logits, truth, weights=None):
    """The temperature at which the log loss has no slope, by SciPy."""
    mass = np.ones(len(truth)) if weights is None else weights
    rows = np.arange(len(truth))

    def slope(inverse):
        mean = (softmax(inverse * logits) * logits).sum(1)
        return mass @ (mean - logits[rows, truth])

    inverse = optimize.brentq(slope, 1e-3, 1e3, xtol=1e-14, rtol=1e-14)
    tensors = {
        "logits": logits, "truth": truth, "temperature": [1 / inverse],
        "calibrated": softmax(inverse * logits),
    }  # fmt: skip
    # scikit-learn finds the same within the tolerance of its search.
    fit = _TemperatureScaling().fit(logits, truth, sample_weight=weights)
    require_agreement("temperature", fit.beta_, inverse, 1e-5)
    if weights is not None:
        tensors["weights"] = weights
    return case("temperature", name, tensors)


def isotonic(name, truth, scores, weights=None):
    fit = IsotonicRegression(out_of_bounds="clip").fit(scores, truth, sample_weight=weights)
    asked = np.linspace(scores.min() - 1, scores.max() + 1, 41)
    asked = np.concatenate([asked, scores])
    tensors = {"truth": truth, "scores": scores, "asked": asked, "answers": fit.predict(asked)}
    if weights is not None:
        tensors["weights"] = weights
    return case("isotonic", name, tensors)


def platt(name, truth, scores, weights=None):
    """The curve of least loss to Platt's targets, by SciPy's Newton method."""
    mass = np.ones(len(truth)) if weights is None else weights
    yes, no = mass @ truth, mass @ (1 - truth)
    target = np.where(truth == 1, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(ab):
        power = ab[0] * scores + ab[1]
        return mass @ (np.logaddexp(0, power) - (1 - target) * power)

    def slope(ab):
        error = mass * (target - 1 / (1 + np.exp(ab[0] * scores + ab[1])))
        return np.array([error @ scores, error.sum()])

    found = optimize.minimize(loss, [0.0, 0.0], jac=slope, method="BFGS", options={"gtol": 1e-9})
    found = optimize.root(slope, found.x, tol=1e-14).x
    require_agreement("Platt", _sigmoid_calibration(scores, truth, weights), found, 1e-3)
    tensors = {"truth": truth, "scores": scores, "curve": found}
    if weights is not None:
        tensors["weights"] = weights
    return case("platt", name, tensors)


def quantities(name, truth, predicted, weights=None):
    truth, predicted = np.asarray(truth, FLOAT), np.asarray(predicted, FLOAT)
    weighted = {"sample_weight": weights}
    tensors = {
        "truth": truth,
        "predicted": predicted,
        "figures": [
            np.average(predicted - truth, weights=weights),
            metrics.mean_absolute_error(truth, predicted, **weighted),
            metrics.mean_squared_error(truth, predicted, **weighted),
            metrics.root_mean_squared_error(truth, predicted, **weighted),
            metrics.max_error(truth, predicted),
            metrics.median_absolute_error(truth, predicted, **weighted),
            metrics.mean_absolute_percentage_error(truth, predicted, **weighted),
        ],
        "explained": [
            metrics.r2_score(truth, predicted, **weighted),
            metrics.explained_variance_score(truth, predicted, **weighted),
            metrics.d2_absolute_error_score(truth, predicted, **weighted),
        ],
        "pinball": [
            score(truth, predicted, alpha=alpha, **weighted)
            for alpha in (0.1, 0.5, 0.9)
            for score in (metrics.mean_pinball_loss, metrics.d2_pinball_score)
        ],
    }
    powers = [-1.5, 0, 1, 1.5, 2, 3] if min(truth.min(), predicted.min()) > 0 else [0]
    tensors["tweedie"] = [
        score(truth, predicted, power=power, **weighted)
        for power in powers
        for score in (metrics.mean_tweedie_deviance, metrics.d2_tweedie_score)
    ]
    if len(powers) > 1:
        tensors["logarithmic"] = [metrics.mean_squared_log_error(truth, predicted, **weighted)]
    if weights is not None:
        tensors["weights"] = weights
    return case("quantities", name, tensors, powers=powers)


def ranking(name, relevance, scores, weights=None):
    weighted = {"sample_weight": weights}
    tensors = {"relevance": relevance, "scores": scores}
    tensors["gains"] = [
        score(relevance, scores, k=k, **weighted)
        for k in (None, 1, 3)
        for score in (metrics.dcg_score, metrics.ndcg_score)
    ]
    truth = (relevance > 1).astype(INT)
    tensors["truth"] = truth
    tensors["labels"] = [
        metrics.label_ranking_average_precision_score(truth, scores, **weighted),
        metrics.coverage_error(truth, scores, **weighted),
        metrics.label_ranking_loss(truth, scores, **weighted),
    ]
    if weights is not None:
        tensors["weights"] = weights
    return case("ranking", name, tensors)


def clusters(name, truth, predicted):
    homogeneity, completeness, v = metrics.homogeneity_completeness_v_measure(truth, predicted)
    tensors = {
        "truth": truth,
        "predicted": predicted,
        "figures": [
            metrics.rand_score(truth, predicted),
            metrics.adjusted_rand_score(truth, predicted),
            metrics.fowlkes_mallows_score(truth, predicted),
            metrics.mutual_info_score(truth, predicted),
            metrics.normalized_mutual_info_score(truth, predicted),
            metrics.adjusted_mutual_info_score(truth, predicted),
            homogeneity,
            completeness,
            v,
            metrics.v_measure_score(truth, predicted, beta=0.3),
        ],
    }
    return case("clusters", name, tensors)


def compactness(name, features, labels):
    tensors = {
        "features": features,
        "clusters": labels,
        "silhouettes": metrics.silhouette_samples(features, labels),
        "figures": [
            metrics.silhouette_score(features, labels),
            metrics.davies_bouldin_score(features, labels),
            metrics.calinski_harabasz_score(features, labels),
        ],
    }
    return case("compactness", name, tensors)


def delong(name, truth, scores):
    """DeLong's variance by its definition: every yes against every no."""
    yes, no = scores[truth == 1], scores[truth == 0]
    above = (yes[:, None] > no) + 0.5 * (yes[:, None] == no)
    area = metrics.roc_auc_score(truth, scores)
    variance = above.mean(1).var(ddof=1) / len(yes) + above.mean(0).var(ddof=1) / len(no)
    margin = stats.norm.ppf(0.975) * np.sqrt(variance)
    tensors = {
        "truth": truth, "scores": scores,
        "interval": [area, max(area - margin, 0), min(area + margin, 1)],
    }  # fmt: skip
    return case("delong", name, tensors)


def mcnemar(name, first, second):
    discordant = first + second
    exact = stats.binomtest(first, discordant).pvalue if discordant else 1.0
    squares = [
        (abs(first - second) - less) ** 2 / discordant if discordant else 0.0 for less in (1, 0)
    ]
    tensors = {"values": [exact, *squares, *(stats.chi2.sf(square, 1) for square in squares)]}
    return case("mcnemar", name, tensors, first=first, second=second)


def probability_cases(draw):
    two = softmax(draw.normal(40, 2))
    truth = draw.integers(40, below=2)
    yield probabilities("two", truth, two)
    yield probabilities("two_weighted", truth, two, draw.uniform(40))
    four = softmax(draw.normal(90, 4, scale=2))
    truth = draw.integers(90, below=4)
    yield probabilities("four", truth, four)
    yield probabilities("four_weighted", truth, four, draw.uniform(90))
    yield probabilities("certain", [0, 1, 2], np.eye(3)[[0, 2, 2]])
    yield probabilities("one_class", [1, 1], softmax(draw.normal(2, 3)))
    yield probabilities("single", [1], softmax(draw.normal(1, 3)))


def calibration_cases(draw):
    values = draw.uniform(203)
    truth = (draw.uniform(203) < values**2).astype(INT)
    for bins, strategy in ((10, "uniform"), (7, "uniform"), (5, "quantile"), (1, "uniform")):
        yield calibration(f"{strategy}_{bins}", truth, values, bins, strategy)
    yield calibration("edges", truth, np.round(values, 1), 10, "uniform")
    logits = draw.normal(80, 3, scale=3)
    classes_ = np.where(draw.uniform(80) < 0.6, logits.argmax(1), draw.integers(80, below=3))
    yield temperature("too_sure", logits, classes_)
    yield temperature("weighted", logits * 0.1, classes_, draw.uniform(80))
    scores = draw.normal(60)
    truth = (draw.uniform(60) < 1 / (1 + np.exp(-3 * scores))).astype(INT)
    yield isotonic("plain", truth, scores)
    yield isotonic("ties", truth, np.round(scores, 1))
    yield isotonic("weighted", truth, np.round(scores, 1), draw.uniform(60))
    yield isotonic("falling", truth, -scores)
    yield isotonic("one_class", np.ones(5, INT), scores[:5])
    yield platt("plain", truth, scores)
    yield platt("great", truth, scores * 1e4)
    yield platt("weighted", truth, scores, draw.uniform(60))


def quantity_cases(draw):
    truth, error = draw.normal(41), draw.normal(41, scale=0.5)
    yield quantities("normal", truth, truth + error)
    yield quantities("weighted", truth, truth + error, draw.integers(41, below=4).astype(FLOAT))
    truth = np.exp(draw.normal(40))
    predicted = truth * np.exp(draw.normal(40, scale=0.3))
    yield quantities("positive", truth, predicted)
    yield quantities("positive_weighted", truth, predicted, draw.uniform(40))
    yield quantities("ties", [1, 1, 1, 2, 2, 9], [1, 2, 3, 2, 1, 0])


def ranking_cases(draw):
    relevance, scores = draw.integers(12, 6, below=4).astype(FLOAT), draw.normal(12, 6)
    yield ranking("plain", relevance, scores)
    yield ranking("ties", relevance, np.round(scores))
    yield ranking("weighted", relevance, np.round(scores), draw.uniform(12))
    odd = np.array([[0, 0, 0], [3, 3, 3], [0, 2, 0]], FLOAT)
    yield ranking("odd_rows", odd, np.array([[1, 2, 3], [1, 2, 3], [5, 5, 5]], FLOAT))


def cluster_cases(draw):
    truth, predicted = noisy(draw, 4, 120, 0.5)
    yield clusters("noisy", truth, predicted * 7 - 3)
    yield clusters("independent", draw.integers(90, below=3), draw.integers(90, below=5))
    yield clusters("equal", truth, 3 - truth)
    yield clusters("one_cluster", [0, 0, 1, 1], [5, 5, 5, 5])
    yield clusters("all_whole", [1, 1, 1], [2, 2, 2])
    yield clusters("all_single", [0, 1, 2, 3], [0, 1, 2, 3])
    yield clusters("single", [3], [4])
    yield clusters("parted_everywhere", [0, 0, 1, 1], [0, 1, 2, 3])
    features = draw.normal(60, 3) + 2 * draw.integers(60, 1, below=3)
    yield compactness("plain", features, draw.integers(60, below=3))
    yield compactness("single_member", features[:9], np.array([4, 4, 4, 4, 9, 9, 9, 9, 0]))


def inference_cases(draw):
    truth = (draw.uniform(70) < 0.3).astype(INT)
    scores = draw.normal(70) + truth
    yield delong("plain", truth, scores)
    yield delong("ties", truth, np.round(scores))
    yield delong("perfect", truth, truth.astype(FLOAT))
    for first, second in ((10, 3), (3, 10), (5, 5), (0, 0), (0, 1), (400, 460), (1, 30)):
        yield mcnemar(f"{first}_{second}", first, second)


def cases():
    warnings.simplefilter("ignore")
    families = (
        class_cases, sweep_cases, cost_cases, prior_cases, probability_cases, calibration_cases,
        quantity_cases, ranking_cases, cluster_cases, inference_cases,
    )  # fmt: skip
    for family in families:
        yield from family(Draw(f"verdict {family.__name__}"))
