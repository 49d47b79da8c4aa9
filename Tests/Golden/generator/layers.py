"""Layers: dense, convolution, pooling, batch normalisation and preprocessing.

The stored values come from plain PyTorch functions with layouts converted here; Keras's
layer on the same inputs must agree in value and gradient before a file is written.
"""

import keras
import numpy as np
import tensorflow as tf
import torch
from torch.nn import functional

from .files import Case, require_agreement
from .gradients import Draw, differentiate


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def keras_layer(layer, parameter_names, inputs=("input",), **call):
    """Returns a function that runs `layer` with its weights taken from the tensors."""

    def run(tensors):
        if not layer.built:
            layer.build(*(tuple(tensors[name].shape) for name in inputs))
        state = [(variable, tensors[name]) for variable, name in
                 zip(layer.weights, parameter_names, strict=True)]  # fmt: skip
        with keras.StatelessScope(state_mapping=state):
            return layer(*(tensors[name] for name in inputs), **call)

    return run


def pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def same_padding(lengths, windows, strides, dilations):
    """Keras's rule: output ⌈length / stride⌉, the odd element of padding at the end.

    Returns amounts in the order of `torch.nn.functional.pad`: last axis first.
    """
    amounts = []
    for length, window, stride, dilation in zip(lengths, windows, strides, dilations):
        covered = (-(-length // stride) - 1) * stride + (window - 1) * dilation + 1
        total = max(covered - length, 0)
        amounts = [total // 2, total - total // 2, *amounts]
    return amounts


def padded(x, padding, windows, strides, dilations, fill):
    """Pads a channels-first picture for `padding` "same"; leaves it alone for "valid"."""
    if padding == "valid":
        return x
    return functional.pad(x, same_padding(x.shape[2:], windows, strides, dilations), value=fill)


# Dense ---------------------------------------------------------------------------------------


def dense(name, input_shape, units, use_bias=True):
    draw = Draw(name)
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(input_shape[-1], units, scale=0.5),
    }
    if use_bias:
        values["param.bias"] = draw.normal(units)
    config = {"units": units, "use_bias": use_bias}

    def function(tensors):
        # PyTorch keeps dense kernels as [out, in].
        return functional.linear(
            tensors["input"], tensors["param.kernel"].T, tensors.get("param.bias")
        )

    names = [key for key in values if key.startswith("param.")]
    check = keras_layer(keras.layers.Dense(**config), names)
    tensors = differentiate(name, function, values, check=check)
    return Case(f"layers/{name}.safetensors", {"class_name": "Dense", "config": config}, tensors)


# Convolution ---------------------------------------------------------------------------------


def conv2d(name, input_shape, filters, kernel_size, padding="valid", strides=1, dilation_rate=1,
           groups=1, use_bias=True):  # fmt: skip
    draw = Draw(name)
    kernel_size, strides, dilation_rate = map(pair, (kernel_size, strides, dilation_rate))
    fan_in = kernel_size[0] * kernel_size[1] * input_shape[-1] // groups
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(
            *kernel_size, input_shape[-1] // groups, filters, scale=fan_in**-0.5
        ),
    }
    if use_bias:
        values["param.bias"] = draw.normal(filters)
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "dilation_rate": dilation_rate, "groups": groups, "use_bias": use_bias,
    }  # fmt: skip

    def function(tensors):
        x = channels_first(tensors["input"])
        x = padded(x, padding, kernel_size, strides, dilation_rate, fill=0)
        kernel = tensors["param.kernel"].permute(3, 2, 0, 1)  # HWIO → OIHW
        bias = tensors.get("param.bias")
        return channels_last(functional.conv2d(x, kernel, bias, strides, 0, dilation_rate, groups))

    names = [key for key in values if key.startswith("param.")]
    check = keras_layer(keras.layers.Conv2D(**config), names)
    tensors = differentiate(name, function, values, check=check)
    return Case(f"layers/{name}.safetensors", {"class_name": "Conv2D", "config": config}, tensors)


def parameters(values):
    return [key for key in values if key.startswith("param.")]


