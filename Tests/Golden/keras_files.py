"""Models as Keras saves them, and what Keras predicts with them.

python keras_files.py           write keras/: NAME.keras and NAME.h5 by Keras 3, NAME_2.h5 in the form
                                of Keras 2.2.4, and the predictions in NAME.safetensors
python keras_files.py check DIR load each model in a folder with Keras and compare its predictions with
                                those in NAME.safetensors: how tests see that Keras reads what Moru
                                wrote
python keras_files.py train DIR write models after three steps with each optimizer, and in
                                NAME.safetensors the samples and the weights after the next two
python keras_files.py go-on DIR train each NAME_4 in a folder, which another program trained for the
                                fourth step, for one more, and compare its weights

Weights are rounded to a few bits so that files are small. Keras 2.2.4 itself no longer runs: its form
is written here with h5py, by its own source, keras/engine/saving.py.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import h5py
import keras
import numpy as np
from safetensors.numpy import load_file, save_file

FOLDER = Path(__file__).resolve().parent / "keras"
L = keras.layers


def mlp():
    return keras.Sequential(
        [
            keras.Input((5,)),
            L.Dense(8, activation="relu", kernel_regularizer="l2"),
            L.Dropout(0.25),
            L.Dense(8, activation="swish", kernel_constraint=keras.constraints.MaxNorm(2)),
            L.Dense(3, activation="softmax"),
        ],
        name="mlp",
    )


def cnn():
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            L.Rescaling(1 / 255, offset=-0.5),
            L.ZeroPadding2D(((1, 0), (2, 1))),
            L.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
            L.BatchNormalization(),
            L.ReLU(max_value=6.0),
            L.SpatialDropout2D(0.1),
            L.DepthwiseConv2D((3, 2), depth_multiplier=2, activation="leaky_relu"),
            L.MaxPooling2D(2, strides=1),
            L.SeparableConv2D(6, 3, padding="same", activation="elu"),
            L.PReLU(shared_axes=[1, 2]),
            L.Conv2DTranspose(4, 3, strides=2, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.GroupNormalization(groups=2),
            L.Cropping2D(((1, 0), (0, 1))),
            L.UpSampling2D((2, 1), interpolation="nearest"),
            L.AveragePooling2D((2, 3)),
            L.GlobalAveragePooling2D(keepdims=True),
            L.Flatten(),
            L.Dense(2, activation="sigmoid"),
        ],
        name="cnn",
    )


def sequence():
    return keras.Sequential(
        [
            keras.Input((7,), dtype="int32"),
            L.Embedding(11, 6, mask_zero=True),
            L.Bidirectional(L.LSTM(4, return_sequences=True, dropout=0.1)),
            L.GRU(5, return_sequences=True),
            L.TimeDistributed(L.Dense(4, activation="tanh")),
            L.Conv1D(4, 3, padding="causal", dilation_rate=2),
            L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(4)]), return_sequences=True),
            L.SimpleRNN(3),
            L.Dense(1),
        ],
        name="sequence",
    )


def branches():
    """Several inputs and outputs, a shared layer, models in a model, frozen layers."""
    left = keras.Input((6,), name="left")
    right = keras.Input((6,), name="right")
    shared = L.Dense(5, activation="tanh", name="shared")
    a, b = shared(left), shared(right)
    inner = keras.Sequential([keras.Input((5,)), L.Dense(4), L.BatchNormalization()], name="inner")
    inner.trainable = False
    tower_in = keras.Input((5,))
    tower = keras.Model(
        tower_in, L.Add()([L.Dense(4, name="one")(tower_in), L.Dense(4, name="two")(tower_in)]), name="tower")
    both = L.Concatenate()([inner(a), tower(b), L.Subtract()([a, b])])
    both = L.LayerNormalization()(both)
    product = L.Multiply()([L.Dense(3)(both), L.Dense(3, activation="sigmoid")(both)])
    other = L.Dot(axes=1, normalize=True)([a, b])
    return keras.Model([left, right], [L.Softmax(name="kind")(product), other], name="branches")


def attention():
    x = keras.Input((6, 8), name="steps")
    y = L.MultiHeadAttention(2, 3, value_dim=4)(x, x, use_causal_mask=True)
    y = L.Add()([x, y])
    z = L.LayerNormalization(epsilon=1e-5)(y)
    z = L.EinsumDense("abc,cd->abd", output_shape=(None, 12), bias_axes="d", activation="gelu")(z)
    z = L.Dense(8)(z)
    y = L.Average()([y, z])
    y = L.Attention(use_scale=True)([y, x])
    y = L.GroupQueryAttention(4, 4, 2)(y, y)
    return keras.Model(x, L.GlobalAveragePooling1D()(L.Permute((2, 1))(y)), name="attention")


def deep():
    """Twenty convolutions with shortcuts: rounding adds up."""
    x = image = keras.Input((16, 16, 3), name="image")
    x = L.Conv2D(8, 3, padding="same")(x)
    for _ in range(10):
        y = L.Conv2D(8, 3, padding="same")(L.Activation("relu")(L.BatchNormalization()(x)))
        y = L.Conv2D(8, 3, padding="same")(L.Activation("relu")(L.BatchNormalization()(y)))
        x = L.Add()([x, y])
    return keras.Model(image, L.Dense(4, activation="softmax")(L.GlobalAveragePooling2D()(x)), name="deep")


MODELS = {f.__name__: f for f in (mlp, cnn, sequence, branches, attention, deep)}


def fill(model, random):
    """Weights of a few bits, which compress and stay exact."""
    for weight in model.weights:
        scale = 1 / np.sqrt(max(1, int(np.prod(weight.shape[:-1]))))
        values = random.standard_normal(weight.shape) * scale
        if "variance" in weight.path:
            values = 0.5 + np.abs(values)
        elif "gamma" in weight.path:
            values = 1 + values
        weight.assign(np.round(values * 64) / 64)


def inputs_of(model, random):
    inputs = []
    for tensor in model.inputs:
        shape = (4,) + tuple(tensor.shape[1:])
        if "int" in str(tensor.dtype):
            value = random.integers(1, 11, shape).astype("int32")
            value[1, -2:] = 0
        elif len(shape) == 4:
            value = random.integers(0, 256, shape).astype("float32")
        else:
            value = random.standard_normal(shape).astype("float32")
        inputs.append(value)
    return inputs


def predictions(model, inputs):
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return outputs if isinstance(outputs, list) else [outputs]


def deflate(path):
    """Packs an archive, as programs that copy archives may."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def save_values(path, inputs, outputs):
    tensors = {f"input.{i}": value for i, value in enumerate(inputs)}
    tensors |= {f"output.{i}": np.asarray(value) for i, value in enumerate(outputs)}
    save_file(tensors, path)


