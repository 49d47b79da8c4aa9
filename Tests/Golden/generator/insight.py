"""What is seen inside a small network: Grad-CAM and saliency by TensorFlow's gradient tape on a Keras
model, and by PyTorch."""

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .files import Case, require_agreement

SIZE, CLASSES = (9, 7), 3


def keras_model(weights):
    """The network, whose last layer gives scores before softmax."""
    inputs = keras.Input([*SIZE, 2])
    maps = keras.layers.Conv2D(4, 3, strides=2, activation="relu", padding="same")(inputs)
    pooled = keras.layers.Flatten()(maps)
    model = keras.Model(inputs, [maps, keras.layers.Dense(CLASSES)(pooled)])
    model.set_weights(weights)
    return model


def by_keras(picture, weights, number):
    model = keras_model(weights)
    batch = tf.constant(picture[None])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(batch)
        maps, scores = model(batch)
        score = scores[0, number]
    slopes = tape.gradient(score, maps)
    shares = tf.reduce_mean(slopes, axis=(0, 1, 2))
    cam = tf.nn.relu(tf.reduce_sum(maps[0] * shares, axis=-1))
    pixels = tf.reduce_max(tf.abs(tape.gradient(score, batch))[0], axis=-1)
    return scores[0].numpy(), cam.numpy(), pixels.numpy()


def by_torch(picture, weights, number):
    kernel, bias, dense, dense_bias = (torch.tensor(value) for value in weights)
    batch = torch.tensor(picture).permute(2, 0, 1)[None].requires_grad_()
    # "Same" padding of 9×7 by windows of 3 and strides of 2: one row and column on each side.
    maps = functional.relu(
        functional.conv2d(batch, kernel.permute(3, 2, 0, 1), bias, stride=2, padding=1)
    )
    scores = maps.permute(0, 2, 3, 1).flatten(1) @ dense + dense_bias
    slopes, pixels = torch.autograd.grad(scores[0, number], [maps, batch])
    cam = functional.relu((maps * slopes.mean((2, 3), keepdim=True)).sum(1))[0]
    return scores[0].detach().numpy(), cam.detach().numpy(), pixels.abs().amax(1)[0].numpy()


def resized(cam):
    """The map from 0 to 1 in the picture's size, places at half pixels."""
    cam = cam / cam.max()
    return tf.image.resize(cam[..., None], SIZE, method="bilinear").numpy()[..., 0]


def grad_cam(number):
    shapes = {"kernel": [3, 3, 2, 4], "bias": [4], "dense": [80, CLASSES], "dense_bias": [CLASSES]}
    random = np.random.default_rng(12)
    values = [
        random.normal(0, 0.4, shape).astype(np.float32).astype(np.float64)
        for shape in shapes.values()
    ]
    picture = random.normal(0, 1, [*SIZE, 2]).astype(np.float32).astype(np.float64)
    scores, cam, pixels = by_keras(picture, values, number)
    for name, ours, theirs in zip(
        ["scores", "cam", "pixels"], [scores, cam, pixels], by_torch(picture, values, number)
    ):
        require_agreement(f"grad_cam {name}", ours, theirs)
    paths = ["conv2d/kernel", "conv2d/bias", "dense/kernel", "dense/bias"]
    tensors = {f"param.{path}": value for path, value in zip(paths, values)}
    tensors |= {
        "input": picture,
        "heat": resized(cam).astype(np.float64),
        "saliency": pixels / pixels.max(),
    }
    description = {"class_name": "GradCAM", "config": {"class": number}}
    return Case(f"insight/grad_cam_{number}.safetensors", description, tensors)


def cases():
    yield grad_cam(0)
    yield grad_cam(2)