def torch_depthwise(x, kernel, padding, strides, dilation_rate):
    """Channels-first picture, Keras's kernel `[height, width, channels, multiplier]`."""
    x = padded(x, padding, kernel.shape[:2], strides, dilation_rate, fill=0)
    # Outputs of one channel are neighbours, in Keras as in PyTorch.
    grouped = kernel.permute(2, 3, 0, 1).reshape(-1, 1, *kernel.shape[:2])
    return functional.conv2d(x, grouped, None, strides, 0, dilation_rate, x.shape[1])


def depthwise_conv2d(name, input_shape, kernel_size, padding="valid", strides=1, dilation_rate=1,
                     depth_multiplier=1, use_bias=True):  # fmt: skip
    draw = Draw(name)
    kernel_size, strides, dilation_rate = map(pair, (kernel_size, strides, dilation_rate))
    channels = input_shape[-1]
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(*kernel_size, channels, depth_multiplier, scale=0.4),
    }
    if use_bias:
        values["param.bias"] = draw.normal(channels * depth_multiplier)
    config = {
        "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "depth_multiplier": depth_multiplier, "dilation_rate": dilation_rate,
        "use_bias": use_bias,
    }  # fmt: skip

    def function(tensors):
        x = channels_first(tensors["input"])
        y = torch_depthwise(x, tensors["param.kernel"], padding, strides, dilation_rate)
        return channels_last(y) + tensors.get("param.bias", 0)

    check = keras_layer(keras.layers.DepthwiseConv2D(**config), parameters(values))
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "DepthwiseConv2D", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


def separable_conv2d(name, input_shape, filters, kernel_size, padding="valid", strides=1,
                     dilation_rate=1, depth_multiplier=1, use_bias=True):  # fmt: skip
    draw = Draw(name)
    kernel_size, strides, dilation_rate = map(pair, (kernel_size, strides, dilation_rate))
    channels = input_shape[-1]
    values = {
        "input": draw.normal(*input_shape),
        "param.depthwise_kernel": draw.normal(
            *kernel_size, channels, depth_multiplier, scale=0.4
        ),
        "param.pointwise_kernel": draw.normal(
            1, 1, channels * depth_multiplier, filters, scale=0.5
        ),
    }
    if use_bias:
        values["param.bias"] = draw.normal(filters)
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "dilation_rate": dilation_rate, "depth_multiplier": depth_multiplier,
        "use_bias": use_bias,
    }  # fmt: skip

    def function(tensors):
        x = channels_first(tensors["input"])
        kernel = tensors["param.depthwise_kernel"]
        y = channels_last(torch_depthwise(x, kernel, padding, strides, dilation_rate))
        return y @ tensors["param.pointwise_kernel"][0, 0] + tensors.get("param.bias", 0)

    check = keras_layer(keras.layers.SeparableConv2D(**config), parameters(values))
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "SeparableConv2D", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


def conv2d_transpose(name, input_shape, filters, kernel_size, padding="valid", strides=1,
                     dilation_rate=1, use_bias=True):  # fmt: skip
    draw = Draw(name)
    kernel_size, strides, dilation_rate = map(pair, (kernel_size, strides, dilation_rate))
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(*kernel_size, filters, input_shape[-1], scale=0.3),
    }
    if use_bias:
        values["param.bias"] = draw.normal(filters)
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "dilation_rate": dilation_rate, "use_bias": use_bias,
    }  # fmt: skip

    def function(tensors):
        x = channels_first(tensors["input"])
        kernel = tensors["param.kernel"].permute(3, 2, 0, 1)  # HWOI → IOHW
        whole = functional.conv_transpose2d(x, kernel, None, strides, dilation=dilation_rate)
        # Keras's sizes: cut (or, for a window under the stride, extend by zeros) the whole.
        amounts = []
        for length, window, stride, dilation, made in zip(
            x.shape[2:], kernel_size, strides, dilation_rate, whole.shape[2:]
        ):
            covered = (window - 1) * dilation + 1
            if padding == "valid":
                low, size = 0, length * stride + max(covered - stride, 0)
            else:
                low, size = max(covered - stride, 0) // 2, length * stride
            amounts = [-low, size - (made - low), *amounts]
        y = channels_last(functional.pad(whole, amounts))
        return y + tensors.get("param.bias", 0)

    # TensorFlow dilates no transposed convolutions on processors: Keras gets the kernel with the
    # zeros in it.
    covered = [(size - 1) * step + 1 for size, step in zip(kernel_size, dilation_rate)]
    whole = {**config, "kernel_size": covered, "dilation_rate": 1}
    run = keras_layer(keras.layers.Conv2DTranspose(**whole), parameters(values))

    def check(tensors):
        places = [
            tf.one_hot(range(0, size, step), size, dtype="float64")
            for size, step in zip(covered, dilation_rate)
        ]
        kernel = tf.einsum("abio,ah,bw->hwio", tensors["param.kernel"], *places)
        return run({**tensors, "param.kernel": kernel})

    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "Conv2DTranspose", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


