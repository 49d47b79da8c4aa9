"""Recurrent layers: LSTM, GRU and the simple recurrence.

The stored values come from loops in plain PyTorch; Keras's layers must agree.
"""

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .files import Case, require_agreement
from .gradients import Draw, differentiate
from .layers import channels_first, channels_last, keras_layer, padded

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


def walk(x, step, states, mask=None, backwards=False):
    """Returns the outputs in the order in which they are made, and the last states.

    Hidden steps repeat the last output.
    """
    outputs, output = [], torch.zeros_like(states[0])
    times = range(x.shape[1])
    for time in reversed(times) if backwards else times:
        made = step(x[:, time], states)
        if mask is not None:
            shown = mask[:, time].reshape(-1, *[1] * (output.ndim - 1)).bool()
            made = [torch.where(shown, new, old) for new, old in zip(made, states)]
            output = torch.where(shown, made[0], output)
        else:
            output = made[0]
        states = made
        outputs.append(output)
    return outputs, states


class Carried:
    """The states of a stateful layer, which start a walk and are what it ends with.

    Without shapes the walk starts from zeros, and nothing is kept.
    """

    def __init__(self, name, shapes=()):
        draw = Draw(name + "/state")
        self.values = {
            f"state.state_{place}": draw.normal(*shape, scale=0.5)
            for place, shape in enumerate(shapes)
        }
        self.last = {}

    def settings(self):
        """The layer's settings in Keras; the number of sequences is that of its first input."""
        return {"stateful": True} if self.values else {}

    def described(self, config):
        """The settings in files: where Keras has `stateful`, how many sequences it is for."""
        config = {key: value for key, value in config.items() if key != "stateful"}
        sizes = [len(value) for value in self.values.values()]
        return config | ({"stateful_batch_size": sizes[0]} if sizes else {})

    def start(self, tensors, zeros):
        return tuple(tensors.get(f"state.state_{place}", zero) for place, zero in enumerate(zeros))

    def keep(self, states):
        self.last["formula"] = [state.detach().numpy() for state in states]

    def layer(self, layer, names, **call):
        """As `keras_layer`, with the states beside the weights."""
        if not self.values:
            return keras_layer(layer, names, **call)

        def run(tensors):
            if not layer.built:
                layer.build(tuple(tensors["input"].shape))
            kept = keras.tree.flatten(layer.states)
            state = [*zip(layer.weights, (tensors[name] for name in names), strict=True),
                     *zip(kept, (tensors[name] for name in self.values), strict=True)]  # fmt: skip
            with keras.StatelessScope(state_mapping=state) as scope:
                output = layer(tensors["input"], **call)
            self.last["keras"] = [scope.get_current_value(each).numpy() for each in kept]
            return output

        return run

    def updated(self, name):
        """The states at the end, which the formula and Keras must agree on."""
        if not self.values:
            return {}
        for one, other in zip(self.last["formula"], self.last["keras"], strict=True):
            require_agreement(f"{name} states", one, other)
        return {f"updated.state_{place}": each for place, each in enumerate(self.last["formula"])}


def recurrent(kind, name, input_shape, units, use_bias=True, mask=None, stateful=False,
              **settings):  # fmt: skip
    step, parts, state_count = KINDS[kind]
    config = {"activation": "tanh", "use_bias": use_bias}
    if kind != "SimpleRNN":
        config["recurrent_activation"] = "sigmoid"
    if kind == "GRU":
        config["reset_after"] = True
    config |= {"units": units, "return_sequences": False, "go_backwards": False} | settings
    two_biases = config.get("reset_after", False)
    carried = Carried(name, [(input_shape[0], units)] * state_count if stateful else [])
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
        one = lambda x, states: step(config, x, states, tensors["param.recurrent_kernel"], bias)  # noqa: E731
        states = carried.start(tensors, (torch.zeros(x.shape[0], units),) * state_count)
        outputs, last = walk(x, one, states, tensors.get("mask"), config["go_backwards"])
        carried.keep(last)
        # Outputs stand in the order in which they were made, also when time runs backwards.
        return torch.stack(outputs, dim=1) if config["return_sequences"] else outputs[-1]

    names = [key for key in values if key.startswith("param.")]
    constants = {} if mask is None else {"mask": np.array(mask, np.int32)}
    call = {} if mask is None else {"mask": tf.constant(mask) > 0}
    layer = getattr(keras.layers, kind)(**config, **carried.settings())
    tensors = differentiate(
        name, function, values, constants | carried.values, check=carried.layer(layer, names, **call)
    )
    description = {"class_name": kind, "config": carried.described(config)}
    return Case(f"layers/{name}.safetensors", description, tensors | carried.updated(name))


