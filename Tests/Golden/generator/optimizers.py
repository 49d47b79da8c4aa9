"""Optimizers: ten steps over fixed gradients.

Keras rounds some settings to Float32, even when it computes in Float64. So the formulas are
first run with settings that are exact in Float32, where they must give what Keras gives; the
values stored are the formulas' with the settings as written.
"""

import keras
import numpy as np
import tensorflow as tf

from . import schedules
from .files import TOLERANCE, Case, require_agreement
from .gradients import Draw

STEPS = 10


def adam_rule(config, prefix=""):
    beta1, beta2 = config[f"{prefix}beta_1"], config[f"{prefix}beta_2"]
    epsilon = config["epsilon"]

    def update(value, gradient, state, step, rate):
        first = beta1 * state.get("first", 0) + (1 - beta1) * gradient
        second = beta2 * state.get("second", 0) + (1 - beta2) * gradient**2
        greatest = np.maximum(state.get("greatest", 0), second)
        state |= {"first": first, "second": second, "greatest": greatest}
        spread = greatest if config.get("amsgrad") else second
        # Epsilon is added before the bias correction of the second moment is divided out.
        scale = rate * np.sqrt(1 - beta2**step) / (1 - beta1**step)
        return value - scale * first / (np.sqrt(spread) + epsilon)

    return update


def adamax_rule(config):
    beta1, beta2, epsilon = config["beta_1"], config["beta_2"], config["epsilon"]

    def update(value, gradient, state, step, rate):
        first = beta1 * state.get("first", 0) + (1 - beta1) * gradient
        greatest = np.maximum(beta2 * state.get("greatest", 0), np.abs(gradient))
        state |= {"first": first, "greatest": greatest}
        return value - rate / (1 - beta1**step) * first / (greatest + epsilon)

    return update


def nadam_rule(config):
    beta1, beta2, epsilon = config["beta_1"], config["beta_2"], config["epsilon"]

    def momentum(step):
        return beta1 * (1 - 0.96**step / 2)

    def update(value, gradient, state, step, rate):
        first = beta1 * state.get("first", 0) + (1 - beta1) * gradient
        second = beta2 * state.get("second", 0) + (1 - beta2) * gradient**2
        state |= {"first": first, "second": second}
        product = np.prod([momentum(earlier) for earlier in range(1, step + 1)])
        ahead = momentum(step + 1) * first / (1 - product * momentum(step + 1))
        mean = ahead + (1 - momentum(step)) * gradient / (1 - product)
        return value - rate * mean / (np.sqrt(second / (1 - beta2**step)) + epsilon)

    return update


def adagrad_rule(config):
    def update(value, gradient, state, step, rate):
        total = state.get("total", config["initial_accumulator_value"]) + gradient**2
        state["total"] = total
        return value - rate * gradient / np.sqrt(total + config["epsilon"])

    return update


def adadelta_rule(config):
    rho, epsilon = config["rho"], config["epsilon"]

    def update(value, gradient, state, step, rate):
        square = rho * state.get("square", 0) + (1 - rho) * gradient**2
        change = np.sqrt(state.get("change", 0) + epsilon) / np.sqrt(square + epsilon) * gradient
        state["square"] = square
        state["change"] = rho * state.get("change", 0) + (1 - rho) * change**2
        return value - rate * change

    return update


def adafactor_rule(config):
    def size(array):
        return np.sqrt(np.mean(array**2))

    def update(value, gradient, state, step, rate):
        decay = 1 - float(step) ** config["beta_2_decay"]
        square = gradient**2 + config["epsilon_1"]
        if value.ndim >= 2:
            rows = decay * state.get("rows", 0) + (1 - decay) * square.mean(-1)
            columns = decay * state.get("columns", 0) + (1 - decay) * square.mean(-2)
            state |= {"rows": rows, "columns": columns}
            spread = np.outer(rows, columns) / rows.mean()
        else:
            spread = decay * state.get("spread", 0) + (1 - decay) * square
            state["spread"] = spread
        change = gradient / np.sqrt(spread)
        change = change / max(1, size(change) / config["clip_threshold"])
        slowed = min(rate, 1 / np.sqrt(step))
        return value - max(config["epsilon_2"], size(value)) * slowed * change

    return update


