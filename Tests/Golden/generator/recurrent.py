"""Recurrent layers: LSTM, GRU and the simple recurrence.

The stored values come from loops in plain PyTorch; Keras's layers must agree.
"""

import keras
import torch
from torch.nn import functional

from .files import Case
from .gradients import Draw, differentiate
from .layers import keras_layer

ACTIVATIONS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "softsign": functional.softsign,
    "hard_sigmoid": lambda x: torch.clamp(x / 6 + 0.5, 0, 1),
}


def lstm_step(config, x, states, recurrent, bias):
    """`x` is x·W without bias; gates i, f, c, o."""
    h, c = states
    act, gate = ACTIVATIONS[config["activation"]], ACTIVATIONS[config["recurrent_activation"]]
    i, f, g, o = (x + h @ recurrent + bias).chunk(4, dim=-1)
    c = gate(f) * c + gate(i) * act(g)
    return gate(o) * act(c), c


def gru_step(config, x, states, recurrent, bias):
    """Parts z, r, h."""
    (h,) = states
    act, gate = ACTIVATIONS[config["activation"]], ACTIVATIONS[config["recurrent_activation"]]
    if config["reset_after"]:
        x_z, x_r, x_h = (x + bias[0]).chunk(3, dim=-1)
        h_z, h_r, h_h = (h @ recurrent + bias[1]).chunk(3, dim=-1)
        z, r = gate(x_z + h_z), gate(x_r + h_r)
        candidate = act(x_h + r * h_h)
    else:
        x_z, x_r, x_h = (x + bias).chunk(3, dim=-1)
        u_z, u_r, u_h = recurrent.chunk(3, dim=-1)
        z, r = gate(x_z + h @ u_z), gate(x_r + h @ u_r)
        candidate = act(x_h + (r * h) @ u_h)
    return (z * h + (1 - z) * candidate,)


def simple_step(config, x, states, recurrent, bias):
    (h,) = states
    return (ACTIVATIONS[config["activation"]](x + h @ recurrent + bias),)


KINDS = {"LSTM": (lstm_step, 4, 2), "GRU": (gru_step, 3, 1), "SimpleRNN": (simple_step, 1, 1)}


def recurrent(kind, name, input_shape, units, use_bias=True, **settings):
    step, parts, state_count = KINDS[kind]
    config = {"activation": "tanh", "use_bias": use_bias}
    if kind != "SimpleRNN":
        config["recurrent_activation"] = "sigmoid"
    if kind == "GRU":
        config["reset_after"] = True
    config |= {"units": units, "return_sequences": False, "go_backwards": False} | settings
    two_biases = config.get("reset_after", False)
    draw = Draw(name)
    width = parts * units
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(input_shape[-1], width, scale=0.5),
        "param.recurrent_kernel": draw.normal(units, width, scale=0.5),
    }
    if use_bias:
        values["param.bias"] = draw.normal(*((2, width) if two_biases else (width,)))

    def function(tensors):
        x = tensors["input"] @ tensors["param.kernel"]
        bias = tensors.get("param.bias", torch.zeros(2, width) if two_biases else torch.zeros(width))
        states = (torch.zeros(x.shape[0], units),) * state_count
        times = range(x.shape[1])
        outputs = []
        for time in reversed(times) if config["go_backwards"] else times:
            states = step(config, x[:, time], states, tensors["param.recurrent_kernel"], bias)
            outputs.append(states[0])
        # Outputs stand in the order in which they were made, also when time runs backwards.
        return torch.stack(outputs, dim=1) if config["return_sequences"] else outputs[-1]

    names = [key for key in values if key.startswith("param.")]
    check = keras_layer(getattr(keras.layers, kind)(**config), names)
    tensors = differentiate(name, function, values, check=check)
    return Case(f"layers/{name}.safetensors", {"class_name": kind, "config": config}, tensors)


def cases():
    everything = {"return_sequences": True, "go_backwards": True}
    yield recurrent("LSTM", "lstm", (3, 5, 4), 6)
    yield recurrent("LSTM", "lstm_sequences", (2, 4, 3), 5, return_sequences=True)
    yield recurrent("LSTM", "lstm_backwards", (2, 4, 3), 5, **everything)
    yield recurrent("LSTM", "lstm_activations", (2, 4, 3), 3, use_bias=False,
                    activation="softsign", recurrent_activation="hard_sigmoid")  # fmt: skip
    yield recurrent("GRU", "gru", (3, 5, 4), 6)
    yield recurrent("GRU", "gru_backwards", (2, 4, 3), 5, **everything)
    yield recurrent("GRU", "gru_no_bias", (2, 4, 3), 3, use_bias=False)
    yield recurrent("GRU", "gru_reset_before", (3, 5, 4), 6, reset_after=False)
    yield recurrent("GRU", "gru_reset_before_sequences", (2, 4, 3), 3, reset_after=False,
                    use_bias=False, return_sequences=True)  # fmt: skip
    yield recurrent("SimpleRNN", "simplernn", (3, 5, 4), 6)
    yield recurrent("SimpleRNN", "simplernn_backwards", (2, 4, 3), 5, use_bias=False,
                    activation="relu", **everything)  # fmt: skip
