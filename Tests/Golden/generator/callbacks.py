"""What Keras's callbacks decide when a figure takes given values, one an epoch.

Nothing is computed here, so there is nothing for PyTorch to agree with: Keras is the judge.
"""

import os
import tempfile

import keras
import numpy as np

from .files import Case

# Falls, plateaus with small gains, and a late gain; with a metric that rises, its negative.
FALLING = [1.0, 0.8, 0.79, 0.795, 0.7, 0.7, 0.69, 0.7001, 0.71, 0.72, 0.5, 0.51, 0.52, 0.53, 0.54]
NOISY = [0.9, 0.95, 0.85, 0.9, 0.86, 0.84, 0.88, 0.87, 0.83, 0.9, 0.82, 0.825, 0.825, 0.9, 0.8]
FLAT = [0.5] * 12
RISING = [0.1, 0.3, 0.29, 0.35, 0.36, 0.36, 0.35, 0.34, 0.5, 0.49, 0.48, 0.47, 0.46, 0.6]


def watched(callback, values, seen):
    """Tells a callback of epochs until it stops; `seen(epoch, model)` notes what it did."""
    model = keras.Sequential([keras.Input([1]), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    callback.set_model(model)
    callback.on_train_begin()
    model.stop_training = False
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        # The weight tells which epoch it is of.
        model.set_weights([np.full([1, 1], epoch + 1)])
        callback.on_epoch_end(epoch, {callback.monitor: value})
        seen(epoch, model)
        if model.stop_training:
            break
    callback.on_train_end()
    return model


def case(name, class_name, config, values, tensors):
    description = {"class_name": class_name, "config": config}
    arrays = {key: np.array(value, np.float64) for key, value in tensors.items()}
    arrays["values"] = np.array(values, np.float64)
    return Case(f"callbacks/{name}.safetensors", description, arrays)


def early_stopping(name, values, **config):
    config = {"monitor": "loss", "mode": "min", **config}
    epochs = []
    model = watched(
        keras.callbacks.EarlyStopping(**config), values, lambda epoch, _: epochs.append(epoch)
    )
    kept = float(model.get_weights()[0][0, 0])
    return case(
        name, "EarlyStopping", config, values, {"epochs": [len(epochs)], "kept": [kept]}
    )


def reduce_rate(name, values, **config):
    config = {"monitor": "loss", "mode": "min", **config}
    rates = []
    watched(
        keras.callbacks.ReduceLROnPlateau(**config), values,
        lambda _, model: rates.append(float(model.optimizer.learning_rate)),
    )  # fmt: skip
    return case(name, "ReduceLROnPlateau", config, values, {"rates": rates})


def checkpoint(name, values, **config):
    config = {"monitor": "loss", "mode": "min", **config}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "{epoch:03d}.weights.h5")
        watched(
            keras.callbacks.ModelCheckpoint(path, save_weights_only=True, **config), values,
            lambda *_: None,
        )  # fmt: skip
        saved = [int(file[:3]) for file in sorted(os.listdir(folder))]
    return case(name, "ModelCheckpoint", config, values, {"saved": saved})


def cases():
    best = {"restore_best_weights": True}
    yield early_stopping("stopping", FALLING, patience=3)
    yield early_stopping("stopping_at_once", NOISY)
    yield early_stopping("stopping_patient", NOISY, patience=4, **best)
    yield early_stopping("stopping_delta", FALLING, patience=3, min_delta=0.02, **best)
    yield early_stopping("stopping_flat", FLAT, patience=5, **best)
    yield early_stopping("stopping_late", FALLING, patience=2, start_from_epoch=6, **best)
    yield early_stopping("stopping_baseline", FALLING, patience=5, baseline=0.75, **best)
    yield early_stopping("stopping_missed", FALLING, patience=4, baseline=0.1, **best)
    yield early_stopping("stopping_max", RISING, patience=4, mode="max", **best)
    yield early_stopping(
        "stopping_max_delta", RISING, patience=3, mode="max", min_delta=0.02, baseline=0.2, **best
    )
    yield reduce_rate("plateau", FALLING, factor=0.5, patience=2)
    yield reduce_rate("plateau_at_once", NOISY, patience=0, factor=0.5)
    yield reduce_rate("plateau_delta", FALLING, patience=2, factor=0.25, min_delta=0.05)
    yield reduce_rate("plateau_cooldown", FLAT, patience=2, factor=0.5, cooldown=3)
    yield reduce_rate("plateau_floor", FLAT, patience=1, factor=0.25, min_lr=0.1)
    yield reduce_rate("plateau_max", RISING, patience=2, factor=0.5, mode="max", cooldown=1)
    yield checkpoint("checkpoint", NOISY)
    yield checkpoint("checkpoint_best", NOISY, save_best_only=True)
    yield checkpoint("checkpoint_max", RISING, save_best_only=True, mode="max")
    yield checkpoint(
        "checkpoint_threshold", FALLING, save_best_only=True, initial_value_threshold=0.75
    )
