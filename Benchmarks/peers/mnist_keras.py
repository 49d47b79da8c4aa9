"""Trains the MNIST recipes in Keras on TensorFlow and reports accuracy and time.

python mnist_keras.py mlp --data DIR [--seed N] [--epochs N] [--json]
"""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from idx import read_mnist
from keras import layers
from recipes import RECIPES, RMSPROP_DECAY, RMSPROP_EPSILON, parse_options, report

# Many training steps per Python call: Python's share of a step is then negligible.
STEPS_PER_CALL = 64


def make_model(recipe_name):
    if recipe_name == "mlp":
        body = [
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
        ]
    else:
        body = [
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
        ]
    output = layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((28, 28, 1)), *body, output])


def make_optimizer(recipe, total_steps):
    rate = recipe.learning_rate
    if recipe.cosine_decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, total_steps)
    if recipe.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, rho=RMSPROP_DECAY, epsilon=RMSPROP_EPSILON)
    return keras.optimizers.Adam(rate)


class EpochTimer(keras.callbacks.Callback):
    """Measures each epoch; the first one includes tracing and compiling."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


def main():
    options = parse_options(__doc__)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(options.seed)

    train_images, train_labels, test_images, test_labels = read_mnist(options.data)
    recipe = RECIPES[options.recipe]
    steps = -(-len(train_images) // recipe.batch_size) * options.epochs
    model = make_model(options.recipe)
    model.compile(
        optimizer=make_optimizer(recipe, steps),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=options.compile,
        steps_per_execution=STEPS_PER_CALL,
    )
    timer = EpochTimer()
    model.fit(
        train_images,
        train_labels,
        batch_size=recipe.batch_size,
        epochs=options.epochs,
        callbacks=[timer],
        verbose=0,
    )
    probabilities = model.predict(test_images, batch_size=1000, verbose=0)
    accuracy = float(np.mean(probabilities.argmax(-1) == test_labels))
    loss = keras.losses.sparse_categorical_crossentropy(test_labels, probabilities)
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
    loss = float(np.mean(loss))
    report(options, "keras", versions, timer.seconds, accuracy, loss, model.count_params())


if __name__ == "__main__":
    main()