# Pictures as a whole -------------------------------------------------------------------------


def zero_padding2d(name, input_shape, padding):
    config = {"padding": padding}
    values = {"input": Draw(name).normal(*input_shape)}

    def function(tensors):
        (top, bottom), (left, right) = padding
        return functional.pad(tensors["input"], (0, 0, left, right, top, bottom))

    check = keras_layer(keras.layers.ZeroPadding2D(**config), [])
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "ZeroPadding2D", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


def up_sampling2d(name, input_shape, size):
    config = {"size": pair(size)}
    values = {"input": Draw(name).normal(*input_shape)}

    def function(tensors):
        height, width = pair(size)
        return tensors["input"].repeat_interleave(height, 1).repeat_interleave(width, 2)

    check = keras_layer(keras.layers.UpSampling2D(**config), [])
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "UpSampling2D", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


def global_pooling(kind, name, input_shape, formula):
    values = {"input": Draw(name).normal(*input_shape)}
    check = keras_layer(getattr(keras.layers, kind)(), [])
    tensors = differentiate(name, lambda x: formula(x["input"]), values, check=check)
    config = {"class_name": kind, "config": {}}
    return Case(f"layers/{name}.safetensors", config, tensors)


# Pooling -------------------------------------------------------------------------------------


def pooling2d(kind, name, input_shape, pool_size, strides=None, padding="valid"):
    pool_size = pair(pool_size)
    strides = pair(strides) if strides else pool_size
    config = {"pool_size": pool_size, "strides": strides, "padding": padding}
    # Negative pictures show a wrong fill of the padding.
    values = {"input": Draw(name).normal(*input_shape, shift=-0.5)}

    def maximum(tensors):
        x = channels_first(tensors["input"])
        x = padded(x, padding, pool_size, strides, (1, 1), fill=-torch.inf)
        return channels_last(functional.max_pool2d(x, pool_size, strides))

    def average(tensors):
        # Padding counts neither in the sum nor in the divisor.
        x = channels_first(tensors["input"])
        ones = torch.ones_like(x)
        sums, counts = (
            functional.avg_pool2d(
                padded(y, padding, pool_size, strides, (1, 1), fill=0), pool_size, strides
            )
            for y in (x, ones)
        )
        return channels_last(sums / counts)

    function = maximum if kind == "MaxPooling2D" else average
    check = keras_layer(getattr(keras.layers, kind)(**config), [])
    tensors = differentiate(name, function, values, check=check)
    return Case(f"layers/{name}.safetensors", {"class_name": kind, "config": config}, tensors)


def global_average_pooling2d(name, input_shape, keepdims):
    config = {"keepdims": keepdims}
    values = {"input": Draw(name).normal(*input_shape)}

    def function(tensors):
        return tensors["input"].mean((1, 2), keepdim=keepdims)

    check = keras_layer(keras.layers.GlobalAveragePooling2D(**config), [])
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "GlobalAveragePooling2D", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


# Batch normalisation -------------------------------------------------------------------------