# Keras 2.2.4


def old_config(layer):
    """A layer's configuration in the words of Keras 2.2.4."""
    config = dict(layer.get_config())
    for key in ("dtype", "autocast", "quantization_config", "groups", "seed", "zero_output_for_mask"):
        config.pop(key, None)
    for key, value in config.items():
        if isinstance(value, dict) and str(value.get("module", "")).startswith("keras.initializers"):
            if value["class_name"] == "GlorotUniform":
                config[key] = {
                    "class_name": "VarianceScaling",
                    "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
                }
            else:
                config[key] = {"class_name": value["class_name"], "config": {}}
        elif "old_hard_sigmoid" in str(value) and key.endswith("activation"):
            config[key] = "hard_sigmoid"
        elif isinstance(value, dict) and "module" in value:
            config[key] = {"class_name": value["class_name"], "config": value["config"]}
    if isinstance(layer, (L.LSTM, L.GRU)):
        config["implementation"] = 1
    if isinstance(layer, L.Bidirectional):
        config.pop("backward_layer")
        inner = old_config(layer.forward_layer)
        inner["name"] = inner["name"].removeprefix("forward_")
        config["layer"] = {"class_name": type(layer.forward_layer).__name__, "config": inner}
    return config


def save_old(model, path, graph=None):
    """The model as Keras 2.2.4 saved it; `graph` tells what each layer of a functional one reads."""
    layers = [layer for layer in model.layers if graph or not isinstance(layer, L.InputLayer)]
    described = []
    for layer in layers:
        if isinstance(layer, L.InputLayer):
            config = {"batch_input_shape": list(layer.batch_shape), "dtype": "float32", "sparse": False,
                      "name": layer.name}
        else:
            config = old_config(layer)
        entry = {"class_name": type(layer).__name__, "config": config}
        if graph:
            nodes = [[[name, 0, 0, {}] for name in graph[layer.name]]] if layer.name in graph else []
            entry |= {"name": layer.name, "inbound_nodes": nodes}
        described.append(entry)
    if graph:
        config = {
            "name": model.name, "layers": described,
            "input_layers": [[name, 0, 0] for name in (tensor.name for tensor in model.inputs)],
            "output_layers": [[name, 0, 0] for name in model.output_names],
        }
    else:
        first = described[0]["config"]
        first["batch_input_shape"] = [None] + list(model.input_shape[1:])
        first["dtype"] = "float32"
        config = {"name": model.name, "layers": described}
    kind = "Model" if graph else "Sequential"
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.2.4"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps({"class_name": kind, "config": config}).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([layer.name.encode() for layer in layers])
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = b"2.2.4"
        for layer in layers:
            below = group.create_group(layer.name)
            names = [f"{layer.name}/{weight.path.split('/')[-1]}:0".encode() for weight in layer.weights]
            if isinstance(layer, L.Bidirectional):
                names = [f"{layer.name}/{w.path.split('/')[-3]}/{w.path.split('/')[-1]}:0".encode()
                         for w in layer.weights]
            below.attrs["weight_names"] = np.array(names) if names else np.zeros(0)
            for name, weight in zip(names, layer.weights):
                below[name.decode()] = np.asarray(weight)


