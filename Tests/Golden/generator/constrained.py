"""A model with regularizers and constraints, trained for ten steps in Keras, checked against PyTorch."""

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .constraints import scaled
from .files import Case, require_agreement
from .gradients import Draw
from .optimizers import keras_optimizer
from .training import STEPS, brief_config, initial_weights, path_of

# Settings exact in Float32: Keras rounds some of them.
RATE = 2**-3
PARTS = [
    "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
    "bias_constraint",
]  # fmt: skip


def penalized_loss(x, y, weights):
    hidden = (x @ weights["hidden/kernel"] + weights["hidden/bias"]).relu()
    logits = hidden @ weights["logits/kernel"] + weights["logits/bias"]
    kernel = weights["hidden/kernel"]
    return (
        functional.cross_entropy(logits, y)
        + 2**-6 * kernel.abs().sum()
        + 2**-5 * kernel.square().sum()
        + 2**-6 * hidden.square().sum() / len(x)
        + 2**-4 * weights["logits/bias"].abs().sum()
    )


def held(weights):
    """What the constraints make of the weights."""
    kernel = weights["logits/kernel"]
    return weights | {
        "hidden/kernel": scaled(weights["hidden/kernel"], 0, lambda n: np.minimum(n, 0.75)),
        "hidden/bias": np.maximum(weights["hidden/bias"], 0),
        "logits/kernel": scaled(kernel, 0, lambda n: 0.5 * np.clip(n, 0.5, 1) + 0.5 * n),
    }


def train_in_pytorch(weights, inputs, labels):
    losses = []
    for x, y in zip(inputs, labels):
        leaves = {path: torch.tensor(value, requires_grad=True) for path, value in weights.items()}
        loss = penalized_loss(torch.tensor(x), torch.tensor(y).long(), leaves)
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        losses.append(loss.item())
        weights = held(
            {path: weights[path] - RATE * slope.numpy() for path, slope in zip(leaves, gradients)}
        )
    return losses, weights


def train_in_keras(model, optimizer, weights, inputs, labels):
    for variable in model.weights:
        variable.assign(weights[path_of(variable)])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses, snapshots = [], []
    for x, y in zip(inputs, labels):
        with tf.GradientTape() as tape:
            loss = loss_function(y, model(x, training=True)) + sum(model.losses)
        trainable = [variable.value for variable in model.trainable_weights]
        optimizer.apply(tape.gradient(loss, trainable), model.trainable_weights)
        losses.append(loss.numpy())
        snapshots.append({path_of(v): v.numpy().copy() for v in model.weights})
    return np.stack(losses), snapshots[0], snapshots[-1]


def description(layer):
    parts = {key: value for key, value in layer.get_config().items() if key in PARTS and value}
    return {"class_name": type(layer).__name__, "config": brief_config(layer) | parts}


def cases():
    name = "mlp_constrained"
    draw = Draw(name)
    layers = [
        keras.layers.Dense(
            7, activation="relu", name="hidden",
            kernel_regularizer=keras.regularizers.L1L2(l1=2**-6, l2=2**-5),
            activity_regularizer=keras.regularizers.L2(2**-6),
            kernel_constraint=keras.constraints.MaxNorm(0.75),
            bias_constraint=keras.constraints.NonNeg(),
        ),
        keras.layers.Dense(
            3, name="logits", bias_regularizer=keras.regularizers.L1(2**-4),
            kernel_constraint=keras.constraints.MinMaxNorm(0.5, 1.0, rate=0.5),
        ),
    ]  # fmt: skip
    model = keras.Sequential([keras.Input((6,)), *layers], name=name)
    weights = initial_weights(model, draw)
    inputs = draw.normal(STEPS, 8, 6)
    labels = draw.integers(STEPS, 8, below=3)
    optimizer = ("SGD", {"learning_rate": RATE, "momentum": 0.0, "nesterov": False})

    losses, first, final = train_in_keras(
        model, keras_optimizer(*optimizer), weights, inputs, labels)  # fmt: skip
    other_losses, other_final = train_in_pytorch(weights, inputs, labels)
    require_agreement(f"{name} losses", losses, other_losses, 1e-9)
    for path in final:
        require_agreement(f"{name} {path}", final[path], other_final[path], 1e-9)

    config = {
        "class_name": "Sequential",
        "input_shape": [6],
        "layers": [description(layer) for layer in layers],
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
        "optimizer": {"class_name": optimizer[0], "config": optimizer[1]},
    }
    tensors = {"input": inputs, "target": labels, "loss": losses}
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    # What evaluation says of all samples at the end, penalties included.
    evaluation = model.evaluate(inputs.reshape(-1, 6), labels.reshape(-1), verbose=0)
    tensors["evaluation"] = np.float64(evaluation)
    tensors["final_output"] = model(inputs[0], training=False).numpy()
    for path, value in weights.items():
        tensors |= {f"initial.{path}": value, f"step1.{path}": first[path]}
        tensors[f"final.{path}"] = final[path]
    yield Case(f"training/{name}.safetensors", config, tensors)
