"""Scalers and imputers by scikit-learn: `input` with `missing` (I32, 1 where a value is not there),
`later` (samples that nothing was fitted to) and `output` (what becomes of those)."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from .files import Case
from .gradients import Draw


def prepare(name, step, later, features, missing=None, **config):
    missing = np.zeros(features.shape, np.int32) if missing is None else missing
    seen = np.where(missing == 1, np.nan, features)
    output = step(**config).fit(seen).transform(later)
    if step is SimpleImputer:
        # What becomes of samples without any value.
        output = step(**config).fit(seen).transform(np.full_like(later, np.nan))
    config = {key: list(value) if isinstance(value, tuple) else value for key, value in config.items()}
    return Case(
        f"preparation/{name}.safetensors",
        {"class_name": step.__name__, "config": config},
        {"input": features, "missing": missing, "later": later, "output": output},
    )


def cases():
    draw = Draw("preparation")
    features = draw.normal(31, 4) * np.array([1, 100, 1e-3, 2]) + np.array([0, -300, 0, 5])
    features = np.column_stack([features, np.full(31, 7.0), draw.integers(31, below=4)])
    features = features.astype(np.float32).astype(np.float64)
    later = 2 * features[:5] + 1
    missing = np.zeros(features.shape, np.int32)
    missing[::3, 0] = missing[1::2, 3] = missing[4, 5] = 1
    for ending, holes in (("", None), ("_missing", missing)):
        yield prepare(f"standard{ending}", StandardScaler, later, features, holes)
        yield prepare(f"min_max{ending}", MinMaxScaler, later, features, holes)
        yield prepare(f"robust{ending}", RobustScaler, later, features, holes)
    yield prepare("standard_mean", StandardScaler, later, features, with_std=False)
    yield prepare("standard_std", StandardScaler, later, features, with_mean=False)
    yield prepare("min_max_range", MinMaxScaler, later, features, feature_range=(-1.0, 3.0))
    yield prepare("robust_range", RobustScaler, later, features, quantile_range=(10.0, 80.0))
    for strategy in ("mean", "median", "most_frequent"):
        yield prepare(f"impute_{strategy}", SimpleImputer, later, features, missing, strategy=strategy)
    yield prepare(
        "impute_constant", SimpleImputer, later, features, missing, strategy="constant",
        fill_value=-2.5,
    )  # fmt: skip
