"""Layers that prepare numbers and pictures inside a model: NumPy against Keras."""

import keras
import numpy as np
from torch.nn import functional

from .cases import case
from .files import Case, require_agreement
from .gradients import Draw
from .layers import channels_first, channels_last


def whole(kind, name, config, values, formula):
    """A layer whose output are whole numbers or marks, without gradient."""
    output = formula(values)
    keras_output = np.asarray(getattr(keras.layers, kind)(**config)(values))
    require_agreement(name, keras_output, output, 0)
    marks = np.asarray(output, np.int32 if config.get("output_mode", "") == "int" else np.float64)
    description = {"class_name": kind, "config": config}
    return Case(f"layers/{name}.safetensors", description, {"input": values, "output": marks})


def marks(places, depth, mode):
    one_hot = (places[..., None] == np.arange(depth)).astype(np.float64)
    if mode == "one_hot":
        return one_hot[..., 0, :] if places.shape[-1] == 1 else one_hot
    return one_hot.max(-2) if mode == "multi_hot" else one_hot.sum(-2)


def resizing(name, shape, height, width, interpolation, **config):
    config |= {"height": height, "width": width, "interpolation": interpolation}
    values = {"input": Draw(name).normal(*shape)}

    def formula(tensors):
        x = tensors["input"]
        if config.get("crop_to_aspect_ratio"):
            rows = max(1, min(shape[1], int(shape[2] * height / width)))
            columns = max(1, min(shape[2], int(shape[1] * width / height)))
            top, left = (shape[1] - rows) // 2, (shape[2] - columns) // 2
            x = x[:, top : top + rows, left : left + columns]
        mode = {"nearest": "nearest-exact"}.get(interpolation, interpolation)
        y = functional.interpolate(channels_first(x), (height, width), mode=mode)
        return channels_last(y)

    # TensorFlow holds the weights of neighbours in Float32.
    return case("Resizing", name, config, values, formula, tolerance=1e-6)


def cases():
    draw = Draw("discretization")
    numbers = draw.normal(4, 3, scale=2)
    borders = [-1.0, 0.25, 1.5]
    for mode in ("int", "one_hot"):
        yield whole(
            "Discretization", f"discretization_{mode}",
            {"bin_boundaries": borders, "output_mode": mode}, numbers,
            lambda x, mode=mode: np.digitize(x, borders) if mode == "int"
            else marks(np.digitize(x, borders), 4, mode),
        )  # fmt: skip
    categories = draw.integers(4, 3, below=5)
    for mode in ("multi_hot", "count"):
        yield whole(
            "CategoryEncoding", f"categoryencoding_{mode}",
            {"num_tokens": 5, "output_mode": mode}, categories,
            lambda x, mode=mode: marks(x, 5, mode),
        )  # fmt: skip
    yield whole("CategoryEncoding", "categoryencoding_one_hot",
                {"num_tokens": 5, "output_mode": "one_hot"}, categories[:, :1],
                lambda x: marks(x, 5, "one_hot"))  # fmt: skip

    def looked_up(x, first, mask=None):
        place = {7: first, 3: first + 1, 12: first + 2}
        return np.array([[0 if n == mask else place.get(n, first - 1) for n in row] for row in x])

    rows = np.array([[7, 3, 5], [12, 0, 7]], np.int32)
    yield whole("IntegerLookup", "integerlookup", {"vocabulary": [7, 3, 12], "output_mode": "int"},
                rows, lambda x: looked_up(x, 1))  # fmt: skip
    yield whole("IntegerLookup", "integerlookup_mask",
                {"vocabulary": [7, 3, 12], "mask_token": 0, "output_mode": "int"}, rows,
                lambda x: looked_up(x, 2, 0))  # fmt: skip

    yield resizing("resizing_bilinear", (2, 5, 6, 2), 3, 8, "bilinear")
    yield resizing("resizing_nearest", (2, 5, 6, 2), 7, 4, "nearest")
    yield resizing("resizing_crop", (1, 6, 5, 2), 3, 4, "bilinear", crop_to_aspect_ratio=True)
    values = {"input": Draw("centercrop").normal(2, 5, 6, 2)}
    yield case("CenterCrop", "centercrop", {"height": 3, "width": 4}, values,
               lambda x: x["input"][:, 1:4, 1:5])  # fmt: skip
    values = {"input": Draw("centercrop_whole_width").normal(1, 7, 3, 1)}
    yield case("CenterCrop", "centercrop_whole_width", {"height": 5, "width": 3}, values,
               lambda x: x["input"][:, 1:6])  # fmt: skip
