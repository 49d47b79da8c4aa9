"""Small models that follow Keras for ten steps on one batch: their losses from given weights.

Keras alone is the judge here: its layers, losses and optimizers each have files that PyTorch agreed
to. What these files show is that whole trainings hold together.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from .files import Case
from .gradients import Draw

STEPS = 10
layers = keras.layers

# Settings exact in Float32: Keras rounds some of them.
ADAM = {"learning_rate": 2**-6, "beta_1": 0.875, "beta_2": 1 - 2**-10, "epsilon": 2**-20}
SGD = {"learning_rate": 2**-4, "momentum": 0.875}


def path_of(variable):
    """The weight's path in our models: cells, projections and the model itself have no name there."""
    parts = [part for part in variable.path.split("/") if not part.endswith("_cell")]
    kind = parts[-1]
    if parts[-2] in ("query", "key", "value", "attention_output"):
        place = "output" if parts[-2] == "attention_output" else parts[-2]
        return f"{parts[-3]}/{place}_{kind}"
    return "/".join(parts)


def assign_weights(model, draw):
    """Weights exact in Float32: spread by fan-in, batch statistics at their starts."""
    weights = {}
    for variable in model.weights:
        kind = variable.path.split("/")[-1]
        shape = tuple(variable.shape)
        if "kernel" in kind or kind == "embeddings":
            value = draw.normal(*shape, scale=math.prod(shape[:-1]) ** -0.5)
        else:
            centre = 1.0 if kind in ("gamma", "moving_variance") else 0.0
            scale = 0.0 if kind.startswith("moving") else 0.1
            value = draw.normal(*shape, scale=scale, shift=centre)
        variable.assign(value)
        weights[path_of(variable)] = value
    return weights


def followed(name, model, inputs, targets, losses, optimizer, weights=None):
    """A case of named inputs, and for each output its targets, its loss and the loss's weight."""
    draw = Draw(name)
    start = assign_weights(model, draw)
    total = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            outputs = outputs if isinstance(outputs, dict) else {"output": outputs}
            loss = sum(
                (weights or {}).get(key, 1.0) * losses[key](targets[key], outputs[key])
                for key in sorted(losses)
            )
        trainable = [variable.value for variable in model.trainable_weights]
        # Keras makes other updates of the sparse gradients of looked-up rows than of dense ones.
        gradients = [tf.convert_to_tensor(each) for each in tape.gradient(loss, trainable)]
        optimizer.apply(gradients, model.trainable_weights)
        total.append(float(loss))
    tensors = {"loss": np.array(total)}
    tensors |= {f"input.{key}": value for key, value in inputs.items()}
    tensors |= {f"target.{key}": value for key, value in targets.items()}
    tensors |= {f"weight.{path}": value for path, value in start.items()}
    return Case(f"models/{name}.safetensors", {"class_name": "Model"}, tensors)


def single(name, build, inputs, target, loss, optimizer):
    """A case of one input and one output."""
    x = keras.Input(inputs.shape[1:], dtype=inputs.dtype.name, name="input")
    model = keras.Model({"input": x}, build(x))
    return followed(name, model, {"input": inputs}, {"output": target}, {"output": loss}, optimizer)


def adam():
    return keras.optimizers.Adam(**ADAM)


def sgd():
    return keras.optimizers.SGD(**SGD)


def classes():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def mlp(x):
    x = layers.Dense(9, activation="relu", name="hidden")(x)
    return layers.Dense(3, name="logits")(x)


def cnn(x):
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(5, 2, padding="same", activation="relu", name="conv_2")(x)
    return layers.Dense(3, name="logits")(layers.Flatten()(x))


def separable(x):
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = layers.ReLU()(layers.BatchNormalization(name="norm", momentum=0.875)(x))
    x = layers.SeparableConv2D(6, 3, padding="same", use_bias=False, name="separable")(x)
    x = layers.ReLU()(layers.BatchNormalization(name="norm_2", momentum=0.875)(x))
    return layers.Dense(3, name="logits")(layers.GlobalAveragePooling2D()(x))


def stateful(draw):
    """A batch whose sequences go on from step to step."""
    x = keras.Input(batch_shape=(8, 6, 3), name="input")
    made = layers.LSTM(5, stateful=True, name="lstm")(x)
    made = layers.GRU(4, stateful=True, name="gru")(layers.RepeatVector(3)(made))
    model = keras.Model({"input": x}, layers.Dense(1, name="amount")(made))
    case = followed(
        "stateful", model, {"input": draw.normal(8, 6, 3)}, {"output": draw.normal(8, 1)},
        {"output": keras.losses.MeanSquaredError()}, adam(),
    )  # fmt: skip
    # States are no weights in Keras.
    for path, units in (("lstm/state_0", 5), ("lstm/state_1", 5), ("gru/state_0", 4)):
        case.tensors["weight." + path] = np.zeros((8, units))
    return case


