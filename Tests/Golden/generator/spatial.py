"""Convolution and pooling over one and three axes, and what else is written once for all three.

The stored values come from plain PyTorch functions; Keras's layers must agree. The cases over two
axes of the older layers are in layers.py.
"""

import itertools

import tensorflow as tf
import torch
from torch.nn import functional

from .cases import case
from .gradients import Draw
from .layers import channels_first, channels_last, padded, same_padding

CONVOLUTION = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
TRANSPOSED = {
    1: functional.conv_transpose1d, 2: functional.conv_transpose2d, 3: functional.conv_transpose3d,
}  # fmt: skip
MAXIMUM = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}
MEAN = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}


def each(value, rank):
    return [value] * rank if isinstance(value, int) else list(value)


def out_in_first(kernel):
    """Keras's [window…, in, out] as PyTorch's [out, in, window…]."""
    return kernel.movedim((-1, -2), (0, 1))


def convolution(name, input_shape, filters, kernel_size, padding="valid", strides=1,
                dilation_rate=1, groups=1, use_bias=True):  # fmt: skip
    rank = len(input_shape) - 2
    kernel_size, strides, dilation_rate = (
        each(value, rank) for value in (kernel_size, strides, dilation_rate)
    )
    draw = Draw(name)
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(*kernel_size, input_shape[-1] // groups, filters, scale=0.4),
    }
    if use_bias:
        values["param.bias"] = draw.normal(filters)
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "dilation_rate": dilation_rate, "groups": groups, "use_bias": use_bias,
    }  # fmt: skip

    def formula(tensors):
        x = channels_first(tensors["input"])
        if padding == "causal":
            x = functional.pad(x, ((kernel_size[0] - 1) * dilation_rate[0], 0))
        else:
            x = padded(x, padding, kernel_size, strides, dilation_rate, fill=0)
        y = CONVOLUTION[rank](
            x, out_in_first(tensors["param.kernel"]), tensors.get("param.bias"), strides, 0,
            dilation_rate, groups,
        )  # fmt: skip
        return channels_last(y)

    return case(f"Conv{rank}D", name, config, values, formula)


def transposed(name, input_shape, filters, kernel_size, padding="valid", strides=1):
    rank = len(input_shape) - 2
    kernel_size, strides = each(kernel_size, rank), each(strides, rank)
    draw = Draw(name)
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(*kernel_size, filters, input_shape[-1], scale=0.3),
        "param.bias": draw.normal(filters),
    }
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
    }  # fmt: skip

    def formula(tensors):
        x = channels_first(tensors["input"])
        kernel = out_in_first(tensors["param.kernel"])  # [channels, filters, window…]
        whole = TRANSPOSED[rank](x, kernel, None, strides)
        amounts = []
        for length, window, stride, made in zip(
            x.shape[2:], kernel_size, strides, whole.shape[2:]
        ):
            excess = max(window - stride, 0)
            low = 0 if padding == "valid" else excess // 2
            size = length * stride + (excess if padding == "valid" else 0)
            amounts = [-low, size - (made - low), *amounts]
        return channels_last(functional.pad(whole, amounts)) + tensors["param.bias"]

    return case(f"Conv{rank}DTranspose", name, config, values, formula)


def depthwise(x, kernel, padding, strides, dilation_rate):
    """Channels-first input, Keras's kernel [window…, channels, multiplier]."""
    rank = kernel.ndim - 2
    if padding == "causal":
        x = functional.pad(x, ((kernel.shape[0] - 1) * dilation_rate[0], 0))
    else:
        x = padded(x, padding, kernel.shape[:rank], strides, dilation_rate, fill=0)
    grouped = kernel.movedim((-2, -1), (0, 1)).reshape(-1, 1, *kernel.shape[:rank])
    return CONVOLUTION[rank](x, grouped, None, strides, 0, dilation_rate, x.shape[1])