def bidirectional(name, kind, input_shape, units, mode="concat", mask=None, sequences=False):
    step, parts, state_count = KINDS[kind]
    draw = Draw(name)
    width = parts * units
    inner = {"units": units, "return_sequences": sequences}
    values = {"input": draw.normal(*input_shape)}
    for direction in ("forward", "backward"):
        path = f"param.{direction}_{kind.lower()}"
        values[f"{path}/kernel"] = draw.normal(input_shape[-1], width, scale=0.5)
        values[f"{path}/recurrent_kernel"] = draw.normal(units, width, scale=0.5)
        values[f"{path}/bias"] = draw.normal(*((2, width) if kind == "GRU" else (width,)))
    functions = {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True}
    constants = {} if mask is None else {"mask": np.array(mask, np.int32)}

    def function(tensors):
        sides = []
        for direction in ("forward", "backward"):
            kernel, recurrent_kernel, bias = (
                tensors[f"param.{direction}_{kind.lower()}/{weight}"]
                for weight in ("kernel", "recurrent_kernel", "bias")
            )
            x = tensors["input"] @ kernel
            one = lambda x, states: step(functions, x, states, recurrent_kernel, bias)  # noqa: B023,E731
            states = (torch.zeros(x.shape[0], units),) * state_count
            outputs, _ = walk(x, one, states, tensors.get("mask"), direction == "backward")
            if sequences:
                ordered = outputs[::-1] if direction == "backward" else outputs
                sides.append(torch.stack(ordered, dim=1))
            else:
                sides.append(outputs[-1])
        one, other = sides
        return {
            "concat": lambda: torch.cat(sides, -1), "sum": lambda: one + other,
            "mul": lambda: one * other, "ave": lambda: (one + other) / 2,
        }[mode]()  # fmt: skip

    layer = keras.layers.Bidirectional(getattr(keras.layers, kind)(**inner), merge_mode=mode)
    names = [key for key in values if key.startswith("param.")]
    call = {} if mask is None else {"mask": tf.constant(mask) > 0}
    tensors = differentiate(
        name, function, values, constants, check=keras_layer(layer, names, **call)
    )
    config = {"layer": {"class_name": kind, "config": inner}, "merge_mode": mode}
    description = {"class_name": "Bidirectional", "config": config}
    return Case(f"layers/{name}.safetensors", description, tensors)


def time_distributed(name, *shape):
    draw = Draw(name)
    values = {
        "input": draw.normal(*shape, 4),
        "param.dense/kernel": draw.normal(4, 5),
        "param.dense/bias": draw.normal(5),
    }
    config = {"units": 5}
    layer = keras.layers.TimeDistributed(keras.layers.Dense(**config))
    check = keras_layer(layer, [key for key in values if key.startswith("param.")])
    tensors = differentiate(
        name, lambda x: x["input"] @ x["param.dense/kernel"] + x["param.dense/bias"], values,
        check=check,
    )  # fmt: skip
    description = {"class_name": "TimeDistributed", "config": {
        "layer": {"class_name": "Dense", "config": config}}}  # fmt: skip
    return Case(f"layers/{name}.safetensors", description, tensors)