@keras.saving.register_keras_serializable()
def old_hard_sigmoid(x):
    """The function that Keras 2 called hard_sigmoid."""
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


def old_models():
    def old(name):
        return f"{name}_1"

    yield keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            L.Conv2D(4, 3, activation="relu", name=old("conv2d")),
            L.BatchNormalization(name=old("batch_normalization")),
            L.MaxPooling2D(name=old("max_pooling2d")),
            L.Dropout(0.25, name=old("dropout")),
            L.Flatten(name=old("flatten")),
            L.Dense(10, activation="softmax", name=old("dense")),
        ],
        name="sequential_1",
    ), "sequential", None
    gates = dict(recurrent_activation=old_hard_sigmoid)
    yield keras.Sequential(
        [
            keras.Input((6, 3)),
            L.Bidirectional(L.LSTM(4, return_sequences=True, name="lstm_1", **gates), name="bidirectional_1"),
            L.GRU(5, reset_after=False, name="gru_1", **gates),
            L.Dense(2, activation=old_hard_sigmoid, name="dense_2"),
        ],
        name="sequential_2",
    ), "recurrent", None
    one, two = keras.Input((4,), name="input_1"), keras.Input((4,), name="input_2")
    a = L.Dense(3, activation="relu", name="dense_3")(one)
    b = L.Dense(3, name="dense_4")(two)
    both = L.Concatenate(name="concatenate_1")([a, b])
    yield keras.Model([one, two], L.Dense(1, activation="sigmoid", name="dense_5")(both), name="model_1"), \
        "functional", {
            "dense_3": ["input_1"], "dense_4": ["input_2"], "concatenate_1": ["dense_3", "dense_4"],
            "dense_5": ["concatenate_1"]}


def write():
    FOLDER.mkdir(exist_ok=True)
    for number, (name, make) in enumerate(MODELS.items()):
        keras.utils.clear_session()
        random = np.random.default_rng(number)
        model = make()
        fill(model, random)
        inputs = inputs_of(model, random)
        model.save(FOLDER / f"{name}.keras")
        if name in ("mlp", "cnn", "sequence", "branches"):
            model.save(FOLDER / f"{name}.h5")
        else:
            deflate(FOLDER / f"{name}.keras")
        save_values(FOLDER / f"{name}.safetensors", inputs, predictions(model, inputs))
    for number, (model, name, graph) in enumerate(old_models()):
        random = np.random.default_rng(100 + number)
        fill(model, random)
        inputs = inputs_of(model, random)
        # In the file the function has its old name.
        path = FOLDER / f"{name}_2.h5"
        save_old(model, path, graph)
        save_values(FOLDER / f"{name}_2.safetensors", inputs, predictions(model, inputs))
    trained()
    small()


def trained():
    """A model that was trained for a few steps, with the state of its optimizer."""
    keras.utils.clear_session()
    random = np.random.default_rng(7)
    model = keras.Sequential([keras.Input((3,)), L.Dense(4, activation="relu"), L.Dense(2)], name="trained")
    fill(model, random)
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    x, y = random.standard_normal((16, 3)), random.standard_normal((16, 2))
    model.fit(x, y, epochs=3, batch_size=8, verbose=0, shuffle=False)
    model.save(FOLDER / "trained.keras")
    model.save(FOLDER / "trained.h5")
    model.save_weights(FOLDER / "trained.weights.h5")
    inputs = inputs_of(model, random)
    save_values(FOLDER / "trained.safetensors", inputs, predictions(model, inputs))