def depthwise1d(name, input_shape, kernel_size, padding="valid", strides=1, multiplier=1,
                dilation_rate=1):  # fmt: skip
    channels = input_shape[-1]
    draw = Draw(name)
    values = {
        "input": draw.normal(*input_shape),
        "param.kernel": draw.normal(kernel_size, channels, multiplier, scale=0.4),
        "param.bias": draw.normal(channels * multiplier),
    }
    config = {
        "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "depth_multiplier": multiplier, "dilation_rate": dilation_rate,
    }  # fmt: skip

    def formula(tensors):
        x = channels_first(tensors["input"])
        y = depthwise(x, tensors["param.kernel"], padding, [strides], [dilation_rate])
        return channels_last(y) + tensors["param.bias"]

    return case("DepthwiseConv1D", name, config, values, formula)


def separable1d(name, input_shape, filters, kernel_size, padding="valid", strides=1, multiplier=1,
                dilation_rate=1):  # fmt: skip
    channels = input_shape[-1]
    draw = Draw(name)
    values = {
        "input": draw.normal(*input_shape),
        "param.depthwise_kernel": draw.normal(kernel_size, channels, multiplier, scale=0.4),
        "param.pointwise_kernel": draw.normal(1, channels * multiplier, filters, scale=0.5),
        "param.bias": draw.normal(filters),
    }
    config = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": padding,
        "depth_multiplier": multiplier, "dilation_rate": dilation_rate,
    }  # fmt: skip

    def formula(tensors):
        x = channels_first(tensors["input"])
        kernel = tensors["param.depthwise_kernel"]
        y = channels_last(depthwise(x, kernel, padding, [strides], [dilation_rate]))
        return y @ tensors["param.pointwise_kernel"][0] + tensors["param.bias"]

    return case("SeparableConv1D", name, config, values, formula)


def pooling(word, name, input_shape, pool_size, strides=None, padding="valid"):
    rank = len(input_shape) - 2
    pool_size = each(pool_size, rank)
    strides = each(strides, rank) if strides else pool_size
    config = {"pool_size": pool_size, "strides": strides, "padding": padding}
    values = {"input": Draw(name).normal(*input_shape, shift=-0.5)}

    def formula(tensors):
        x = channels_first(tensors["input"])
        if word == "Max":
            x = padded(x, padding, pool_size, strides, [1] * rank, fill=-torch.inf)
            return channels_last(MAXIMUM[rank](x, pool_size, strides))
        sums, counts = (
            MEAN[rank](padded(y, padding, pool_size, strides, [1] * rank, fill=0), pool_size, strides)
            for y in (x, torch.ones_like(x))
        )
        return channels_last(sums / counts)

    # TensorFlow pools volumes in Float32 only.
    check = None if rank < 3 else lambda x: pooled_by_slices(
        word, x["input"], pool_size, strides, padding
    )
    return case(f"{word}Pooling{rank}D", name, config, values, formula, check=check)


def pooled_by_slices(word, x, sizes, strides, padding):
    """Every place of the window at once: strided slices of the padded input."""
    lengths = x.shape[1:-1]
    amounts = same_padding(lengths, sizes, strides, [1] * len(sizes)) if padding == "same" else None
    pairs = list(zip(amounts[::2], amounts[1::2]))[::-1] if amounts else [(0, 0)] * len(sizes)
    around = [(0, 0), *pairs, (0, 0)]
    fill = -float("inf") if word == "Max" else 0.0
    whole = tf.pad(x, around, constant_values=fill)
    ones = tf.pad(tf.ones_like(x), around)
    counts = [
        (length + low + high - size) // stride + 1
        for length, size, stride, (low, high) in zip(lengths, sizes, strides, pairs)
    ]

    def slices(y):
        return tf.stack([
            y[(slice(None), *(
                slice(at, at + stride * (count - 1) + 1, stride)
                for at, stride, count in zip(place, strides, counts)
            ))]
            for place in itertools.product(*map(range, sizes))
        ])  # fmt: skip

    if word == "Max":
        return tf.reduce_max(slices(whole), 0)
    return tf.reduce_sum(slices(whole), 0) / tf.reduce_sum(slices(ones), 0)


def global_pooling(word, name, input_shape, keepdims=False):
    rank = len(input_shape) - 2
    axes = tuple(range(1, rank + 1))
    values = {"input": Draw(name).normal(*input_shape)}

    def formula(tensors):
        x = tensors["input"]
        return x.amax(axes, keepdims) if word == "Max" else x.mean(axes, keepdim=keepdims)

    return case(
        f"Global{word}Pooling{rank}D", name, {"keepdims": keepdims}, values, formula
    )


