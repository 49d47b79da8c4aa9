"""Writes metrics.json: what scikit-learn, statsmodels and SciPy say about fixed samples.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install -r requirements.txt
    /tmp/venv/bin/python make_fixtures.py
"""

import json
import pathlib

import numpy
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics
from sklearn.dummy import DummyClassifier
from statsmodels.stats.proportion import proportion_confint

random = numpy.random.default_rng(20240501)


def interval(successes, count):
    return {
        "successes": successes,
        "count": count,
        "wilson": list(proportion_confint(successes, count, 0.05, "wilson")),
        "clopperPearson": list(proportion_confint(successes, count, 0.05, "beta")),
    }


def classification(name, class_count, truth, predicted):
    classes = list(range(class_count))

    def averages(average):
        scores = metrics.precision_recall_fscore_support(
            truth, predicted, labels=classes, average=average, zero_division=0
        )
        return [None if part is None else numpy.asarray(part).tolist() for part in scores]

    def matrix(normalize=None):
        return metrics.confusion_matrix(
            truth, predicted, labels=classes, normalize=normalize
        ).tolist()

    precision, recall, f1, support = averages(None)
    dummy = DummyClassifier(strategy="most_frequent").fit([[0]] * len(predicted), predicted)
    return {
        "name": name,
        "classCount": class_count,
        "truth": truth,
        "predicted": predicted,
        "counts": matrix(),
        "byTruth": matrix("true"),
        "byPredicted": matrix("pred"),
        "byAll": matrix("all"),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "support": support,
        "macro": averages("macro")[:3],
        "weighted": averages("weighted")[:3],
        "accuracy": metrics.accuracy_score(truth, predicted),
        # Trained on `predicted`, judged on `truth`: two sets that differ.
        "mostFrequent": int(dummy.predict([[0]])[0]),
        "mostFrequentAccuracy": dummy.score([[0]] * len(truth), truth),
    }


def noisy(class_count, count, error_rate, weights=None):
    truth = random.choice(class_count, count, p=weights)
    wrong = random.random(count) < error_rate
    predicted = numpy.where(wrong, random.integers(0, class_count, count), truth)
    return truth.tolist(), predicted.tolist()


def regression(name, truth, predicted):
    truth, predicted = numpy.array(truth), numpy.array(predicted)

    def bootstrap(statistic):
        found = stats.bootstrap(
            (truth, predicted), statistic, paired=True, vectorized=False, n_resamples=20000,
            method="percentile", rng=numpy.random.default_rng(1),
        ).confidence_interval
        return [float(found.low), float(found.high)]

    scores = {
        "meanAbsoluteError": metrics.mean_absolute_error,
        "rootMeanSquaredError": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
    }
    return {
        "name": name,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "scores": {key: float(score(truth, predicted)) for key, score in scores.items()},
        "intervals": {key: bootstrap(score) for key, score in scores.items()},
    }


truth = random.normal(150, 77, 60).round(3)
skewed = random.lognormal(3, 1, 45).round(3)
fixtures = {
    "versions": {
        module.__name__: module.__version__ for module in (numpy, scipy, sklearn, statsmodels)
    },
    "intervals": [
        interval(*pair)
        for pair in [
            (0, 1), (1, 1), (0, 10), (10, 10), (1, 3), (350, 360), (9785, 10000),
            (1, 1000000), (500000, 1000000), (999999, 1000000),
        ]
    ],
    "classification": [
        classification("ten classes", 10, *noisy(10, 360, 0.1)),
        classification("a rare class", 2, *noisy(2, 400, 0.05, [0.97, 0.03])),
        classification("one class only", 1, [0, 0, 0], [0, 0, 0]),
        classification("a class without samples", 3, [0, 0, 1, 1, 1], [0, 2, 1, 1, 0]),
        classification("a class never predicted", 3, [0, 1, 2, 2], [0, 1, 1, 0]),
        classification("a class neither there nor predicted", 3, [0, 2, 2], [0, 2, 0]),
        classification("all right", 3, [2, 0, 1, 1], [2, 0, 1, 1]),
        classification("none right", 3, [0, 1, 2, 2], [1, 2, 0, 1]),
        classification("a single sample", 2, [1], [0]),
        classification("equally frequent classes", 3, [0, 1, 2, 0], [2, 1, 1, 2]),
    ],
    "regression": [
        regression("close", truth, (truth + random.normal(0, 20, 60)).round(3)),
        regression("skewed", skewed, (skewed * random.lognormal(0, 0.4, 45)).round(3)),
        regression("worse than the mean", [1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 9.0]),
    ],
}
path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps(fixtures, separators=(",", ":")) + "\n")
