"""Resampling by imbalanced-learn, with the random numbers that it drew: `places` (I32) and `fractions`
in the order in which they were asked for. `input`, `classes` before, `output`, `resampled` after."""

import numpy as np
from imblearn import over_sampling, under_sampling
from sklearn.utils.class_weight import compute_class_weight

from .files import Case
from .gradients import Draw


class Recorder(np.random.RandomState):
    """Writes down what it draws: whole numbers as places below a bound, others as fractions."""

    def __init__(self, seed):
        super().__init__(seed)
        self.places, self.fractions, self.is_inside = [], [], False

    def randint(self, *arguments, **settings):
        drawn = super().randint(*arguments, **settings)
        if not self.is_inside:
            self.places.extend(np.atleast_1d(drawn).tolist())
        return drawn

    def uniform(self, *arguments, **settings):
        drawn = super().uniform(*arguments, **settings)
        self.fractions.extend(np.ravel(drawn).tolist())
        return drawn

    def choice(self, population, size=None, replace=True):
        self.is_inside = True
        drawn = super().choice(population, size=size, replace=replace)
        self.is_inside = False
        among = np.arange(population) if np.isscalar(population) else np.asarray(population)
        self.places.extend(np.searchsorted(among, drawn).tolist())
        return drawn

    def permutation(self, candidates):
        """Writes whole orders down. SMOTENC takes the first of each row's equally frequent categories, `[row, column]`."""
        self.is_inside, was_inside = True, self.is_inside
        drawn = super().permutation(candidates)
        self.is_inside = was_inside
        if self.is_inside:
            return drawn
        if np.ndim(candidates) == 0:
            self.places.extend(drawn.tolist())
            return drawn
        if np.ndim(candidates) == 1:
            # An order that decides nothing: folds are compared as sets.
            return drawn
        for row in np.unique(candidates[:, 0]):
            equal = candidates[candidates[:, 0] == row, 1]
            if len(equal) > 1:
                chosen = drawn[drawn[:, 0] == row, 1][0]
                self.places.append(int(np.flatnonzero(equal == chosen)[0]))
        return drawn


def resample(name, class_name, features, classes, **config):
    random = Recorder(7)
    module = over_sampling if hasattr(over_sampling, class_name) else under_sampling
    settings = dict(config)
    if class_name != "TomekLinks":
        settings["random_state"] = random
    output, resampled = getattr(module, class_name)(**settings).fit_resample(features, classes)
    if isinstance(config.get("sampling_strategy"), dict):
        named = {str(label): count for label, count in config["sampling_strategy"].items()}
        config["sampling_strategy"] = named
    if isinstance(config.get("sampling_strategy"), list):
        config["sampling_strategy"] = [str(label) for label in config["sampling_strategy"]]
    return Case(
        f"resampling/{name}.safetensors",
        {"class_name": class_name, "config": config},
        {
            "input": features, "classes": classes, "output": output.astype(np.float64),
            "resampled": resampled, "places": np.asarray(random.places, np.int32),
            "fractions": np.asarray(random.fractions, np.float64),
        },
    )  # fmt: skip


def cases():
    draw = Draw("resampling")
    classes = draw.integers(60, below=20)
    classes = np.where(classes < 12, 1, np.where(classes < 17, 0, 2)).astype(np.int32)
    features = draw.normal(60, 3) + classes[:, None] / 2
    two = np.where(classes == 2, 2, 0).astype(np.int32)
    yield resample("over", "RandomOverSampler", features, classes)
    yield resample(
        "over_minority", "RandomOverSampler", features, classes, sampling_strategy="minority"
    )
    yield resample("over_ratio", "RandomOverSampler", features, two, sampling_strategy=0.7)
    yield resample("under", "RandomUnderSampler", features, classes)
    yield resample(
        "under_majority", "RandomUnderSampler", features, classes, sampling_strategy="majority"
    )
    yield resample("under_ratio", "RandomUnderSampler", features, two, sampling_strategy=0.4)
    yield resample(
        "under_counts", "RandomUnderSampler", features, classes, sampling_strategy={0: 5, 1: 20}
    )
    yield resample(
        "under_all", "RandomUnderSampler", features, classes, sampling_strategy="all",
        replacement=True,
    )  # fmt: skip
    yield resample("smote", "SMOTE", features, classes)
    yield resample("smote_ratio", "SMOTE", features, two, sampling_strategy=0.55, k_neighbors=3)
    yield resample(
        "smote_counts", "SMOTE", features, classes, sampling_strategy={2: 20, 0: 19}, k_neighbors=2
    )
    yield resample("smote_all", "SMOTE", features, classes, sampling_strategy="all", k_neighbors=4)
    wide = draw.normal(60, 40)
    yield resample("smote_wide", "SMOTE", wide, classes, sampling_strategy="not minority")
    yield resample("adasyn", "ADASYN", features, classes)
    yield resample(
        "adasyn_minority", "ADASYN", features, classes, sampling_strategy="minority", n_neighbors=3
    )
    yield resample("tomek", "TomekLinks", features, classes)
    yield resample("tomek_all", "TomekLinks", features, classes, sampling_strategy="all")
    yield resample("tomek_classes", "TomekLinks", features, classes, sampling_strategy=[1, 2])
    mixed = np.column_stack(
        [features[:, 0], draw.integers(60, below=3) * 2, 3 * features[:, 1], draw.integers(60, below=4)]
    ).astype(np.float64)  # fmt: skip
    yield resample("smotenc", "SMOTENC", mixed, classes, categorical_features=[1, 3])
    yield resample(
        "smotenc_one", "SMOTENC", mixed, classes, categorical_features=[3], k_neighbors=4,
        sampling_strategy="minority",
    )  # fmt: skip
    # The deviations' median is 0, so that categories do not count in distances.
    flat = mixed.copy()
    flat[classes == 2, 0] = 1
    flat[classes == 2, 2] = 2
    flat = np.column_stack([flat, features[:, 2]])
    yield resample(
        "smotenc_flat", "SMOTENC", flat, classes, categorical_features=[1, 3],
        sampling_strategy="minority",
    )  # fmt: skip
    balanced = compute_class_weight("balanced", classes=np.unique(classes), y=classes)
    yield Case(
        "resampling/weights.safetensors",
        {"class_name": "compute_class_weight", "config": {}},
        {"classes": classes, "output": balanced},
    )
