"""Folds by scikit-learn: `train` and `test`, `[folds, samples]`, are 1 where a sample belongs to that
part of a fold. Of splitters that draw, what they drew stands in `places`, in order."""

import numpy as np
from sklearn import model_selection

from .files import Case
from .gradients import Draw
from .resampling import Recorder


def split(name, class_name, count, classes=None, groups=None, **config):
    random = Recorder(3)
    draws = {"random_state": random} if "ShuffleSplit" in class_name else {}
    splitter = getattr(model_selection, class_name)(**config, **draws)
    train, test = [], []
    for learned, judged in splitter.split(np.zeros([count, 1]), classes, groups):
        for rows, places in ((train, learned), (test, judged)):
            row = np.zeros(count, np.int32)
            row[places] = 1
            rows.append(row)
    tensors = {"train": np.stack(train), "test": np.stack(test)}
    if classes is not None:
        tensors["classes"] = np.asarray(classes, np.int32)
    if groups is not None:
        tensors["groups"] = np.asarray(groups, np.int32)
    if draws:
        tensors["places"] = np.asarray(random.places, np.int32)
    description = {"class_name": class_name, "config": config}
    return Case(f"splits/{name}.safetensors", description, tensors)


def cases():
    draw = Draw("splits")
    for count, splits in ((10, 5), (11, 4), (3, 2)):
        yield split(f"k_fold_{count}", "KFold", count, n_splits=splits)
    # Classes in unequal numbers, that do not divide, and do not begin with class 0.
    classes = np.concatenate([[2], draw.integers(39, below=3), [2, 0, 1] * 3, [0] * 20])
    for splits in (2, 5, 7):
        yield split(
            f"stratified_k_fold_{splits}", "StratifiedKFold", len(classes), classes,
            n_splits=splits,
        )  # fmt: skip
    groups = 7 * draw.integers(len(classes), below=12) - 3
    for splits in (2, 3, 5):
        yield split(
            f"group_k_fold_{splits}", "GroupKFold", len(classes), None, groups, n_splits=splits
        )
        yield split(
            f"stratified_group_k_fold_{splits}", "StratifiedGroupKFold", len(classes), classes,
            groups, n_splits=splits,
        )  # fmt: skip
    yield split("group_k_fold_equal", "GroupKFold", 12, None, [0, 1, 2, 3] * 3, n_splits=3)
    yield split("leave_one_out", "LeaveOneOut", 4)
    yield split("leave_one_group_out", "LeaveOneGroupOut", 7, None, [5, 1, 5, 9, 1, 1, 9])
    yield split("time_series", "TimeSeriesSplit", 14, n_splits=4)
    yield split(
        "time_series_bounded", "TimeSeriesSplit", 20, n_splits=3, max_train_size=4, test_size=3,
        gap=2,
    )  # fmt: skip
    yield split("shuffle", "ShuffleSplit", 13, n_splits=3)
    yield split("shuffle_sizes", "ShuffleSplit", 20, n_splits=2, test_size=0.33, train_size=5)
    yield split("shuffle_train", "ShuffleSplit", 20, n_splits=2, train_size=0.66)
    yield split("group_shuffle", "GroupShuffleSplit", len(classes), None, groups, n_splits=3)
    yield split(
        "group_shuffle_sizes", "GroupShuffleSplit", len(classes), None, groups, n_splits=2,
        test_size=3, train_size=0.5,
    )  # fmt: skip
    yield split(
        "stratified_shuffle", "StratifiedShuffleSplit", len(classes), classes, n_splits=3
    )
    yield split(
        "stratified_shuffle_sizes", "StratifiedShuffleSplit", len(classes), classes, n_splits=3,
        test_size=11, train_size=0.4,
    )  # fmt: skip
    equal = np.repeat([0, 1, 2, 3], 5)
    yield split(
        "stratified_shuffle_equal", "StratifiedShuffleSplit", 20, equal, n_splits=4, test_size=6
    )