def small():
    """Models that are refused."""
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((3,)), L.Lambda(lambda x: 2 * x, name="twice"), L.Dense(2)])
    model.save(FOLDER / "lambda.keras")
    model = keras.Sequential([keras.Input((None, 3), name="steps"), L.LSTM(2, name="walk")], name="open")
    fill(model, np.random.default_rng(3))
    model.save(FOLDER / "open.keras")
    model = keras.Sequential([keras.Input((4, 4, 3)), L.BatchNormalization(axis=1, name="norm")])
    model.save(FOLDER / "axis.keras")


def check(folder):
    """The greatest relative error of each model's predictions, or what Keras says against it."""
    for path in sorted(Path(folder).glob("*.*")):
        if path.suffix not in (".keras", ".h5"):
            continue
        tensors = load_file(path.with_name(path.name + ".safetensors"))
        inputs = [tensors[f"input.{i}"] for i in range(sum(k.startswith("input.") for k in tensors))]
        wanted = [tensors[f"output.{i}"] for i in range(len(tensors) - len(inputs))]
        try:
            keras.utils.clear_session()
            found = predictions(keras.models.load_model(path, compile=False), inputs)
            shapes = [output.shape for output in found], [output.shape for output in wanted]
            assert shapes[0] == shapes[1], f"shapes {shapes[0]} instead of {shapes[1]}"
            error = max(
                np.abs(x.astype("f8") - y).max() / max(np.abs(y.astype("f8")).max(), 1e-30)
                for x, y in zip(found, wanted))
            print(path.name, error, sep="\t")
        except Exception as problem:
            print(path.name, " ".join(str(problem).split())[:300], sep="\t")


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "plain": lambda: keras.optimizers.SGD(1.0, clipnorm=0.5),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
    "adamax": lambda: keras.optimizers.Adamax(0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
}


def own_path(weight):
    """The names of a weight and its layer, without the model's."""
    return "/".join(weight.path.split("/")[-2:])


def train(folder):
    """Models after three steps with each optimizer, and the weights after a fourth and a fifth."""
    for number, (name, make) in enumerate(OPTIMIZERS.items()):
        keras.utils.clear_session()
        random = np.random.default_rng(number)
        model = keras.Sequential(
            [
                keras.Input((3,)),
                L.Dense(4, activation="tanh", name="first"),
                L.BatchNormalization(name="norm"),
                L.Dense(2, name="second"),
            ])
        fill(model, random)
        x = random.standard_normal((8, 3)).astype("float32")
        y = random.standard_normal((8, 2)).astype("float32")
        model.compile(make(), "mse")
        values = {"x": x, "y": y}
        for step in range(1, 6):
            model.train_on_batch(x, y)
            if step == 3:
                for ending in ("keras", "h5"):
                    model.save(Path(folder) / f"{name}.{ending}")
            if step > 3:
                values |= {f"{step}.{own_path(weight)}": np.array(weight) for weight in model.weights}
        save_file(values, Path(folder) / f"{name}.safetensors")


def go_on(folder):
    """The greatest relative error of each model's weights after one more step."""
    for path in sorted(Path(folder).glob("*_4.*")):
        values = load_file(path.with_name(path.stem.removesuffix("_4") + ".safetensors"))
        try:
            keras.utils.clear_session()
            model = keras.models.load_model(path)
            optimizer = model.optimizer
            if path.suffix == ".h5":
                # Keras 3.15 itself takes up no more than the steps of its own files of this kind.
                optimizer = type(optimizer).from_config(optimizer.get_config())
                optimizer.build(model.trainable_variables)
                with h5py.File(path) as file:
                    group = file["optimizer_weights"]
                    names = group.attrs["weight_names"]
                    assert len(names) == len(optimizer.variables), len(names)
                    optimizer.set_weights([group[name][()] for name in names])
            model.compile(optimizer, "mse")
            model.train_on_batch(values["x"], values["y"])
            error = max(
                np.abs(np.array(weight) - values[f"5.{own_path(weight)}"]).max()
                / max(np.abs(values[f"5.{own_path(weight)}"]).max(), 1e-30)
                for weight in model.weights)
            print(path.name, error, sep="\t")
        except Exception as problem:
            print(path.name, " ".join(str(problem).split())[:300], sep="\t")


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    elif sys.argv[1:2] == ["train"]:
        train(sys.argv[2])
    elif sys.argv[1:2] == ["go-on"]:
        go_on(sys.argv[2])
    else:
        write()
