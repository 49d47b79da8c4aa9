"""Classical learners by scikit-learn, intervals by statsmodels, boosting by XGBoost.

Tensors: `features`, `target` (I32 for classes), perhaps `weights`; `coefficients` `[outputs, features]`
and `intercepts`, where there are such, `errors`, `low` and `high` of the intercept and the
coefficients; `probe` (features of other samples), and `output` for the probe: probabilities, scores
or numbers."""

import numpy as np
import statsmodels.api as statsmodels
import xgboost
from sklearn import dummy, ensemble, linear_model, naive_bayes, neighbors, svm, tree

from .files import TOLERANCE, Case, require_agreement
from .gradients import Draw

MODULES = [dummy, ensemble, linear_model, naive_bayes, neighbors, svm, tree]


def estimator(class_name, config):
    for module in MODULES:
        if hasattr(module, class_name):
            return getattr(module, class_name)(**config)
    raise KeyError(class_name)


def answers(model, probe):
    if hasattr(model, "predict_proba"):
        return model.predict_proba(probe)
    if hasattr(model, "decision_function"):
        scores = model.decision_function(probe)
        return scores if scores.ndim == 2 else np.stack([-scores, scores], 1)
    return np.reshape(model.predict(probe), [len(probe), -1])


def learned(
    name, class_name, config, features, target, probe, weights=None, *, exact=None,
    tolerance=TOLERANCE,
):  # fmt: skip
    """- exact: settings that bring the solver as near to the least as Float64 allows."""
    model = estimator(class_name, config | (exact or {}))
    model.fit(features, target, **({} if weights is None else {"sample_weight": weights}))
    tensors = {"features": features, "target": np.asarray(target), "probe": probe}
    if tensors["target"].dtype.kind == "i":
        tensors["target"] = tensors["target"].astype(np.int32)
    if weights is not None:
        tensors["weights"] = weights
    if hasattr(model, "coef_"):
        coefficients = np.atleast_2d(model.coef_)
        tensors["coefficients"] = coefficients
        intercepts = np.atleast_1d(model.intercept_)
        tensors["intercepts"] = np.zeros(len(coefficients)) + intercepts
    tensors["output"] = np.asarray(answers(model, probe), np.float64)
    description = {"class_name": class_name, "config": config}
    return Case(f"learners/{name}.safetensors", description, tensors, tolerance)


def with_intervals(case, model):
    """Adds standard errors and intervals, of the intercept first."""
    result = model.fit(**({} if isinstance(model, statsmodels.WLS) else {"disp": 0, "tol": 1e-12}))
    tensors = case.tensors
    both = np.concatenate([tensors["intercepts"], tensors["coefficients"][0]])
    require_agreement(case.path, result.params, both, 1e-6)
    low, high = result.conf_int().T
    more = {"errors": result.bse, "low": low, "high": high, "p": result.pvalues}
    return Case(case.path, case.config, tensors | more)


