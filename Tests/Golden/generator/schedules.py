"""Learning-rate schedules: the rate at some steps.

Formulas are written out; Keras, which computes schedules in Float32, must agree to 1e-6, and
PyTorch for the one cycle that Keras has not.
"""

import json
import math
import subprocess
import sys

import keras
import numpy as np

from .files import Case, require_agreement

STEPS = np.array([0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 25, 40, 100], np.int32)


def wave(part):
    return (1 + math.cos(math.pi * part)) / 2


def exponential(t, initial_learning_rate, decay_steps, decay_rate, staircase):
    exponent = t // decay_steps if staircase else t / decay_steps
    return initial_learning_rate * decay_rate**exponent


def inverse_time(t, initial_learning_rate, decay_steps, decay_rate, staircase):
    quotient = t // decay_steps if staircase else t / decay_steps
    return initial_learning_rate / (1 + decay_rate * quotient)


def polynomial(t, initial_learning_rate, decay_steps, end_learning_rate, power, cycle):
    if cycle:
        part = t / (decay_steps * max(math.ceil(t / decay_steps), 1))
    else:
        part = min(t / decay_steps, 1)
    return (initial_learning_rate - end_learning_rate) * (1 - part) ** power + end_learning_rate


def cosine(t, initial_learning_rate, decay_steps, alpha):
    return initial_learning_rate * ((1 - alpha) * wave(min(t / decay_steps, 1)) + alpha)


def restarts(t, initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha):
    height, length = 1.0, first_decay_steps
    while t >= length:
        t, height, length = t - length, height * m_mul, length * t_mul
    return initial_learning_rate * ((1 - alpha) * height * wave(t / length) + alpha)


def piecewise(t, boundaries, values):
    return values[sum(t > boundary for boundary in boundaries)]


def one_cycle(t, max_lr, total_steps, pct_start, div_factor, final_div_factor):
    first, peak = max_lr / div_factor, pct_start * total_steps - 1
    t = min(t, total_steps - 1)
    if t <= peak:
        return max_lr - (max_lr - first) * wave(t / peak)
    last, part = first / final_div_factor, (t - peak) / (total_steps - 1 - peak)
    return last + (max_lr - last) * wave(part)


FORMULAS = {
    "ExponentialDecay": exponential,
    "InverseTimeDecay": inverse_time,
    "PolynomialDecay": polynomial,
    "CosineDecay": cosine,
    "CosineDecayRestarts": restarts,
    "PiecewiseConstantDecay": piecewise,
    "OneCycleLR": one_cycle,
}


def rate(schedule, t):
    """The rate of a schedule (class_name and config) after t steps."""
    return FORMULAS[schedule["class_name"]](t, **schedule["config"])


def keras_schedule(schedule):
    return getattr(keras.optimizers.schedules, schedule["class_name"])(**schedule["config"])


PROGRAM = """
import json, sys, torch
config = json.loads(sys.argv[1])
optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, **config)
rates = [schedule.get_last_lr()[0]]
for _ in range(config["total_steps"] - 1):
    optimizer.step()
    schedule.step()
    rates.append(schedule.get_last_lr()[0])
print(json.dumps(rates))
"""


def torch_rates(config):
    """PyTorch's rates, from a process of its own: its optimizers do not live beside TensorFlow."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(config)]
    rates = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return [rates[min(step, len(rates) - 1)] for step in STEPS]


def schedule(name, class_name, **config):
    description = {"class_name": class_name, "config": config}
    output = np.array([rate(description, int(step)) for step in STEPS])
    if class_name == "OneCycleLR":
        require_agreement(name, torch_rates(config), output)
    else:
        rates = [float(keras_schedule(description)(step)) for step in STEPS]
        require_agreement(name, rates, output, 1e-6)
    return Case(f"schedules/{name}.safetensors", description, {"step": STEPS, "output": output})


def cases():
    for suffix, staircase in (("", False), ("_staircase", True)):
        config = {"initial_learning_rate": 0.1, "decay_steps": 8, "staircase": staircase}
        yield schedule(f"exponential{suffix}", "ExponentialDecay", **config, decay_rate=0.5)
        yield schedule(f"inverse_time{suffix}", "InverseTimeDecay", **config, decay_rate=0.75)
    polynomial = {"initial_learning_rate": 0.1, "decay_steps": 8, "end_learning_rate": 0.01}
    yield schedule("polynomial", "PolynomialDecay", **polynomial, power=1.0, cycle=False)
    yield schedule("polynomial_cycle", "PolynomialDecay", **polynomial, power=2.0, cycle=True)
    yield schedule(
        "cosine", "CosineDecay", initial_learning_rate=0.1, decay_steps=16, alpha=0.125
    )
    first = {"initial_learning_rate": 0.1, "first_decay_steps": 8}
    yield schedule("restarts", "CosineDecayRestarts", **first, t_mul=2.0, m_mul=1.0, alpha=0.0)
    yield schedule(
        "restarts_equal", "CosineDecayRestarts", **first, t_mul=1.0, m_mul=0.5, alpha=0.25
    )
    yield schedule(
        "piecewise", "PiecewiseConstantDecay", boundaries=[3, 8, 16], values=[0.1, 0.05, 0.2, 0.01]
    )
    cycle = {"max_lr": 0.1, "total_steps": 26, "div_factor": 25.0, "final_div_factor": 1e4}
    yield schedule("one_cycle", "OneCycleLR", **cycle, pct_start=0.3)
    yield schedule("one_cycle_half", "OneCycleLR", **cycle, pct_start=0.5)