def lstm(x):
    return layers.Dense(1, name="amount")(layers.LSTM(5, name="lstm")(x))


def bidirectional(x):
    x = layers.Embedding(7, 4, name="embedding")(x)
    x = layers.Bidirectional(layers.GRU(3, name="gru"), name="bidirectional")(x)
    return layers.Dense(3, name="logits")(x)


def transformer(x):
    seen = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    x = layers.LayerNormalization(epsilon=2**-10, name="norm")(layers.Add()([x, seen]))
    inner = layers.Dense(8, activation="gelu", name="up")(x)
    inner = layers.Dense(6, name="down")(inner)
    x = layers.LayerNormalization(epsilon=2**-10, name="norm_2")(layers.Add()([x, inner]))
    return layers.Dense(3, name="logits")(layers.GlobalAveragePooling1D()(x))


def autoencoder(x):
    code = layers.Dense(3, activation="tanh", name="encode")(x)
    return layers.Dense(8, activation="sigmoid", name="decode")(code)


def multi_label(x):
    x = layers.Dense(7, activation="silu", name="hidden")(x)
    return layers.Dense(4, activation="sigmoid", name="labels")(x)


def multi_input(draw):
    picture, number = keras.Input((5, 5, 1), name="picture"), keras.Input((2,), name="number")
    seen = layers.Flatten()(layers.Conv2D(3, 3, activation="tanh", name="conv")(picture))
    both = layers.Concatenate()([seen, layers.Dense(4, activation="tanh", name="side")(number)])
    outputs = {
        "kind": layers.Dense(3, name="kind")(both), "price": layers.Dense(1, name="price")(both)
    }  # fmt: skip
    return followed(
        "multi_input", keras.Model({"picture": picture, "number": number}, outputs),
        {"picture": draw.normal(8, 5, 5, 1), "number": draw.normal(8, 2)},
        {"kind": draw.integers(8, below=3), "price": draw.normal(8, 1)},
        {"kind": classes(), "price": keras.losses.Huber()}, adam(), weights={"price": 0.25},
    )  # fmt: skip


def siamese(draw):
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    hidden = layers.Dense(5, activation="tanh", name="hidden")
    embed = layers.Dense(4, name="embed")
    apart = layers.Subtract()([embed(hidden(left)), embed(hidden(right))])
    same = layers.Dense(1, activation="sigmoid", name="same")(layers.Multiply()([apart, apart]))
    return followed(
        "siamese", keras.Model({"left": left, "right": right}, same),
        {"left": draw.normal(8, 6), "right": draw.normal(8, 6)},
        {"output": draw.integers(8, 1, below=2).astype(np.float64)},
        {"output": keras.losses.BinaryCrossentropy()}, sgd(),
    )  # fmt: skip


def cases():
    draw = Draw("followed")
    squares = keras.losses.MeanSquaredError()
    labels = keras.losses.BinaryCrossentropy()
    yield single("mlp", mlp, draw.normal(8, 6), draw.integers(8, below=3), classes(), adam())
    yield single("cnn", cnn, draw.normal(6, 7, 7, 2), draw.integers(6, below=3), classes(), sgd())
    yield single(
        "separable", separable, draw.normal(6, 9, 9, 2), draw.integers(6, below=3), classes(), sgd()
    )
    yield single("lstm", lstm, draw.normal(8, 6, 3), draw.normal(8, 1), squares, adam())
    yield single(
        "bidirectional_gru", bidirectional, draw.integers(8, 5, below=7),
        draw.integers(8, below=3), classes(), adam(),
    )  # fmt: skip
    yield single(
        "transformer", transformer, draw.normal(6, 5, 6), draw.integers(6, below=3), classes(),
        adam(),
    )  # fmt: skip
    pictures = draw.uniform(8, 8)
    yield single("autoencoder", autoencoder, pictures, pictures, squares, adam())
    yield single(
        "multi_label", multi_label, draw.normal(8, 5),
        draw.integers(8, 4, below=2).astype(np.float64), labels, sgd(),
    )  # fmt: skip
    yield multi_input(draw)
    yield siamese(draw)
    yield stateful(draw)
