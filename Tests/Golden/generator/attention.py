"""Attention besides the multi-head one of layers.py, positions, and dense layers by equations."""

import keras
import tensorflow as tf
import torch

from .cases import case
from .files import Case
from .gradients import Draw, differentiate
from .layers import keras_layer


def scored(kind, name, shapes, mask=None, causal=False, **config):
    """`Attention` or `AdditiveAttention`; `mask` hides steps of the value."""
    draw = Draw(name)
    names = ["input", "input.1", "input.2"][: len(shapes)]
    values = {key: draw.normal(*shape) for key, shape in zip(names, shapes)}
    if kind == "AdditiveAttention" and config.get("use_scale", True):
        values["param.scale"] = draw.normal(shapes[0][-1])
    elif config.get("use_scale"):
        values["param.scale"] = draw.normal()
    if config.get("score_mode") == "concat":
        values["param.concat_score_weight"] = draw.normal()
    constants = {} if mask is None else {"mask.1": tf.constant(mask, tf.int32).numpy()}

    def formula(x):
        query, value = x["input"], x["input.1"]
        key = x.get("input.2", value)
        scale = x.get("param.scale", torch.tensor(1.0))
        if kind == "AdditiveAttention":
            scores = (scale * (query[:, :, None] + key[:, None]).tanh()).sum(-1)
        elif config.get("score_mode") == "concat":
            sums = (scale * (query[:, :, None] + key[:, None])).tanh().sum(-1)
            scores = x["param.concat_score_weight"] * sums
        else:
            scores = scale * (query @ key.mT)
        if "mask.1" in x:
            scores = scores.masked_fill(x["mask.1"][:, None] == 0, -torch.inf)
        if causal:
            scores = scores.masked_fill(torch.ones_like(scores).tril() == 0, -torch.inf)
        return scores.softmax(-1) @ value

    layer = getattr(keras.layers, kind)(**config)
    parameters = [key for key in values if key.startswith("param.")]

    def check(x):
        inputs = [x[key] for key in names]
        if not layer.built:
            layer.build([tuple(tensor.shape) for tensor in inputs])
        state = list(zip(layer.weights, (x[key] for key in parameters), strict=True))
        masks = [None, tf.cast(x["mask.1"], tf.bool)] if "mask.1" in x else None
        with keras.StatelessScope(state_mapping=state):
            return layer(inputs, mask=masks, use_causal_mask=causal)

    made = case(kind, name, config, values, formula, constants, check=check)
    if causal:
        made.config["call"] = {"use_causal_mask": True}
    return made