def ftrl_rule(config):
    power = -config["learning_rate_power"]
    l1, l2 = config["l1_regularization_strength"], config["l2_regularization_strength"]
    shrinkage = config["l2_shrinkage_regularization_strength"]

    def update(value, gradient, state, step, rate):
        before = state.get("total", config["initial_accumulator_value"])
        total = before + gradient**2
        pull = gradient + 2 * shrinkage * value - (total**power - before**power) / rate * value
        linear = state.get("linear", 0) + pull
        state |= {"total": total, "linear": linear}
        strength = total**power / rate + 2 * l2 + config["beta"] / rate
        return (np.clip(linear, -l1, l1) - linear) / strength

    return update


def lion_rule(config):
    beta1, beta2 = config["beta_1"], config["beta_2"]

    def update(value, gradient, state, step, rate):
        momentum = state.get("momentum", 0)
        state["momentum"] = beta2 * momentum + (1 - beta2) * gradient
        return value - rate * np.sign(beta1 * momentum + (1 - beta1) * gradient)

    return update


def lamb_rule(config):
    beta1, beta2, epsilon = config["beta_1"], config["beta_2"], config["epsilon"]

    def update(value, gradient, state, step, rate):
        first = beta1 * state.get("first", 0) + (1 - beta1) * gradient
        second = beta2 * state.get("second", 0) + (1 - beta2) * gradient**2
        state |= {"first": first, "second": second}
        root = np.sqrt(second / (1 - beta2**step)) + epsilon
        change = first / (1 - beta1**step) / root
        lengths = np.linalg.norm(value), np.linalg.norm(change)
        return value - rate * (lengths[0] / lengths[1] if all(lengths) else 1) * change

    return update


def muon_rule(config):
    adam = adam_rule(config, prefix="adam_")

    def evened(matrix):
        if matrix.shape[0] > matrix.shape[1]:
            return evened(matrix.T).T
        x = matrix / (np.linalg.norm(matrix) + 1e-7)
        for _ in range(config["ns_steps"]):
            squares = x @ x.T
            x = 3.4445 * x + (-4.775 * squares + 2.0315 * squares @ squares) @ x
        return x

    def update(value, gradient, state, step, rate):
        if value.ndim != 2:
            return adam(value, gradient, state, step, rate)
        momentum = config["momentum"] * state.get("momentum", 0) + gradient
        state["momentum"] = momentum
        ahead = gradient + config["momentum"] * momentum if config["nesterov"] else momentum
        return value - rate * np.sqrt(max(value.shape)) * config["rms_rate"] * evened(ahead)

    return update


def rmsprop_rule(config):
    rho, momentum, epsilon = config["rho"], config["momentum"], config["epsilon"]

    def update(value, gradient, state, step, rate):
        square = rho * state.get("square", 0) + (1 - rho) * gradient**2
        mean = rho * state.get("mean", 0) + (1 - rho) * gradient
        spread = square - mean**2 if config["centered"] else square
        change = rate * gradient / np.sqrt(spread + epsilon)
        velocity = momentum * state.get("velocity", 0) + change
        state |= {"square": square, "mean": mean, "velocity": velocity}
        return value - velocity

    return update


def sgd_rule(config):
    momentum = config["momentum"]

    def update(value, gradient, state, step, rate):
        velocity = momentum * state.get("velocity", 0) - rate * gradient
        state["velocity"] = velocity
        if config["nesterov"]:
            return value + momentum * velocity - rate * gradient
        return value + velocity

    return update


RULES = {
    "SGD": sgd_rule,
    "RMSprop": rmsprop_rule,
    "Adam": adam_rule,
    "AdamW": adam_rule,
    "Adamax": adamax_rule,
    "Nadam": nadam_rule,
    "Adagrad": adagrad_rule,
    "Adadelta": adadelta_rule,
    "Adafactor": adafactor_rule,
    "Ftrl": ftrl_rule,
    "Lion": lion_rule,
    "Lamb": lamb_rule,
    "Muon": muon_rule,
}


def learning_rate(config, step):
    """The rate of step 1, 2, …; a schedule counts from zero."""
    rate = config["learning_rate"]
    return schedules.rate(rate, step - 1) if isinstance(rate, dict) else rate


def keras_optimizer(class_name, config):
    config = dict(config)
    if isinstance(config["learning_rate"], dict):
        config["learning_rate"] = schedules.keras_schedule(config["learning_rate"])
    return getattr(keras.optimizers, class_name)(**config)