def batch_normalization(name, input_shape, training, momentum=0.99, epsilon=1e-3, center=True,
                        scale=True):  # fmt: skip
    draw = Draw(name)
    channels = input_shape[-1]
    values = {"input": draw.normal(*input_shape, scale=2, shift=0.7)}
    if scale:
        values["param.gamma"] = draw.normal(channels, scale=0.3, shift=1)
    if center:
        values["param.beta"] = draw.normal(channels)
    constants = {
        "state.moving_mean": draw.normal(channels),
        "state.moving_variance": draw.uniform(channels, low=0.5, high=3),
    }
    config = {
        "axis": -1, "momentum": momentum, "epsilon": epsilon, "center": center, "scale": scale,
    }  # fmt: skip

    def function(tensors):
        # PyTorch's own running variance is the unbiased one, so its update is not used.
        return channels_last(
            functional.batch_norm(
                channels_first(tensors["input"]),
                None if training else tensors["state.moving_mean"],
                None if training else tensors["state.moving_variance"],
                tensors.get("param.gamma"),
                tensors.get("param.beta"),
                training=training,
                eps=epsilon,
            )
        )

    layer = keras.layers.BatchNormalization(**config)
    names = [key for key in values if key.startswith("param.")] + list(constants)
    check = keras_layer(layer, names, training=training)
    tensors = differentiate(name, function, values, constants, check=check)
    if training:
        x = values["input"]
        axes = tuple(range(x.ndim - 1))
        for key, batch in (("moving_mean", x.mean(axes)), ("moving_variance", x.var(axes))):
            old = constants[f"state.{key}"]
            tensors[f"updated.{key}"] = old * momentum + batch * (1 - momentum)
        layer.set_weights([tensors[key] for key in names])
        layer(x, training=True)
        for key in ("moving_mean", "moving_variance"):
            actual = getattr(layer, key).numpy()
            require_agreement(f"{name} {key}", actual, tensors[f"updated.{key}"])
    config = {
        "class_name": "BatchNormalization", "config": config, "call": {"training": training},
    }  # fmt: skip
    return Case(f"layers/{name}.safetensors", config, tensors)


def masked_batch_normalization(name, input_shape, mask, momentum=0.9, epsilon=1e-3):
    """A training step that counts the steps that a mask shows."""
    draw = Draw(name)
    channels = input_shape[-1]
    values = {
        "input": draw.normal(*input_shape, scale=2, shift=0.7),
        "param.gamma": draw.normal(channels, scale=0.3, shift=1),
        "param.beta": draw.normal(channels),
    }
    constants = {
        "state.moving_mean": draw.normal(channels),
        "state.moving_variance": draw.uniform(channels, low=0.5, high=3),
        "mask": np.array(mask, np.int32),
    }
    config = {"axis": -1, "momentum": momentum, "epsilon": epsilon, "center": True, "scale": True}
    axes = tuple(range(len(input_shape) - 1))

    def moments(x, shown):
        count = shown.expand(x.shape[:-1] + (1,)).sum() + keras.config.epsilon()
        mean = (x * shown).sum(axes) / count
        return mean, ((x - mean) * shown).square().sum(axes) / count

    def function(tensors):
        x, mask = tensors["input"], tensors["mask"].double()
        mean, variance = moments(x, mask.reshape(*mask.shape, *[1] * (x.ndim - mask.ndim)))
        y = (x - mean) / (variance + epsilon).sqrt()
        return y * tensors["param.gamma"] + tensors["param.beta"]

    layer = keras.layers.BatchNormalization(**config)
    names = ["param.gamma", "param.beta", "state.moving_mean", "state.moving_variance"]
    check = keras_layer(layer, names, training=True, mask=tf.constant(mask) > 0)
    # Keras keeps its small number in Float32.
    tensors = differentiate(name, function, values, constants, check=check, tolerance=1e-8)
    shown = torch.tensor(constants["mask"], dtype=torch.float64)[..., None]
    batch = moments(torch.tensor(values["input"]), shown)
    layer.set_weights([tensors[key] for key in names])
    layer(values["input"], training=True, mask=tf.constant(mask) > 0)
    for key, value in zip(("moving_mean", "moving_variance"), batch):
        new = constants[f"state.{key}"] * momentum + value.numpy() * (1 - momentum)
        tensors[f"updated.{key}"] = new
        require_agreement(f"{name} {key}", getattr(layer, key).numpy(), new, 1e-8)
    config = {"class_name": "BatchNormalization", "config": config, "call": {"training": True}}
    return Case(f"layers/{name}.safetensors", config, tensors)


# Layer normalisation -------------------------------------------------------------------------


