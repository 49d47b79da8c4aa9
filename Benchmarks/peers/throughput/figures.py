"""Figures of predictions, by scikit-learn."""

import numpy as np

from . import Row

TITLE = "Figures of predictions"

COUNT = 1_000_000
CLASSES = 10


def write_scores(folder):
    """Whether yes is true, and scores of which some are equal."""
    random = np.random.default_rng(3)
    truth = random.random(COUNT) < 0.1
    scores = np.round(1 / (1 + np.exp(2 - 2 * truth - random.normal(size=COUNT))), 7)
    truth.astype(np.uint8).tofile(folder / "truth")
    scores.tofile(folder / "scores")


def write_classes(folder):
    """The class of each record, probabilities of all, and the class of the greatest."""
    random = np.random.default_rng(4)
    truth = random.integers(CLASSES, size=COUNT)
    scores = random.normal(size=(COUNT, CLASSES))
    scores[np.arange(COUNT), truth] += 1.5
    scores = np.exp(scores)
    scores /= scores.sum(axis=1, keepdims=True)
    truth.tofile(folder / "truth")
    scores.tofile(folder / "scores")
    scores.argmax(axis=1).tofile(folder / "predicted")


def write_quantities(folder):
    random = np.random.default_rng(5)
    truth = random.gamma(2, 10, size=COUNT)
    truth.tofile(folder / "truth")
    (truth + random.normal(0, 3, size=COUNT)).tofile(folder / "predicted")


def of_scores(name):
    def prepare(folder):
        from sklearn import metrics

        truth = np.fromfile(folder / "truth", np.uint8)
        scores = np.fromfile(folder / "scores")
        return lambda: getattr(metrics, name)(truth, scores)

    return prepare


def of_probabilities(name, **settings):
    def prepare(folder):
        from sklearn import metrics

        truth = np.fromfile(folder / "truth", np.int64)
        scores = np.fromfile(folder / "scores").reshape(-1, CLASSES)
        return lambda: getattr(metrics, name)(truth, scores, **settings)

    return prepare


def confusion_matrix(folder):
    from sklearn.metrics import confusion_matrix

    truth = np.fromfile(folder / "truth", np.int64)
    predicted = np.fromfile(folder / "predicted", np.int64)
    return lambda: confusion_matrix(truth, predicted)


def of_quantities(folder):
    from sklearn import metrics

    truth, predicted = np.fromfile(folder / "truth"), np.fromfile(folder / "predicted")
    names = [
        "mean_absolute_error", "root_mean_squared_error", "r2_score", "median_absolute_error",
    ]  # fmt: skip
    return lambda: sum(getattr(metrics, name)(truth, predicted) for name in names)


def row(name, write, peer, figure=float):
    return Row(name, COUNT, "records", write, {"scikit-learn": peer}, figure, tolerance=1e-9)


ROWS = [
    row("ROC AUC, 1,000,000 records", write_scores, of_scores("roc_auc_score")),
    row("average precision, 1,000,000 records", write_scores, of_scores("average_precision_score")),
    row("log loss, 1,000,000 records of 10 classes", write_classes, of_probabilities("log_loss")),
    row(
        "ROC AUC, 1,000,000 records of 10 classes", write_classes,
        of_probabilities("roc_auc_score", multi_class="ovr"),
    ),
    row(
        "confusion matrix, 1,000,000 records of 10 classes", write_classes, confusion_matrix,
        lambda matrix: float(matrix.trace()),
    ),
    row("MAE, RMSE, R², median error, 1,000,000 records", write_quantities, of_quantities),
]  # fmt: skip