def clipped(config, gradients):
    """Gradients within the limits that the settings name, one of three at most."""
    if limit := config.get("clipvalue"):
        return {key: np.clip(gradient, -limit, limit) for key, gradient in gradients.items()}
    norms = {key: np.linalg.norm(gradient) for key, gradient in gradients.items()}
    if limit := config.get("clipnorm"):
        return {key: value * limit / max(norms[key], limit) for key, value in gradients.items()}
    if limit := config.get("global_clipnorm"):
        norm = np.linalg.norm(list(norms.values()))
        return {key: value * min(limit / norm, 1) for key, value in gradients.items()}
    return gradients


def formula_steps(class_name, config, start, gradients):
    """Returns, by variable, the value after each step, by the formulas above."""
    update, values, means = RULES[class_name](config), dict(start), {}
    states, after = {key: {} for key in start}, {key: [] for key in start}
    for step in range(1, len(next(iter(gradients.values()))) + 1):
        rate = learning_rate(config, step)
        slopes = clipped(config, {key: all_[step - 1] for key, all_ in gradients.items()})
        for key, value in values.items():
            is_adams = class_name == "Muon" and value.ndim != 2
            decay = config.get("adam_weight_decay" if is_adams else "weight_decay") or 0
            shrunk = value - rate * decay * value
            value = update(shrunk, slopes[key], states[key], step, rate)
            if config.get("use_ema"):
                kept = config["ema_momentum"] if step > 1 else 0
                means[key] = kept * means.get(key, 0) + (1 - kept) * value
                if step % config["ema_overwrite_frequency"] == 0:
                    value = means[key]
            values[key] = value
            after[key].append(value)
    return {key: np.stack(steps) for key, steps in after.items()}


def train_in_keras(class_name, config, start, gradients):
    """Returns, by variable, the value after each step of Keras's optimizer."""
    variables = {key: keras.Variable(value, name=key) for key, value in start.items()}
    optimizer = keras_optimizer(class_name, config)
    after = {key: [] for key in start}
    for step in range(STEPS):
        optimizer.apply(
            [tf.constant(gradients[key][step]) for key in start], list(variables.values())
        )
        for key in start:
            after[key].append(variables[key].numpy().copy())
    return {key: np.stack(values) for key, values in after.items()}


def in_float32(config):
    """Rounds every number to Float32, as Keras does with some of them and not with others."""
    if isinstance(config, dict):
        return {key: in_float32(value) for key, value in config.items()}
    return float(np.float32(config)) if isinstance(config, float) else config


# Keras rounds Nadam's 0.96 to Float32.
TOLERANCES = {"Nadam": 1e-8}


def optimizer(name, class_name, **config):
    draw = Draw("optimizers")  # the same start and gradients for every optimizer
    start = {"kernel": draw.normal(3, 4), "bias": draw.normal(4)}
    # From large gradients to none, so that epsilon's place shows.
    sizes = np.float32([3.0, 1e-2, 1e-4, 0.0]).astype(np.float64)
    gradients = {
        "kernel": draw.normal(STEPS, 3, 4),
        "bias": (draw.normal(STEPS, 4) * sizes).astype(np.float32).astype(np.float64),
    }

    rounded = in_float32(config)
    # Keras computes schedules in Float32.
    has_schedule = isinstance(config["learning_rate"], dict)
    tolerance = 1e-6 if has_schedule else TOLERANCES.get(class_name, TOLERANCE)
    keras_steps = train_in_keras(class_name, rounded, start, gradients)
    judged = formula_steps(class_name, rounded, start, gradients)
    output = formula_steps(class_name, config, start, gradients)
    tensors = {}
    for key in start:
        require_agreement(f"{name} {key}", keras_steps[key], judged[key], tolerance)
        tensors |= {
            f"param.{key}": start[key],
            f"grad.{key}": gradients[key],
            f"output.{key}": output[key],
        }
    return Case(
        f"optimizers/{name}.safetensors", {"class_name": class_name, "config": config}, tensors
    )