def linear(draw):
    features = draw.normal(40, 4) * [1, 3, 0.1, 1] + [0, 5, 0, -2]
    features = features.astype(np.float32).astype(np.float64)
    probe = features[:6] + 0.5
    target = features @ [1.5, -0.5, 8, 0] + 3 + draw.normal(40, scale=0.7)
    target = target.astype(np.float32).astype(np.float64)
    weights = draw.uniform(40, low=0.2, high=2)
    plain = learned("linear", "LinearRegression", {}, features, target, probe)
    yield with_intervals(plain, statsmodels.WLS(target, statsmodels.add_constant(features)))
    weighted = learned("linear_weighted", "LinearRegression", {}, features, target, probe, weights)
    design = statsmodels.add_constant(features)
    yield with_intervals(weighted, statsmodels.WLS(target, design, weights))
    yield learned(
        "linear_through_origin", "LinearRegression", {"fit_intercept": False}, features, target,
        probe,
    )  # fmt: skip
    collinear = np.concatenate([features, features[:, :1] + features[:, 1:2]], 1)
    # Sums that are exact in Float32.
    collinear[:, :2] = np.round(collinear[:, :2] * 64) / 64
    collinear[:, 4] = collinear[:, 0] + collinear[:, 1]
    yield learned("linear_collinear", "LinearRegression", {}, collinear, target, collinear[:5])
    yield learned("linear_wide", "LinearRegression", {}, features[:3], target[:3], probe)
    both = np.stack([target, -2 * target + features[:, 0]], 1).astype(np.float32).astype(float)
    yield learned("linear_two_outputs", "LinearRegression", {}, features, both, probe)
    for name, alpha in (("ridge", 2.0), ("ridge_strong", 50.0)):
        yield learned(name, "Ridge", {"alpha": alpha}, features, target, probe, weights)
    yield learned("ridge_wide", "Ridge", {"alpha": 0.5}, features[:3], target[:3], probe)
    exact = {"tol": 1e-14, "max_iter": 100000}
    yield learned("lasso", "Lasso", {"alpha": 0.2}, features, target, probe, exact=exact)
    for ratio in (0.2, 0.8):
        yield learned(
            f"elastic_net_{int(10 * ratio)}", "ElasticNet", {"alpha": 0.3, "l1_ratio": ratio},
            features, target, probe, weights, exact=exact,
        )  # fmt: skip


def classes(draw, count, sizes=3):
    """Three clouds that overlap, of unequal scales."""
    target = draw.integers(count, below=sizes)
    centres = draw.normal(sizes, 4, scale=1.5)
    features = draw.normal(count, 4) + centres[target]
    features = (features * [1, 10, 0.1, 1] + [0, 100, 0, 0]).astype(np.float32).astype(np.float64)
    return features, target


def classifiers(draw):
    features, target = classes(draw, 90)
    probe = classes(draw, 12)[0]
    binary = (target == 1).astype(np.int32)
    weights = draw.uniform(90, low=0.2, high=2)
    exact = {"tol": 1e-12, "max_iter": 100000, "solver": "newton-cholesky"}
    unpenalized = learned(
        "logistic_unpenalized", "LogisticRegression", {}, features, binary, probe,
        exact=exact | {"C": np.inf},
    )  # fmt: skip
    design = statsmodels.add_constant(features)
    yield with_intervals(unpenalized, statsmodels.Logit(binary, design))
    for name, c in (("logistic", 1.0), ("logistic_strong", 0.01)):
        yield learned(
            name, "LogisticRegression", {"C": c}, features, binary, probe, weights, exact=exact
        )
    yield learned(
        "softmax", "LogisticRegression", {"C": 0.5}, features, target, probe, weights, exact=exact
    )
    yield learned(
        "logistic_wide", "LogisticRegression", {"C": 1.0}, features[:3], binary[:3], probe,
        exact=exact,
    )  # fmt: skip
    exact = {"tol": 1e-12, "max_iter": 1000000, "dual": False}
    for name, labels in (("svc", binary), ("svc_three", target)):
        yield learned(
            name, "LinearSVC", {"C": 0.5}, features, labels, probe, weights, exact=exact,
            tolerance=1e-6,
        )  # fmt: skip
    yield learned("gaussian", "GaussianNB", {}, features, target, probe, weights)
    counts = draw.integers(60, 5, below=6).astype(np.float64)
    word_classes = draw.integers(60, below=3)
    counts[np.arange(60), word_classes] += 4
    few = draw.integers(7, 5, below=6).astype(np.float64)
    for alpha in (1.0, 0.1):
        for kind in ("MultinomialNB", "BernoulliNB"):
            yield learned(
                f"{kind[:-2].lower()}_{alpha}".replace(".", "_"), kind, {"alpha": alpha}, counts,
                word_classes, few, weights[:60],
            )  # fmt: skip
    yield learned(
        "bernoulli_binarize", "BernoulliNB", {"binarize": 3.0}, counts, word_classes, few
    )
    for strategy in ("prior", "most_frequent"):
        yield learned(
            f"dummy_{strategy}", "DummyClassifier", {"strategy": strategy}, features, target, probe,
            weights,
        )  # fmt: skip