def layer_normalization(name, input_shape, axis=(-1,), epsilon=1e-3, center=True, scale=True):
    draw = Draw(name)
    shape = [input_shape[index] for index in axis]
    values = {"input": draw.normal(*input_shape, scale=2, shift=0.7)}
    if scale:
        values["param.gamma"] = draw.normal(*shape, scale=0.3, shift=1)
    if center:
        values["param.beta"] = draw.normal(*shape)
    config = {"axis": list(axis), "epsilon": epsilon, "center": center, "scale": scale}

    def function(tensors):
        # PyTorch normalises over the last axes only: the others move to the front.
        count = len(axis)
        last = list(range(-count, 0))
        y = functional.layer_norm(
            tensors["input"].movedim(list(axis), last), shape,
            tensors.get("param.gamma"), tensors.get("param.beta"), epsilon,
        )  # fmt: skip
        return y.movedim(last, list(axis))

    check = keras_layer(keras.layers.LayerNormalization(**config), parameters(values))
    tensors = differentiate(name, function, values, check=check)
    config = {"class_name": "LayerNormalization", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


# Attention and look-up -----------------------------------------------------------------------


def multi_head_attention(name, shapes, heads, key_size, value_size=None, output_size=None,
                         use_bias=True, causal=False):  # fmt: skip
    """`shapes` are those of query, value and key; what is left out is as in Keras."""
    draw = Draw(name)
    inputs = ["input", "input.1", "input.2"][: len(shapes)]
    values = {key: draw.normal(*shape) for key, shape in zip(inputs, shapes)}
    value_size = value_size or key_size
    output_size = output_size or shapes[0][-1]
    features = {
        "query": shapes[0][-1],
        "key": shapes[-1][-1],
        "value": shapes[min(1, len(shapes) - 1)][-1],
    }
    constants = {}
    for part, count in features.items():
        size = value_size if part == "value" else key_size
        values[f"param.{part}_kernel"] = draw.normal(count, heads, size, scale=count**-0.5)
        if use_bias:
            # Softmax does not see what is added to all scores of a query: the gradient of the
            # keys' bias is 0 but for rounding, which no one can agree on.
            place = constants if part == "key" else values
            place[f"param.{part}_bias"] = draw.normal(heads, size, scale=0.3)
    values["param.output_kernel"] = draw.normal(heads, value_size, output_size, scale=0.4)
    if use_bias:
        values["param.output_bias"] = draw.normal(output_size)
    config = {
        "num_heads": heads, "key_dim": key_size, "value_dim": value_size, "use_bias": use_bias,
        "output_shape": output_size,
    }  # fmt: skip

    def function(tensors):
        query = tensors["input"]
        value = tensors.get("input.1", query)
        key = tensors.get("input.2", value)

        def heads_of(part, x):
            y = torch.einsum("btf,fhk->bhtk", x, tensors[f"param.{part}_kernel"])
            bias = tensors.get(f"param.{part}_bias")
            return y if bias is None else y + bias[None, :, None, :]

        y = functional.scaled_dot_product_attention(
            heads_of("query", query), heads_of("key", key), heads_of("value", value),
            is_causal=causal,
        )  # fmt: skip
        y = torch.einsum("bhtk,hko->bto", y, tensors["param.output_kernel"])
        return y + tensors.get("param.output_bias", 0)

    names = inputs if len(inputs) > 1 else ["input", "input"]
    order = [
        f"param.{part}_{kind}"
        for part in ("query", "key", "value", "output")
        for kind in (("kernel", "bias") if use_bias else ("kernel",))
    ]
    check = keras_layer(
        keras.layers.MultiHeadAttention(**config), order, names,
        use_causal_mask=causal,
    )  # fmt: skip
    # Keras rounds the scale of the scores to Float32.
    tensors = differentiate(name, function, values, constants, check=check, tolerance=1e-7)
    config = {
        "class_name": "MultiHeadAttention", "config": config,
        "call": {"training": False, "use_causal_mask": causal},
    }  # fmt: skip
    return Case(f"layers/{name}.safetensors", config, tensors)


def embedding(name, input_shape, input_dim, output_dim):
    draw = Draw(name)
    values = {"param.embeddings": draw.normal(input_dim, output_dim)}
    constants = {"input": draw.integers(*input_shape, below=input_dim)}
    config = {"input_dim": input_dim, "output_dim": output_dim}

    def function(tensors):
        return functional.embedding(tensors["input"].long(), tensors["param.embeddings"])

    check = keras_layer(keras.layers.Embedding(**config), parameters(values))
    tensors = differentiate(name, function, values, constants, check=check)
    return Case(
        f"layers/{name}.safetensors", {"class_name": "Embedding", "config": config}, tensors
    )


def multiply(name, *shapes):
    draw = Draw(name)
    inputs = ["input", "input.1", "input.2"][: len(shapes)]
    values = {key: draw.normal(*shape) for key, shape in zip(inputs, shapes)}
    layer = keras.layers.Multiply()

    def function(tensors):
        product = tensors["input"]
        for key in inputs[1:]:
            product = product * tensors[key]
        return product

    check = lambda tensors: layer([tensors[key] for key in inputs])  # noqa: E731
    tensors = differentiate(name, function, values, check=check)
    return Case(f"layers/{name}.safetensors", {"class_name": "Multiply", "config": {}}, tensors)


# Preprocessing -------------------------------------------------------------------------------


def rescaling(name, values, scale, offset):
    config = {"scale": scale, "offset": offset}

    def function(tensors):
        return tensors["input"].to(torch.float64) * scale + offset

    check = keras_layer(keras.layers.Rescaling(**config), [])
    if values.dtype == np.uint8:
        output = function({"input": torch.tensor(values)}).numpy()
        require_agreement(name, check({"input": values}).numpy(), output)
        tensors = {"input": values, "output": output}
    else:
        tensors = differentiate(name, function, {"input": values}, check=check)
    return Case(
        f"layers/{name}.safetensors", {"class_name": "Rescaling", "config": config}, tensors
    )


def normalization(name, adapt, values, axis=-1, invert=False):
    """`adapt` is the data that the statistics come from, `values` what is normalised."""
    config = {"axis": axis, "invert": invert}
    kept = [] if axis is None else [axis % adapt.ndim]
    reduced = tuple(index for index in range(adapt.ndim) if index not in kept)
    mean, variance = adapt.mean(reduced), adapt.var(reduced)

    def function(tensors):
        # A constant feature has no spread; Keras divides by 1e-7 at least.
        deviation = torch.tensor(variance).sqrt().clamp_min(1e-7)
        if invert:
            return torch.tensor(mean) + tensors["input"] * deviation
        return (tensors["input"] - torch.tensor(mean)) / deviation

    layer = keras.layers.Normalization(**config)
    layer.adapt(adapt)
    check = lambda tensors: layer(tensors["input"])  # noqa: E731
    tensors = differentiate(name, function, {"input": values}, check=check)
    tensors |= {"adapt": adapt, "state.mean": mean, "state.variance": variance}
    config = {"class_name": "Normalization", "config": config}
    return Case(f"layers/{name}.safetensors", config, tensors)


def exact(number):
    """Rounds to Float32, which is how Keras holds the scale."""
    return float(np.float32(number))


def preprocessing_cases():
    draw = Draw("preprocessing")
    yield rescaling("rescaling", draw.uniform(2, 5, 3, low=0, high=255), exact(1 / 127.5), -1.0)
    pixels = draw.integers(2, 5, 7, 1, below=256).astype(np.uint8)
    pixels.flat[:2] = 0, 255
    yield rescaling("rescaling_uint8", pixels, exact(1 / 255), 0.0)

    scales = np.array([1.0, 0.25, 32.0, 1.0])
    rows = draw.normal(16, 4) * scales
    rows[:, 3] = 2.0
    batch = draw.normal(5, 4) * scales
    batch[:, 3] = 2.0
    yield normalization("normalization_rows_constant_feature", rows, batch)
    yield normalization("normalization_rows_invert", rows[:, :3], batch[:, :3], invert=True)
    yield normalization("normalization_axis_none", rows[:, :3], batch[:, :3], axis=None)
    images = draw.uniform(6, 4, 5, 3, low=0, high=255)
    yield normalization("normalization_images", images, images[:2])


def cases():
    yield dense("dense", (4, 7), 5)
    yield dense("dense_no_bias", (3, 6), 4, use_bias=False)
    yield dense("dense_rank3", (2, 5, 7), 3)
    yield dense("dense_single_unit", (5, 3), 1)

    yield conv2d("conv2d_valid", (2, 7, 6, 3), 4, 3)
    yield conv2d("conv2d_no_bias", (2, 6, 7, 2), 3, 3, use_bias=False)
    yield conv2d("conv2d_same", (2, 5, 7, 3), 4, 3, "same")
    yield conv2d("conv2d_same_even_kernel", (2, 5, 6, 2), 3, (2, 4), "same")
    yield conv2d("conv2d_same_strides2_even_size", (2, 8, 6, 2), 3, 3, "same", strides=2)
    yield conv2d("conv2d_same_strides2_odd_size", (2, 7, 9, 2), 3, 3, "same", strides=2)
    yield conv2d("conv2d_same_strides3x2_kernel5", (1, 10, 7, 2), 3, 5, "same", strides=(3, 2))
    yield conv2d("conv2d_same_kernel_over_picture", (2, 2, 3, 2), 3, 5, "same")
    yield conv2d("conv2d_valid_strides2x3", (2, 8, 9, 2), 3, (3, 2), strides=(2, 3))
    yield conv2d("conv2d_valid_dilation2", (1, 9, 8, 2), 3, 3, dilation_rate=2)
    yield conv2d("conv2d_same_dilation2x3", (2, 7, 6, 2), 3, 3, "same", dilation_rate=(2, 3))
    yield conv2d("conv2d_groups2", (2, 6, 5, 4), 6, 3, groups=2)
    yield conv2d("conv2d_groups3_same_strides2", (2, 6, 7, 6), 3, 3, "same", 2, groups=3)
    yield conv2d("conv2d_depthwise", (2, 6, 5, 5), 5, 3, "same", groups=5)
    yield conv2d("conv2d_depthwise_multiplier2", (1, 7, 6, 3), 6, 3, groups=3)
    yield conv2d("conv2d_pointwise", (2, 5, 4, 3), 5, 1)
    yield conv2d("conv2d_pointwise_same_strides2", (2, 6, 5, 3), 4, 1, "same", strides=2)
    yield conv2d("conv2d_whole_picture", (3, 4, 5, 2), 3, (4, 5))

    for kind, prefix in (
        ("MaxPooling2D", "maxpooling2d"),
        ("AveragePooling2D", "averagepooling2d"),
    ):
        yield pooling2d(kind, f"{prefix}_valid", (2, 7, 5, 3), 2)
        yield pooling2d(kind, f"{prefix}_valid_overlapping", (2, 7, 8, 2), 3, 2)
        yield pooling2d(kind, f"{prefix}_valid_strides_over_window", (1, 8, 10, 2), 2, 3)
        yield pooling2d(kind, f"{prefix}_same_odd_size", (2, 7, 5, 3), 2, padding="same")
        yield pooling2d(kind, f"{prefix}_same_overlapping_even_size", (2, 8, 6, 2), 3, 2, "same")
        yield pooling2d(kind, f"{prefix}_same_strides1", (1, 5, 6, 2), (3, 2), 1, "same")
    for keepdims in (False, True):
        suffix = "_keepdims" if keepdims else ""
        yield global_average_pooling2d(f"globalaveragepooling2d{suffix}", (3, 5, 4, 6), keepdims)

    depthwise = depthwise_conv2d
    yield depthwise("depthwiseconv2d", (2, 6, 5, 3), 3)
    yield depthwise("depthwiseconv2d_same_strides2", (2, 7, 8, 4), 3, "same", 2)
    yield depthwise("depthwiseconv2d_multiplier3", (2, 5, 6, 2), (2, 3), "same", 1, 1, 3)
    yield depthwise("depthwiseconv2d_valid_strides2_kernel5", (1, 9, 10, 3), 5, "valid", 2)
    yield depthwise("depthwiseconv2d_same_dilation2", (1, 8, 7, 3), 3, "same", 1, 2, 2)
    yield depthwise("depthwiseconv2d_no_bias", (2, 5, 5, 3), 3, "same", use_bias=False)
    separable = separable_conv2d
    yield separable("separableconv2d", (2, 6, 5, 3), 4, 3)
    yield separable("separableconv2d_same_strides2", (2, 7, 8, 3), 5, 3, "same", 2)
    yield separable("separableconv2d_multiplier2", (2, 5, 6, 2), 3, 3, "valid", 1, 1, 2)
    yield separable("separableconv2d_dilation2", (1, 8, 7, 3), 2, 3, "same", 1, 2)
    yield separable("separableconv2d_no_bias", (2, 5, 5, 3), 4, 3, "same", use_bias=False)
    transposed = conv2d_transpose
    yield transposed("conv2dtranspose_valid", (2, 4, 5, 3), 2, 3)
    yield transposed("conv2dtranspose_same", (2, 4, 5, 3), 2, 3, "same")
    yield transposed("conv2dtranspose_valid_strides2", (2, 4, 3, 3), 2, 3, "valid", 2)
    yield transposed("conv2dtranspose_same_strides2", (2, 4, 3, 3), 4, 3, "same", 2)
    yield transposed("conv2dtranspose_same_strides2_kernel4", (2, 3, 4, 2), 3, 4, "same", 2)
    yield transposed("conv2dtranspose_same_strides2_kernel5", (1, 7, 7, 2), 3, 5, "same", 2)
    yield transposed("conv2dtranspose_valid_strides3x2", (1, 3, 4, 2), 3, (2, 3), "valid", (3, 2))
    yield transposed("conv2dtranspose_same_strides3_kernel2", (1, 3, 4, 2), 3, 2, "same", 3)
    yield transposed("conv2dtranspose_valid_dilation2", (1, 4, 3, 2), 2, 3, "valid", 1, 2)
    yield transposed("conv2dtranspose_same_dilation2", (1, 5, 6, 2), 2, 3, "same", 1, 2)
    yield transposed("conv2dtranspose_no_bias", (2, 3, 4, 2), 2, 3, "same", 2, use_bias=False)

    yield zero_padding2d("zeropadding2d", (2, 3, 4, 2), [[1, 1], [1, 1]])
    yield zero_padding2d("zeropadding2d_sides", (2, 3, 4, 2), [[0, 1], [2, 3]])
    yield up_sampling2d("upsampling2d", (2, 3, 4, 2), 2)
    yield up_sampling2d("upsampling2d_3x1", (2, 3, 2, 3), (3, 1))

    yield layer_normalization("layernormalization_rows", (5, 7))
    yield layer_normalization("layernormalization_sequence", (2, 3, 8))
    yield layer_normalization("layernormalization_epsilon", (4, 6), epsilon=1e-6)
    yield layer_normalization("layernormalization_no_scale", (4, 6), scale=False)
    yield layer_normalization("layernormalization_no_center", (4, 6), center=False)
    yield layer_normalization("layernormalization_two_axes", (3, 4, 5, 2), (2, 3))
    yield layer_normalization("layernormalization_apart_axes", (3, 4, 5, 2), (1, 3))

    attention = multi_head_attention
    yield attention("multiheadattention", [(2, 5, 6)], 2, 3)
    yield attention("multiheadattention_causal", [(2, 5, 6)], 3, 2, causal=True)
    yield attention("multiheadattention_value", [(2, 5, 6), (2, 4, 3)], 2, 4)
    yield attention("multiheadattention_key", [(2, 3, 4), (2, 5, 6), (2, 5, 2)], 2, 3, 5, 7)
    yield attention("multiheadattention_no_bias", [(1, 4, 8)], 4, 2, use_bias=False)
    yield attention("multiheadattention_one_head", [(2, 3, 4)], 1, 4, output_size=3)
    yield embedding("embedding", (3, 4), 6, 5)
    yield embedding("embedding_rank1", (7,), 3, 2)
    yield embedding("embedding_rank3", (2, 3, 2), 20, 3)
    yield multiply("multiply", (3, 4), (3, 4))
    yield multiply("multiply_three_broadcast", (2, 3, 4), (2, 3, 1), (2, 1, 4))

    yield global_pooling(
        "GlobalMaxPooling2D", "globalmaxpooling2d", (3, 5, 4, 6), lambda x: x.amax((1, 2))
    )
    yield global_pooling(
        "GlobalAveragePooling1D", "globalaveragepooling1d", (3, 5, 4), lambda x: x.mean(1)
    )

    batchnorm = batch_normalization
    yield batchnorm("batchnormalization_training_images", (3, 4, 5, 6), True)
    yield batchnorm("batchnormalization_training_rows", (9, 5), True)
    yield batchnorm("batchnormalization_training_settings", (4, 3, 5, 2), True, 0.9, 1e-5)
    yield batchnorm("batchnormalization_training_no_scale", (7, 4), True, scale=False)
    yield batchnorm("batchnormalization_training_no_center", (7, 4), True, center=False)
    yield masked_batch_normalization(
        "batchnormalization_training_masked", (3, 4, 5), [[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1]])
    yield batchnorm("batchnormalization_inference_images", (2, 4, 3, 5), False)
    yield batchnorm("batchnormalization_inference_rows", (6, 5), False)

    yield from preprocessing_cases()
