"""Logistic and softmax regression, by scikit-learn's solvers for many records."""

import warnings

import numpy as np

from . import Row

TITLE = "Linear classifiers"

TOLERANCE = 1e-4  # of the mean loss's slopes, scikit-learn's default


def write(count, width, classes):
    """Features of deviation 1, and classes that hang together with them by chance."""

    def write(folder):
        random = np.random.default_rng(2)
        features = random.normal(size=(count, width)).astype(np.float32)
        features[:, 1:] = 0.8 * features[:, 1:] + 0.6 * features[:, :1]
        weights = random.normal(size=(width, classes)) / np.sqrt(width)
        chances = features @ weights + random.gumbel(size=(count, classes))
        features.tofile(folder / "features")
        chances.argmax(axis=1).tofile(folder / "classes")

    return write


def logistic(width, solver):
    def prepare(folder):
        from sklearn.linear_model import LogisticRegression

        # Float64, as Moru computes; scikit-learn would go on in Float32, and end at another place.
        features = np.fromfile(folder / "features", np.float32).reshape(-1, width).astype(np.float64)
        classes = np.fromfile(folder / "classes", np.int64)
        warnings.simplefilter("ignore")
        learner = LogisticRegression(C=1, tol=TOLERANCE, solver=solver, max_iter=1000)
        return lambda: (learner.fit(features, classes), features, classes)

    return prepare


def loss(found):
    """The mean loss that was reached."""
    learner, features, classes = found
    chances = learner.predict_proba(features)[np.arange(len(classes)), classes]
    return float(-np.log(chances).mean())


def row(kind, count, width, classes):
    title = f"{kind} regression {count:,} × {width}"
    title += f", {classes} classes" if classes > 2 else ""
    return Row(
        title, count, "records", write(count, width, classes),
        {
            "scikit-learn (lbfgs)": logistic(width, "lbfgs"),
            "scikit-learn (newton-cholesky)": logistic(width, "newton-cholesky"),
        },
        loss, tolerance=1e-4,
        remark="a fifth of Moru's time is the hash of the data, which tells later what a model was trained on.",
    )  # fmt: skip


ROWS = [
    row("logistic", 100_000, 50, 2),
    row("logistic", 10_000, 300, 2),
    row("softmax", 60_000, 64, 10),
]
