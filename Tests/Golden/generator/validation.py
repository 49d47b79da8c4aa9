"""Statistics of data validation by SciPy, scikit-learn and NumPy."""

import numpy as np
import scipy.fft
import scipy.stats
from sklearn import ensemble, metrics

from .files import Case
from .gradients import Draw


def case(class_name, name, tensors):
    arrays = {key: np.asarray(value) for key, value in tensors.items()}
    description = {"class_name": class_name}
    return Case(f"validation/{name}.safetensors", description, arrays)


def normals(draw, count):
    """Normal numbers from uniform ones, by their quantile function."""
    return scipy.stats.norm.ppf(draw.uniform(count, low=0.0005, high=0.9995).astype(np.float64))


def ks(draw, name, first, second):
    exact = scipy.stats.ks_2samp(first, second, method="exact")
    size = len(first) * len(second) / (len(first) + len(second))
    limit = scipy.stats.kstwobign.sf(np.sqrt(size) * exact.statistic)
    results = np.array([exact.statistic, exact.pvalue, limit])
    return case("ks_2samp", f"ks_{name}", {"first": first, "second": second, "results": results})


def cases():
    draw = Draw("validation")
    wide, shifted = normals(draw, 80), normals(draw, 60) + 0.4
    yield ks(draw, "shifted", wide, shifted)
    yield ks(draw, "alike", normals(draw, 40), normals(draw, 25))
    yield ks(draw, "small", np.array([1.0, 2, 3]), np.array([2.5, 4, 5, 6]))
    yield ks(draw, "apart", np.arange(30.0), np.arange(20.0) + 100)

    for name, counts in (
        ("even", [[30, 40, 50], [33, 36, 51]]),
        ("drifted", [[300, 40, 5, 12], [180, 90, 40, 3]]),
        ("two", [[10, 12], [3, 20]]),
        ("many", [list(range(5, 45)), list(range(45, 5, -1))]),
    ):
        found = scipy.stats.chi2_contingency(np.array(counts), correction=False)
        results = np.array([found.statistic, found.dof, found.pvalue], np.float64)
        yield case(
            "chi2_contingency",
            f"chi_square_{name}",
            {"counts": np.array(counts, np.int32), "results": results},
        )

    numbers = np.concatenate([np.round(normals(draw, 60), 2), [8.5, -9, 8.5]])
    spread = scipy.stats.median_abs_deviation(numbers, scale="normal")
    yield case(
        "median_abs_deviation",
        "robust",
        {
            "numbers": numbers,
            "results": np.array([np.median(numbers), spread]),
            "quantiles": np.quantile(numbers, np.linspace(0, 1, 11)),
        },
    )

    scores = np.round(normals(draw, 90), 1)  # with ties
    positive = (scores + normals(draw, 90) > 0.3).astype(np.int32)
    bins = np.digitize(scores, [-1, -0.3, 0.3, 1]).astype(np.int32)
    yield case(
        "roc_auc_score",
        "strength",
        {
            "scores": scores,
            "positive": positive,
            "bins": bins,
            "results": np.array(
                [metrics.roc_auc_score(positive, scores), metrics.mutual_info_score(bins, positive)]
            ),
        },
    )

    # Two clouds and ten rows away from both; scikit-learn's scores are minus the paper's.
    rows = np.concatenate(
        [normals(draw, 300).reshape(150, 2) * 0.5, normals(draw, 300).reshape(150, 2) * 0.5 + 4]
    )
    angles = np.arange(10) * 0.628
    rows = np.concatenate([rows, np.stack([2 + 7 * np.cos(angles), 2 + 7 * np.sin(angles)], 1)])
    forests = [
        ensemble.IsolationForest(n_estimators=100, max_samples=256, random_state=seed).fit(rows)
        for seed in range(10)
    ]
    found = np.stack([-forest.score_samples(rows) for forest in forests])
    yield case(
        "IsolationForest",
        "isolation_forest",
        {"rows": rows, "scores": found.mean(0), "deviation": found.std(0)},
    )

    pixels = np.round(draw.uniform(1024, low=0, high=255)).reshape(32, 32)
    smooth = scipy.fft.idctn(
        scipy.fft.dctn(pixels.astype(np.float64))
        / (1 + np.add.outer(np.arange(32), np.arange(32))) ** 2
    )
    waves = scipy.fft.dctn(smooth)[:8, :8]
    yield case(
        "phash",
        "perceptual_hash",
        {"pixels": smooth, "bits": (waves > np.median(waves)).astype(np.int32).reshape(64)},
    )