def grouped_query(name, shapes, query_heads, key_value_heads, size, use_bias=True, causal=False):
    draw = Draw(name)
    names = ["input", "input.1", "input.2"][: len(shapes)]
    values = {key: draw.normal(*shape) for key, shape in zip(names, shapes)}
    constants = {}
    features = {"query": shapes[0][-1], "key": shapes[-1][-1],
                "value": shapes[min(1, len(shapes) - 1)][-1]}  # fmt: skip
    for part, count in features.items():
        heads = query_heads if part == "query" else key_value_heads
        values[f"param.{part}_kernel"] = draw.normal(count, heads, size, scale=count**-0.5)
        if use_bias:
            # What is added to all keys has no gradient but rounding.
            place = constants if part == "key" else values
            place[f"param.{part}_bias"] = draw.normal(heads, size, scale=0.3)
    values["param.output_kernel"] = draw.normal(query_heads, size, shapes[0][-1], scale=0.4)
    if use_bias:
        values["param.output_bias"] = draw.normal(shapes[0][-1])

    def formula(x):
        query = x["input"]
        value = x.get("input.1", query)
        key = x.get("input.2", value)

        def heads_of(part, inputs):
            y = torch.einsum("btf,fhk->bhtk", inputs, x[f"param.{part}_kernel"])
            bias = x.get(f"param.{part}_bias")
            y = y if bias is None else y + bias[None, :, None, :]
            return y.repeat_interleave(query_heads // y.shape[1], 1)

        y = torch.nn.functional.scaled_dot_product_attention(
            heads_of("query", query), heads_of("key", key), heads_of("value", value),
            is_causal=causal,
        )  # fmt: skip
        y = torch.einsum("bhtk,hko->bto", y, x["param.output_kernel"])
        return y + x.get("param.output_bias", 0)

    config = {
        "head_dim": size, "num_query_heads": query_heads, "num_key_value_heads": key_value_heads,
        "use_bias": use_bias,
    }  # fmt: skip
    order = [
        f"param.{part}_{kind}"
        for part in ("query", "key", "value", "output")
        for kind in (("kernel", "bias") if use_bias else ("kernel",))
    ]
    inputs = names if len(names) > 1 else ["input", "input"]
    check = keras_layer(
        keras.layers.GroupQueryAttention(**config), order, inputs, use_causal_mask=causal
    )
    tensors = differentiate(name, formula, values, constants, check=check, tolerance=1e-7)
    description = {
        "class_name": "GroupedQueryAttention", "config": config,
        "call": {"use_causal_mask": causal},
    }  # fmt: skip
    return Case(f"layers/{name}.safetensors", description, tensors)


def einsum_dense(name, equation, shape, kernel, output_shape, bias_axes=None, bias=None,
                 activation=None):  # fmt: skip
    draw = Draw(name)
    values = {"input": draw.normal(*shape), "param.kernel": draw.normal(*kernel, scale=0.5)}
    if bias:
        values["param.bias"] = draw.normal(*bias)
    config = {"equation": equation, "output_shape": output_shape, "bias_axes": bias_axes}
    if activation:
        config["activation"] = activation

    def formula(x):
        y = torch.einsum(equation, x["input"], x["param.kernel"]) + x.get("param.bias", 0)
        return y.relu() if activation else y

    return case("EinsumDense", name, config, values, formula)


def sine_positions(name, shape, wavelength):
    time, features = shape[1:]

    def formula(x):
        step = torch.arange(time, dtype=torch.float64)[:, None]
        index = torch.arange(features)
        angle = step / wavelength ** ((index // 2 * 2) / features)
        return x["input"] + torch.where(index % 2 == 0, angle.sin(), angle.cos())

    def check(x):
        pairs = tf.range((features + 1) // 2, dtype=tf.float64)
        angle = tf.range(time, dtype=tf.float64)[:, None] * wavelength ** (-2 * pairs / features)
        waves = tf.stack([tf.sin(angle), tf.cos(angle)], -1)
        return x["input"] + tf.reshape(waves, (time, -1))[:, :features]

    values = {"input": Draw(name).normal(*shape)}
    return case("SinePositionEncoding", name, {"max_wavelength": wavelength}, values, formula,
                check=check)  # fmt: skip


def rotary(name, shape, wavelength):
    """Pairs as complex numbers, against sines and cosines."""
    time, half = shape[1], shape[-1] // 2

    def formula(x):
        y = torch.complex(x["input"][..., :half], x["input"][..., half:])
        angle = torch.outer(
            torch.arange(time, dtype=torch.float64),
            wavelength ** (-torch.arange(half, dtype=torch.float64) / half),
        )
        angle = angle.reshape(time, *[1] * (len(shape) - 3), half)
        turned = y * torch.polar(torch.ones_like(angle), angle)
        return torch.cat([turned.real, turned.imag], -1)

    def check(x):
        frequency = wavelength ** (-tf.range(half, dtype=tf.float64) / half)
        angle = tf.range(time, dtype=tf.float64)[:, None] * frequency
        angle = tf.reshape(tf.concat([angle, angle], -1), (time, *[1] * (len(shape) - 3), -1))
        first, second = tf.split(x["input"], 2, -1)
        return x["input"] * tf.cos(angle) + tf.concat([-second, first], -1) * tf.sin(angle)

    values = {"input": Draw(name).normal(*shape)}
    return case("RotaryEmbedding", name, {"max_wavelength": wavelength}, values, formula,
                check=check)  # fmt: skip


def cases():
    mask = [[1, 1, 0, 1], [1, 0, 0, 0]]
    yield scored("Attention", "attention", [(2, 3, 4), (2, 5, 4)])
    yield scored("Attention", "attention_key_scale", [(2, 3, 4), (2, 5, 2), (2, 5, 4)],
                 use_scale=True)  # fmt: skip
    yield scored("Attention", "attention_concat", [(2, 3, 4), (2, 5, 4)], use_scale=True,
                 score_mode="concat")  # fmt: skip
    yield scored("Attention", "attention_mask", [(2, 3, 4), (2, 4, 4)], mask)
    yield scored("Attention", "attention_causal", [(2, 4, 3), (2, 4, 3)], causal=True)
    yield scored("AdditiveAttention", "additiveattention", [(2, 3, 4), (2, 5, 4)])
    yield scored("AdditiveAttention", "additiveattention_mask", [(2, 3, 4), (2, 4, 4)], mask,
                 use_scale=False)  # fmt: skip
    yield grouped_query("groupedqueryattention", [(2, 5, 6)], 4, 2, 3)
    yield grouped_query("groupedqueryattention_one_key", [(2, 3, 4), (2, 5, 6)], 3, 1, 2)
    yield grouped_query("groupedqueryattention_causal", [(2, 5, 6)], 4, 2, 2, False, True)
    yield einsum_dense("einsumdense", "abc,cd->abd", (2, 3, 4), (4, 5), [None, 5], "d", (5,))
    yield einsum_dense("einsumdense_heads", "abc,cde->abde", (2, 3, 4), (4, 2, 5), [None, 2, 5],
                       "de", (2, 5), "relu")  # fmt: skip
    yield einsum_dense("einsumdense_contract_two", "abcd,cde->abe", (2, 3, 2, 4), (2, 4, 5),
                       [None, 5])  # fmt: skip
    yield einsum_dense("einsumdense_bias_inner", "abc,cd->abd", (2, 3, 4), (4, 5), [3, 5], "b",
                       (3, 1))  # fmt: skip
    yield sine_positions("sinepositionencoding", (2, 5, 6), 10000.0)
    yield sine_positions("sinepositionencoding_odd", (1, 4, 5), 100.0)
    yield rotary("rotaryembedding", (2, 5, 6), 10000.0)
    yield rotary("rotaryembedding_heads", (2, 4, 3, 4), 100.0)
