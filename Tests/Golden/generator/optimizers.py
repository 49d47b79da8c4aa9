"""Optimizers: ten steps over fixed gradients.

Keras rounds some settings to Float32, even when it computes in Float64. So the formulas are
first run with settings that are exact in Float32, where they must give what Keras gives; the
values stored are the formulas' with the settings as written.
"""

import keras
import numpy as np
import tensorflow as tf

from .files import TOLERANCE, Case, require_agreement
from .gradients import Draw

STEPS = 10


def adam_rule(config):
    beta1, beta2, epsilon = config["beta_1"], config["beta_2"], config["epsilon"]
    decay = config.get("weight_decay", 0.0)

    def update(value, gradient, state, step, rate):
        value = value - rate * decay * value
        first = beta1 * state.get("first", 0) + (1 - beta1) * gradient
        second = beta2 * state.get("second", 0) + (1 - beta2) * gradient**2
        state |= {"first": first, "second": second}
        # Epsilon is added before the bias correction of the second moment is divided out.
        scale = rate * np.sqrt(1 - beta2**step) / (1 - beta1**step)
        return value - scale * first / (np.sqrt(second) + epsilon)

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


RULES = {"SGD": sgd_rule, "RMSprop": rmsprop_rule, "Adam": adam_rule, "AdamW": adam_rule}


def learning_rate(config, step):
    """The rate of step 1, 2, …; a schedule counts from zero."""
    rate = config["learning_rate"]
    if not isinstance(rate, dict):
        return rate
    schedule = rate["config"]
    progress = min((step - 1) / schedule["decay_steps"], 1)
    cosine = 0.5 * (1 + np.cos(np.pi * progress))
    return schedule["initial_learning_rate"] * (
        (1 - schedule["alpha"]) * cosine + schedule["alpha"]
    )


def keras_optimizer(class_name, config):
    config = dict(config)
    if isinstance(config["learning_rate"], dict):
        schedule = config["learning_rate"]["config"]
        config["learning_rate"] = keras.optimizers.schedules.CosineDecay(**schedule)
    return getattr(keras.optimizers, class_name)(**config)


def formula_steps(class_name, config, start, gradients):
    """Returns the value after each step, by the formulas above."""
    update, state, value, values = RULES[class_name](config), {}, start, []
    for step, gradient in enumerate(gradients, start=1):
        value = update(value, gradient, state, step, learning_rate(config, step))
        values.append(value)
    return np.stack(values)


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
    tolerance = 1e-6 if isinstance(config["learning_rate"], dict) else TOLERANCE
    keras_steps = train_in_keras(class_name, rounded, start, gradients)
    tensors = {}
    for key in start:
        judged = formula_steps(class_name, rounded, start[key], gradients[key])
        require_agreement(f"{name} {key}", keras_steps[key], judged, tolerance)
        tensors |= {
            f"param.{key}": start[key],
            f"grad.{key}": gradients[key],
            f"output.{key}": formula_steps(class_name, config, start[key], gradients[key]),
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