def stacked(name, stateful=False):
    """Two cells on top of each other in one walk."""
    carried = Carried(name, [(2, 4), (2, 4), (2, 3)] if stateful else [])
    draw = Draw(name)
    values = {"input": draw.normal(2, 4, 3)}
    sizes = {"lstm_cell": (3, 16, 4), "gru_cell": (4, 9, 3)}
    for cell, (features, width, units) in sizes.items():
        values[f"param.{cell}/kernel"] = draw.normal(features, width, scale=0.5)
        values[f"param.{cell}/recurrent_kernel"] = draw.normal(units, width, scale=0.5)
        values[f"param.{cell}/bias"] = draw.normal(*((2, 9) if cell == "gru_cell" else (width,)))
    config = {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True}

    def function(tensors):
        def weights(cell):
            return (tensors[f"param.{cell}/{key}"] for key in ("kernel", "recurrent_kernel", "bias"))

        def step(x, states):
            kernel, recurrent_kernel, bias = weights("lstm_cell")
            h, c = lstm_step(config, x @ kernel, states[1:], recurrent_kernel, bias)
            kernel, recurrent_kernel, bias = weights("gru_cell")
            (g,) = gru_step(config, h @ kernel, states[:1], recurrent_kernel, bias)
            return g, h, c

        # The output comes first in a walk, the states of the first cell in the layer.
        h, c, g = carried.start(tensors, (torch.zeros(2, 4), torch.zeros(2, 4), torch.zeros(2, 3)))
        outputs, (g, h, c) = walk(tensors["input"], step, (g, h, c))
        carried.keep((h, c, g))
        return torch.stack(outputs, dim=1)

    cells = [keras.layers.LSTMCell(4), keras.layers.GRUCell(3)]
    layer = keras.layers.RNN(
        keras.layers.StackedRNNCells(cells), return_sequences=True, **carried.settings()
    )
    check = carried.layer(layer, [key for key in values if key.startswith("param.")])
    tensors = differentiate(name, function, values, carried.values, check=check)
    described = [
        {"class_name": "LSTMCell", "config": {"units": 4}},
        {"class_name": "GRUCell", "config": {"units": 3}},
    ]
    stack = {"class_name": "StackedRNNCells", "config": {"cells": described}}
    config = carried.described({"cell": stack, "return_sequences": True})
    description = {"class_name": "RNN", "config": config}
    return Case(f"layers/{name}.safetensors", description, tensors | carried.updated(name))