def neighbours(draw):
    features, target = classes(draw, 50)
    probe = classes(draw, 9)[0]
    probe[:2] = features[:2]
    values = (features[:, 0] ** 2).astype(np.float32).astype(np.float64)
    for count in (1, 4):
        for how in ("uniform", "distance"):
            config = {"n_neighbors": count, "weights": how}
            yield learned(
                f"neighbors_{count}_{how}", "KNeighborsClassifier", config, features, target, probe
            )
            yield learned(
                f"neighbors_regressor_{count}_{how}", "KNeighborsRegressor", config, features,
                values, probe,
            )  # fmt: skip


def without_ties(case_of):
    """Cases whose trees do not depend on the order in which features are tried."""
    first, second = case_of({"random_state": 0}), case_of({"random_state": 1})
    require_agreement(first.path, first.tensors["output"], second.tensors["output"], 1e-12)
    return first


def trees(draw):
    features, target = classes(draw, 200)
    probe = classes(draw, 30)[0]
    values = np.sin(features[:, 0]) + features[:, 3] + draw.normal(200, scale=0.3)
    values = values.astype(np.float32).astype(np.float64)
    weights = draw.uniform(200, low=0.2, high=2)
    for name, config in (
        ("stump", {"max_depth": 1}),
        ("tree", {"max_depth": 4, "min_samples_leaf": 5}),
        ("tree_split", {"min_samples_split": 30}),
    ):
        yield without_ties(lambda state: learned(
            name, "DecisionTreeClassifier", config, features, target, probe, weights, exact=state
        ))  # fmt: skip
        yield without_ties(lambda state: learned(
            f"{name}_regressor", "DecisionTreeRegressor", config, features, values, probe, weights,
            exact=state,
        ))  # fmt: skip
    for strategy in ("mean", "median"):
        yield learned(
            f"dummy_{strategy}", "DummyRegressor", {"strategy": strategy}, features[:8], values[:8],
            probe[:3],
        )  # fmt: skip
    weighted = weights[:8]
    yield learned(
        "dummy_mean_weighted", "DummyRegressor", {"strategy": "mean"}, features[:8], values[:8],
        probe[:3], weighted,
    )  # fmt: skip


def boosting(draw):
    features, target = classes(draw, 150)
    probe = classes(draw, 20)[0]
    features[::7, 1] = probe[::5, 2] = np.nan
    values = (features[:, 0] * features[:, 3] + 20).astype(np.float32).astype(np.float64)
    weights = draw.uniform(150, low=0.2, high=2)
    config = {"n_estimators": 12, "learning_rate": 0.3, "max_depth": 3}
    for name, class_name, labels, objective in (
        ("boosting_binary", "GradientBoostingClassifier", (target == 1).astype(np.int32),
         {"objective": "binary:logistic"}),
        ("boosting_three", "GradientBoostingClassifier", target,
         {"objective": "multi:softprob", "num_class": 3}),
        ("boosting_numbers", "GradientBoostingRegressor", values,
         {"objective": "reg:squarederror",
          "base_score": float(np.average(values, weights=weights))}),
    ):  # fmt: skip
        settings = {"eta": 0.3, "max_depth": 3, "tree_method": "exact"} | objective
        data = xgboost.DMatrix(features, labels, weight=weights)
        booster = xgboost.train(settings, data, config["n_estimators"])
        output = booster.predict(xgboost.DMatrix(probe)).astype(np.float64)
        if name == "boosting_binary":
            output = np.stack([1 - output, output], 1)
        tensors = {
            "features": features, "target": labels, "weights": weights, "probe": probe,
            "output": output.reshape([len(probe), -1]),
        }  # fmt: skip
        description = {"class_name": class_name, "config": config}
        yield Case(f"learners/{name}.safetensors", description, finite(tensors))


def finite(tensors):
    """Missing features are −1e30 in files, which hold finite numbers only."""
    return {
        name: np.nan_to_num(array, nan=-1e30) if array.dtype.kind == "f" else array
        for name, array in tensors.items()
    }


def cases():
    draw = Draw("learners")
    for group in (linear, classifiers, neighbours, trees, boosting):
        yield from group(draw)