def cases():
    sgd = {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}
    yield optimizer("sgd", "SGD", **sgd)
    yield optimizer("sgd_momentum", "SGD", **sgd | {"momentum": 0.9})
    yield optimizer("sgd_nesterov", "SGD", **sgd | {"momentum": 0.9, "nesterov": True})
    cosine = {
        "class_name": "CosineDecay",
        "config": {"initial_learning_rate": 0.1, "decay_steps": 8, "alpha": 0.0},
    }
    yield optimizer("sgd_cosine_decay", "SGD", **sgd | {"learning_rate": cosine})

    rmsprop = {
        "learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False,
    }  # fmt: skip
    yield optimizer("rmsprop", "RMSprop", **rmsprop)
    yield optimizer("rmsprop_momentum", "RMSprop", **rmsprop | {"momentum": 0.9})
    yield optimizer("rmsprop_centered", "RMSprop", **rmsprop | {"centered": True})
    yield optimizer(
        "rmsprop_centered_momentum", "RMSprop", **rmsprop | {"momentum": 0.5, "centered": True}
    )

    adam = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    yield optimizer("adam", "Adam", **adam)
    yield optimizer(
        "adam_settings", "Adam", learning_rate=0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3
    )
    adam_cosine = {**cosine, "config": {**cosine["config"], "alpha": 0.1}}
    yield optimizer("adam_cosine_decay", "Adam", **adam | {"learning_rate": adam_cosine})
    yield optimizer("adamw", "AdamW", **adam | {"weight_decay": 0.004})
    yield optimizer(
        "adamw_strong_decay", "AdamW", **adam | {"learning_rate": 0.02, "weight_decay": 0.3}
    )
    yield optimizer("adam_amsgrad", "Adam", **adam | {"amsgrad": True})
    yield optimizer("adam_clip_value", "Adam", **adam | {"clipvalue": 0.5})
    yield optimizer("sgd_clip_norm", "SGD", **sgd | {"clipnorm": 0.75})
    yield optimizer("sgd_global_clip_norm", "SGD", **sgd | {"global_clipnorm": 1.5})
    yield optimizer("sgd_weight_decay", "SGD", **sgd | {"momentum": 0.5, "weight_decay": 0.25})
    ema = {"use_ema": True, "ema_momentum": 0.75, "ema_overwrite_frequency": 3}
    yield optimizer("sgd_ema", "SGD", **sgd | ema)

    yield optimizer("adamax", "Adamax", **adam)
    yield optimizer("nadam", "Nadam", **adam)
    yield optimizer("lamb", "Lamb", **adam)
    yield optimizer("lamb_weight_decay", "Lamb", **adam | {"weight_decay": 0.25})
    yield optimizer("lion", "Lion", learning_rate=0.001, beta_1=0.9, beta_2=0.99)
    adagrad = {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7}
    yield optimizer("adagrad", "Adagrad", **adagrad)
    yield optimizer("adadelta", "Adadelta", learning_rate=1.0, rho=0.95, epsilon=1e-7)
    adafactor = {
        "learning_rate": 0.01, "beta_2_decay": -0.8, "epsilon_1": 1e-30, "epsilon_2": 1e-3,
        "clip_threshold": 1.0,
    }  # fmt: skip
    yield optimizer("adafactor", "Adafactor", **adafactor)
    yield optimizer("adafactor_large_rate", "Adafactor", **adafactor | {"learning_rate": 0.5})
    ftrl = {
        "learning_rate": 0.05, "learning_rate_power": -0.5, "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0, "l2_regularization_strength": 0.0,
        "l2_shrinkage_regularization_strength": 0.0, "beta": 0.0,
    }  # fmt: skip
    yield optimizer("ftrl", "Ftrl", **ftrl)
    strengths = {
        "learning_rate_power": -0.625, "l1_regularization_strength": 0.5,
        "l2_regularization_strength": 0.25, "l2_shrinkage_regularization_strength": 0.125,
        "beta": 0.5,
    }  # fmt: skip
    yield optimizer("ftrl_strengths", "Ftrl", **ftrl | strengths)
    muon = {
        "learning_rate": 0.02, "weight_decay": 0.25, "adam_weight_decay": 0.125, "momentum": 0.95,
        "nesterov": True, "ns_steps": 5, "rms_rate": 0.2, "adam_beta_1": 0.9,
        "adam_beta_2": 0.999, "epsilon": 1e-7,
    }  # fmt: skip
    yield optimizer("muon", "Muon", **muon)
    yield optimizer("muon_plain", "Muon", **muon | {"nesterov": False, "ns_steps": 3})
