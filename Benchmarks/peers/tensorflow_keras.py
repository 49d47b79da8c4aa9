"""Keras's side, on TensorFlow: many steps for each call from Python, compiled by XLA or not by what
is faster, predictions through one traced function."""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import tensorflow as tf
from keras import layers as L
from networks import (
    GRU, LSTM, NOISE, Act, BatchNorm, Conv, Dense, Depthwise, Flatten, Gate, GlobalPool, KnownNetwork,
    LayerNorm, MaxPool, Reshape, Residual, Scale, SelfAttention, dcgan_discriminator, dcgan_generator,
)  # fmt: skip
from worker import (
    THREADS, Session, batch, per_step, repetitions, serve, timed, training_data,
)  # fmt: skip


def apply(layers, x):
    """Layers in a row on a symbolic tensor."""
    for layer in layers:
        x = apply_layer(layer, x)
    return x


def apply_layer(layer, x):
    match layer:
        case Conv(transposed=True):
            return L.Conv2DTranspose(
                layer.features, layer.kernel, layer.strides, "same", use_bias=layer.bias
            )(x)
        case Conv():
            padding = "same" if layer.padding else "valid"
            return L.Conv2D(
                layer.features, layer.kernel, layer.strides, padding, use_bias=layer.bias
            )(x)
        case Depthwise(kernel, strides):
            return L.DepthwiseConv2D(kernel, strides, "same", use_bias=False)(x)
        case BatchNorm():
            return L.BatchNormalization()(x)
        case LayerNorm():
            return L.LayerNormalization()(x)
        case Act("leaky_relu"):
            return L.LeakyReLU(0.2)(x)
        case Act(function):
            return L.Activation(function)(x)
        case MaxPool(size, strides, padding):
            return L.MaxPooling2D(size, strides, "same" if padding else "valid")(x)
        case GlobalPool(keep):
            return L.GlobalAveragePooling2D(keepdims=keep)(x)
        case Scale():
            return L.Rescaling(1 / 255)(x)
        case Flatten():
            return L.Flatten()(x)
        case Reshape(shape):
            return L.Reshape(shape)(x)
        case Dense(units, bias):
            return L.Dense(units, use_bias=bias)(x)
        case Residual(body, shortcut):
            return L.Add()([apply(body, x), apply(shortcut, x)])
        case Gate(body):
            return L.Multiply()([x, apply(body, x)])
        case LSTM(units):
            return L.LSTM(units)(x)
        case GRU(units):
            return L.GRU(units)(x)
        case SelfAttention(heads):
            return L.MultiHeadAttention(heads, x.shape[-1] // heads)(x, x)
    raise TypeError(layer)


def built(network, without_softmax=False):
    if isinstance(network, KnownNetwork):
        more = {"include_preprocessing": False} if network.keras_preprocesses else {}
        return getattr(keras.applications, network.keras)(
            weights=None, input_shape=network.input, classes=network.classes,
            classifier_activation=None if without_softmax else "softmax", **more,
        )  # fmt: skip
    x = keras.Input(network.input, dtype="uint8" if network.takes_bytes else "float32")
    return keras.Model(x, apply(network.layers[: -1 if without_softmax else None], x))


def parameter_count(model):
    return sum(int(weight.numpy().size) for weight in model.trainable_weights)


def optimizer(row):
    if row.optimizer == "sgd":
        return keras.optimizers.SGD(0.01, row.momentum)
    return keras.optimizers.Adam(1e-3)


class EpochTimer(keras.callbacks.Callback):
    """The time of each epoch, without that of starting `fit`."""

    def __init__(self):
        super().__init__()
        self.milliseconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.milliseconds.append((time.perf_counter() - self.start) * 1e3)


def fitted(model, row, samples, classes):
    """Work that trains for an epoch; the first of two is left out, it starts up."""

    def epochs(count):
        timer = EpochTimer()
        model.fit(
            samples, classes, batch_size=row.batch, epochs=count, verbose=0, callbacks=[timer]
        )
        return timer.milliseconds

    epochs(1)
    return Session(per_step(lambda: epochs(2)[1:], row.steps), parameter_count(model))


def steps_per_call(row):
    """The greatest number of at most 64 that divides an epoch."""
    return max(count for count in range(1, 65) if row.steps % count == 0)


def classify(row, jit):
    model = built(row.network, without_softmax=True)
    model.compile(
        optimizer=optimizer(row), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit, steps_per_execution=steps_per_call(row),
    )  # fmt: skip
    return fitted(model, row, *training_data(row))


class GAN(keras.Model):
    def __init__(self, generator, critic, batch):
        super().__init__()
        self.generator, self.critic, self.batch = generator, critic, batch
        self.entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        self.steps = [keras.optimizers.Adam(1e-4) for _ in range(2)]
        for step, model in zip(self.steps, [generator, critic]):
            step.build(model.trainable_variables)

    def train_step(self, data):
        ones, zeros = tf.ones((self.batch, 1)), tf.zeros((self.batch, 1))
        with tf.GradientTape() as fooling_tape, tf.GradientTape() as judging_tape:
            false = self.generator(tf.random.normal((self.batch, NOISE)), training=True)
            judged = self.critic(false, training=True)
            judged_true = self.critic(data, training=True)
            fooling = self.entropy(ones, judged)
            judging = self.entropy(ones, judged_true) + self.entropy(zeros, judged)
        for tape, loss, step, model in [
            (fooling_tape, fooling, self.steps[0], self.generator),
            (judging_tape, judging, self.steps[1], self.critic),
        ]:
            slopes = tape.gradient(loss, model.trainable_variables)
            step.apply_gradients(zip(slopes, model.trainable_variables))
        return {"fooling": fooling, "judging": judging}


def dcgan(row, jit):
    samples, _ = training_data(row)
    gan = GAN(built(dcgan_generator()), built(dcgan_discriminator()), row.batch)
    gan.compile(jit_compile=jit, steps_per_execution=steps_per_call(row))
    return fitted(gan, row, samples, None)


def infer(row, jit):
    model = built(row.network)
    predict = tf.function(lambda x: model(x, training=False), jit_compile=jit)
    x = tf.constant(batch(row))
    predict(x)
    return Session(timed(lambda: predict(x), repetitions(row)))


def compile(row, jit):
    """From a network in memory to the first answer."""
    model = built(row.network)
    x = tf.constant(batch(row))
    predict = tf.function(lambda x: model(x, training=False), jit_compile=jit)
    return Session(timed(lambda: predict(x).numpy()))


def eager_op(row, jit):
    x = tf.ones(8)
    return Session(timed(lambda: x + x, 1000))


def compiled_call(row, jit):
    x, weights = tf.random.normal((1, 64)), tf.Variable(tf.random.normal((64, 64)))
    call = tf.function(lambda x: tf.tanh(x @ weights), jit_compile=jit)
    call(x)
    return Session(timed(lambda: call(x), 1000))


TASKS = {
    "classify": classify, "dcgan": dcgan, "infer": infer, "compile": compile, "eager_op": eager_op,
    "compiled_call": compiled_call,
}  # fmt: skip


def prepare(row):
    task = TASKS[row.task]
    if row.task == "eager_op" or row.is_fresh:
        return {"": lambda: task(row, False)}
    ways = {"graph": lambda: task(row, False), "XLA": lambda: task(row, True)}
    has_pictures = row.network is not None and len(row.network.input) == 3
    return ways if has_pictures else dict(reversed(ways.items()))


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    serve(prepare)