def adaptive_pooling(word, name, input_shape, output_size):
    rank = len(input_shape) - 2
    output_size = each(output_size, rank)
    function = getattr(functional, f"adaptive_{'max' if word == 'Max' else 'avg'}_pool{rank}d")
    values = {"input": Draw(name).normal(*input_shape)}
    reduce = tf.reduce_max if word == "Max" else tf.reduce_mean

    def check(tensors):
        x = tensors["input"]
        for axis, count in enumerate(output_size, start=1):
            size = x.shape[axis]
            parts = [
                reduce(
                    tf.gather(x, range(i * size // count, -(-(i + 1) * size // count)), axis=axis),
                    axis=axis, keepdims=True,
                )
                for i in range(count)
            ]  # fmt: skip
            x = tf.concat(parts, axis)
        return x

    return case(
        f"Adaptive{word}Pooling{rank}D", name, {"output_size": output_size}, values,
        lambda x: channels_last(function(channels_first(x["input"]), output_size)), check=check,
    )  # fmt: skip


def margins(kind, name, input_shape, amounts):
    """`ZeroPadding` or `Cropping`; `amounts` is a list of [before, after]."""
    setting = "padding" if kind == "ZeroPadding" else "cropping"
    rank = len(amounts)
    sign = 1 if kind == "ZeroPadding" else -1
    flat = [0, 0]
    for before, after in reversed(amounts):
        flat += [sign * before, sign * after]
    values = {"input": Draw(name).normal(*input_shape)}
    return case(
        f"{kind}{rank}D", name, {setting: amounts[0] if rank == 1 else amounts}, values,
        lambda x: functional.pad(x["input"], flat),
    )  # fmt: skip


def up_sampling(name, input_shape, size, interpolation=None):
    rank = len(input_shape) - 2
    config = {"size": size if rank == 1 else each(size, rank)}
    values = {"input": Draw(name).normal(*input_shape)}
    tolerance = 1e-11
    if interpolation:
        config["interpolation"] = interpolation
        # TensorFlow holds the weights of neighbours in Float32.
        tolerance = 1e-6

    def formula(tensors):
        x = tensors["input"]
        if interpolation == "bilinear":
            factors = tuple(float(factor) for factor in each(size, rank))
            y = functional.interpolate(channels_first(x), scale_factor=factors, mode="bilinear")
            return channels_last(y)
        for axis, factor in enumerate(each(size, rank), start=1):
            x = x.repeat_interleave(factor, axis)
        return x

    return case(f"UpSampling{rank}D", name, config, values, formula, tolerance=tolerance)


def cases():
    conv = convolution
    yield conv("conv1d", (2, 9, 3), 4, 3)
    yield conv("conv1d_same_strides2", (2, 8, 3), 4, 3, "same", 2)
    yield conv("conv1d_same_even_kernel", (2, 7, 2), 3, 4, "same")
    yield conv("conv1d_dilation3", (2, 11, 2), 3, 3, dilation_rate=3)
    yield conv("conv1d_causal", (2, 6, 2), 3, 3, "causal")
    yield conv("conv1d_causal_dilation2", (2, 7, 2), 3, 3, "causal", dilation_rate=2)
    yield conv("conv1d_groups2", (2, 6, 4), 6, 3, "same", groups=2, use_bias=False)
    yield conv("conv3d", (2, 4, 5, 4, 2), 3, (2, 3, 2))
    yield conv("conv3d_same_strides2", (1, 5, 4, 3, 2), 3, 3, "same", 2)
    yield conv("conv3d_no_bias", (1, 3, 4, 5, 2), 2, 2, "same", use_bias=False)

    yield transposed("conv1dtranspose_valid_strides2", (2, 5, 3), 2, 3, "valid", 2)
    yield transposed("conv1dtranspose_same_strides3", (2, 4, 2), 3, 4, "same", 3)
    yield transposed("conv1dtranspose_same", (2, 6, 3), 2, 3, "same")
    yield transposed("conv3dtranspose_valid", (1, 2, 3, 2, 2), 2, 2)
    yield transposed("conv3dtranspose_same_strides2", (1, 2, 3, 2, 2), 2, 3, "same", 2)

    yield depthwise1d("depthwiseconv1d", (2, 8, 3), 3)
    yield depthwise1d("depthwiseconv1d_same_strides2", (2, 9, 3), 3, "same", 2)
    yield depthwise1d("depthwiseconv1d_multiplier2_dilation2", (2, 9, 2), 3, "same", 1, 2, 2)
    yield separable1d("separableconv1d", (2, 8, 3), 4, 3)
    yield separable1d("separableconv1d_same_strides2", (2, 9, 3), 2, 3, "same", 2, 2)
    yield separable1d("separableconv1d_dilation2", (2, 9, 2), 3, 3, "valid", 1, 1, 2)

    for word in ("Max", "Average"):
        prefix = word.lower()
        yield pooling(word, f"{prefix}pooling1d", (2, 7, 3), 2)
        yield pooling(word, f"{prefix}pooling1d_same_overlapping", (2, 8, 3), 3, 2, "same")
        yield pooling(word, f"{prefix}pooling3d", (2, 4, 5, 4, 2), 2)
        yield pooling(word, f"{prefix}pooling3d_same", (1, 5, 3, 4, 2), (3, 2, 2), 2, "same")
        yield global_pooling(word, f"global{prefix}pooling1d_keepdims", (3, 5, 4), True)
        yield global_pooling(word, f"global{prefix}pooling3d", (2, 3, 4, 2, 3))
        yield global_pooling(word, f"global{prefix}pooling3d_keepdims", (1, 2, 3, 5, 2), True)
        yield adaptive_pooling(word, f"adaptive{prefix}pooling1d", (2, 7, 3), 3)
        yield adaptive_pooling(word, f"adaptive{prefix}pooling1d_five", (1, 11, 2), 5)
        yield adaptive_pooling(word, f"adaptive{prefix}pooling2d", (2, 6, 7, 2), (3, 4))
        yield adaptive_pooling(word, f"adaptive{prefix}pooling2d_one", (2, 5, 3, 4), (1, 3))
        yield adaptive_pooling(word, f"adaptive{prefix}pooling3d", (1, 4, 5, 3, 2), (2, 3, 2))
        yield adaptive_pooling(word, f"adaptive{prefix}pooling3d_one", (2, 3, 4, 5, 1), (3, 1, 2))
    yield global_pooling("Max", "globalmaxpooling1d", (3, 5, 4))
    yield global_pooling("Max", "globalmaxpooling2d_keepdims", (2, 5, 3, 4), True)

    yield margins("ZeroPadding", "zeropadding1d", (2, 4, 3), [[1, 2]])
    yield margins("ZeroPadding", "zeropadding1d_before", (1, 5, 2), [[3, 0]])
    yield margins("ZeroPadding", "zeropadding3d", (1, 2, 3, 2, 2), [[1, 0], [0, 2], [1, 1]])
    yield margins("ZeroPadding", "zeropadding3d_even", (2, 1, 2, 3, 1), [[1, 1], [2, 2], [0, 0]])
    yield margins("Cropping", "cropping1d", (2, 6, 3), [[1, 2]])
    yield margins("Cropping", "cropping1d_after", (1, 7, 2), [[0, 3]])
    yield margins("Cropping", "cropping2d", (2, 5, 6, 2), [[1, 0], [2, 1]])
    yield margins("Cropping", "cropping2d_even", (1, 7, 5, 3), [[2, 2], [1, 1]])
    yield margins("Cropping", "cropping3d", (1, 4, 5, 3, 2), [[1, 1], [0, 2], [1, 0]])
    yield margins("Cropping", "cropping3d_one_axis", (2, 3, 4, 5, 1), [[0, 0], [0, 0], [2, 1]])
    yield up_sampling("upsampling1d", (2, 4, 3), 3)
    yield up_sampling("upsampling1d_twice", (1, 5, 2), 2)
    yield up_sampling("upsampling3d", (1, 2, 3, 2, 2), (2, 1, 3))
    yield up_sampling("upsampling3d_twice", (2, 1, 3, 2, 1), 2)
    yield up_sampling("upsampling2d_bilinear", (2, 3, 4, 2), 2, "bilinear")
    yield up_sampling("upsampling2d_bilinear_3x2", (1, 4, 3, 2), (3, 2), "bilinear")