def conv_lstm(name, input_shape, filters, kernel_size, padding="valid", strides=1,
              sequences=False, stateful=False):  # fmt: skip
    """Over as many axes as the input has between time and channels."""
    rank = len(input_shape) - 3
    convolve = [functional.conv1d, functional.conv2d, functional.conv3d][rank - 1]
    # A stateful case has padding "same" and no strides: states are as large as pictures.
    state = (input_shape[0], *input_shape[2:-1], filters)
    carried = Carried(name, [state, state] if stateful else [])
    draw = Draw(name)
    window = [kernel_size] * rank
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(*window, input_shape[-1], 4 * filters, scale=0.3),
        "param.recurrent_kernel": draw.normal(*window, filters, 4 * filters, scale=0.3),
        "param.bias": draw.normal(4 * filters),
    }
    config = {
        "filters": filters, "kernel_size": window, "padding": padding,
        "strides": [strides] * rank, "return_sequences": sequences,
    }  # fmt: skip

    def product(x, kernel, padding, strides):
        steps = [strides] * rank
        x = padded(channels_first(x), padding, window, steps, [1] * rank, fill=0)
        return channels_last(convolve(x, kernel.movedim((-1, -2), (0, 1)), None, steps))

    def function(tensors):
        def step(x, states):
            h, c = states
            z = product(x, tensors["param.kernel"], padding, strides) + tensors["param.bias"]
            z = z + product(h, tensors["param.recurrent_kernel"], "same", 1)
            i, f, g, o = z.chunk(4, dim=-1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            return o.sigmoid() * c.tanh(), c

        x = tensors["input"]
        start = torch.zeros_like(product(x[:, 0], tensors["param.kernel"], padding, strides))
        start = start[..., :filters]
        outputs, last = walk(x, step, carried.start(tensors, (start, start)))
        carried.keep(last)
        return torch.stack(outputs, dim=1) if sequences else outputs[-1]

    layer = getattr(keras.layers, f"ConvLSTM{rank}D")(**config, **carried.settings())
    names = [key for key in values if key.startswith("param.")]
    tensors = differentiate(
        name, function, values, carried.values, check=carried.layer(layer, names)
    )
    description = {"class_name": f"ConvLSTM{rank}D", "config": carried.described(config)}
    return Case(f"layers/{name}.safetensors", description, tensors | carried.updated(name))


def masking(name, value):
    values = {"input": Draw(name).normal(2, 4, 3)}
    values["input"][0, 2:] = value
    values["input"][1, 1] = value
    check = keras_layer(keras.layers.Masking(mask_value=value), [])
    tensors = differentiate(
        name, lambda x: x["input"] * (x["input"] != value).any(-1, keepdim=True), values,
        check=check,
    )  # fmt: skip
    description = {"class_name": "Masking", "config": {"mask_value": value}}
    return Case(f"layers/{name}.safetensors", description, tensors)


# Padding after, before, and in the middle of a sequence.
MASK = [[1, 1, 1, 0], [0, 1, 0, 1]]


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
    yield recurrent("LSTM", "lstm_mask", (2, 4, 3), 3, mask=MASK)
    yield recurrent("LSTM", "lstm_mask_backwards", (2, 4, 3), 3, mask=MASK, go_backwards=True)
    yield recurrent("GRU", "gru_mask_sequences", (2, 4, 3), 3, mask=MASK, return_sequences=True)
    yield recurrent("SimpleRNN", "simplernn_mask", (2, 4, 3), 3, mask=MASK)
    yield bidirectional("bidirectional_lstm", "LSTM", (2, 4, 3), 3)
    yield bidirectional("bidirectional_gru_sequences", "GRU", (2, 4, 3), 2, sequences=True)
    yield bidirectional("bidirectional_sum", "LSTM", (2, 3, 2), 2, "sum", sequences=True)
    yield bidirectional("bidirectional_mul", "GRU", (2, 3, 2), 2, "mul")
    yield bidirectional("bidirectional_ave_mask", "LSTM", (2, 4, 2), 2, "ave", MASK)
    yield time_distributed("timedistributed", 2, 3)
    yield time_distributed("timedistributed_rows", 2, 5, 3)
    yield stacked("rnn_stacked")
    yield conv_lstm("convlstm2d", (2, 3, 4, 5, 2), 3, 3)
    yield conv_lstm("convlstm2d_same_strides2_sequences", (1, 3, 5, 4, 2), 2, 3, "same", 2, True)
    yield conv_lstm("convlstm1d", (2, 3, 6, 2), 3, 3, "same", sequences=True)
    yield conv_lstm("convlstm1d_strides2", (2, 3, 7, 2), 2, 3, strides=2)
    yield conv_lstm("convlstm3d", (1, 2, 4, 3, 5, 2), 2, 3)
    yield conv_lstm("convlstm3d_same_sequences", (2, 2, 2, 4, 3, 2), 2, 3, "same", 1, True)
    yield recurrent("LSTM", "lstm_stateful", (3, 5, 4), 6, stateful=True)
    yield recurrent("LSTM", "lstm_stateful_mask", (2, 4, 3), 3, mask=MASK, stateful=True)
    yield recurrent("GRU", "gru_stateful_backwards", (2, 4, 3), 5, stateful=True, **everything)
    yield recurrent("SimpleRNN", "simplernn_stateful", (3, 5, 4), 6, stateful=True)
    yield stacked("rnn_stacked_stateful", stateful=True)
    yield conv_lstm("convlstm2d_stateful", (2, 3, 4, 5, 2), 3, 3, "same", stateful=True)
    yield masking("masking", 0.0)
    yield masking("masking_minus_one", -1.0)
