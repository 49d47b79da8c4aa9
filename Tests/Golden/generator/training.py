"""Two whole models trained for ten steps in Keras, checked against plain PyTorch."""

import math

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .files import Case, require_agreement
from .gradients import Draw
from .layers import channels_first, channels_last
from .optimizers import formula_steps, keras_optimizer

STEPS = 10


def path_of(variable):
    """`layer/weight`, without the model's name."""
    return "/".join(variable.path.split("/")[-2:])


def initial_weights(model, draw):
    """Weights exact in Float32: spread by fan-in, batch statistics at their starts."""
    weights = {}
    for variable in model.weights:
        kind = variable.name
        shape = tuple(variable.shape)
        if kind == "kernel":
            fan_in = math.prod(shape[:-1])
            weights[path_of(variable)] = draw.normal(*shape, scale=(2 / fan_in) ** 0.5)
        else:
            centre = 1.0 if kind in ("gamma", "moving_variance") else 0.0
            scale = 0.0 if kind.startswith("moving") else 0.1
            weights[path_of(variable)] = draw.normal(*shape, scale=scale, shift=centre)
    return weights


def train_in_keras(model, optimizer, weights, inputs, labels):
    """Returns losses, weights after the first step and weights at the end, by path."""
    for variable in model.weights:
        variable.assign(weights[path_of(variable)])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses, snapshots = [], []
    for x, y in zip(inputs, labels):
        with tf.GradientTape() as tape:
            loss = loss_function(y, model(x, training=True))
        trainable = [variable.value for variable in model.trainable_weights]
        optimizer.apply(tape.gradient(loss, trainable), model.trainable_weights)
        losses.append(loss.numpy())
        snapshots.append({path_of(v): v.numpy().copy() for v in model.weights})
    return np.stack(losses), snapshots[0], snapshots[-1]


def train_in_pytorch(forward, optimizer_config, weights, inputs, labels):
    """The same training with `forward`, PyTorch's gradients and the formulas of the updates."""
    current = {path: torch.tensor(value) for path, value in weights.items()}
    trainable = [path for path in weights if "/moving_" not in path]
    history = {path: [] for path in trainable}
    losses = []
    for x, y in zip(inputs, labels):
        leaves = {path: current[path].clone().requires_grad_() for path in trainable}
        statistics = {path: current[path] for path in current if path not in leaves}
        logits, statistics = forward(torch.tensor(x), leaves, statistics)
        loss = functional.cross_entropy(logits, torch.tensor(y).long())
        losses.append(loss.item())
        for path, gradient in zip(trainable, torch.autograd.grad(loss, list(leaves.values()))):
            history[path].append(gradient.numpy())
        start = {path: weights[path] for path in trainable}
        for path, steps in formula_steps(*optimizer_config, start, history).items():
            current[path] = torch.tensor(steps[-1])
        current |= statistics
    return losses, {path: value.numpy() for path, value in current.items()}


def training(name, layers, input_shape, classes, batch_size, optimizer_config, forward):
    draw = Draw(name)
    model = keras.Sequential([keras.Input(input_shape), *layers], name=name)
    weights = initial_weights(model, draw)
    inputs = draw.normal(STEPS, batch_size, *input_shape)
    labels = draw.integers(STEPS, batch_size, below=classes)

    optimizer = keras_optimizer(*optimizer_config)
    losses, first, final = train_in_keras(model, optimizer, weights, inputs, labels)
    logits = model(inputs[0], training=False).numpy()
    other_losses, other_final = train_in_pytorch(forward, optimizer_config, weights, inputs, labels)
    require_agreement(f"{name} losses", losses, other_losses)
    for path in final:
        require_agreement(f"{name} {path}", final[path], other_final[path])

    class_name, config = optimizer_config
    config = {
        "class_name": "Sequential",
        "input_shape": list(input_shape),
        "layers": [
            {"class_name": type(layer).__name__, "config": brief_config(layer)} for layer in layers
        ],
        "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
        "optimizer": {"class_name": class_name, "config": config},
    }
    tensors = {"input": inputs, "target": labels, "loss": losses, "final_output": logits}
    for path, value in weights.items():
        tensors |= {f"initial.{path}": value, f"step1.{path}": first[path]}
        tensors[f"final.{path}"] = final[path]
    return Case(f"training/{name}.safetensors", config, tensors)


def brief_config(layer):
    """The part of Keras's configuration that decides the numbers."""
    wanted = (
        "name", "units", "filters", "kernel_size", "strides", "padding", "pool_size", "use_bias",
        "activation", "momentum", "epsilon",
    )  # fmt: skip
    return {key: value for key, value in layer.get_config().items() if key in wanted}


def mlp_forward(x, weights, statistics):
    x = x @ weights["hidden/kernel"] + weights["hidden/bias"]
    return x.relu() @ weights["logits/kernel"] + weights["logits/bias"], statistics


def cnn_forward(x, weights, statistics):
    def convolution(x, name, padding):
        kernel = weights[f"{name}/kernel"].permute(3, 2, 0, 1)
        return functional.conv2d(x, kernel, weights.get(f"{name}/bias"), padding=padding)

    x = convolution(channels_first(x), "conv_1", padding="same")
    with torch.no_grad():
        batch = {"mean": x.mean((0, 2, 3)), "variance": x.var((0, 2, 3), correction=0)}
        statistics = {
            f"norm/moving_{key}": statistics[f"norm/moving_{key}"] * 0.99 + value * 0.01
            for key, value in batch.items()
        }
    x = functional.batch_norm(
        x, None, None, weights["norm/gamma"], weights["norm/beta"], training=True, eps=1e-3
    )
    x = functional.max_pool2d(x.relu(), 2)
    x = convolution(x, "conv_2", padding="valid").relu()
    x = channels_last(x).flatten(1)
    return x @ weights["logits/kernel"] + weights["logits/bias"], statistics


def cases():
    layers = keras.layers
    # Settings exact in Float32: Keras rounds some of them.
    adam = {"learning_rate": 2**-6, "beta_1": 0.875, "beta_2": 1 - 2**-10, "epsilon": 2**-23}
    yield training(
        "mlp_adam",
        [layers.Dense(7, activation="relu", name="hidden"), layers.Dense(3, name="logits")],
        input_shape=(6,), classes=3, batch_size=8,
        optimizer_config=("Adam", adam), forward=mlp_forward,
    )  # fmt: skip

    sgd = {"learning_rate": 2**-4, "momentum": 0.875, "nesterov": False}
    yield training(
        "cnn_sgd_momentum",
        [
            layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv_1"),
            layers.BatchNormalization(name="norm"),
            layers.Activation("relu", name="relu"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(5, 3, activation="relu", name="conv_2"),
            layers.Flatten(name="flatten"),
            layers.Dense(3, name="logits"),
        ],
        input_shape=(8, 7, 2), classes=3, batch_size=4,
        optimizer_config=("SGD", sgd), forward=cnn_forward,
    )  # fmt: skip
