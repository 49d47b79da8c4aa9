"""JAX's side: plain functions of arrays, the whole step jitted with its state donated.

Networks without convolutions may run an epoch as one program (`scan`), if that is faster.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from networks import (
    GRU, LSTM, NOISE, Act, BatchNorm, Conv, Dense, Depthwise, Flatten, Gate, GlobalPool, LayerNorm,
    MaxPool, Reshape, Residual, Scale, SelfAttention, count, dcgan_discriminator, dcgan_generator,
)  # fmt: skip
from worker import Session, batch, per_step, repetitions, serve, timed, training_data

PICTURES = ("NHWC", "HWIO", "NHWC")
SLOW_MILLISECONDS = 500
FUNCTIONS = {
    "relu": jax.nn.relu, "relu6": jax.nn.relu6, "silu": jax.nn.silu, "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh, "softmax": jax.nn.softmax, "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.2),
}  # fmt: skip


def initial(layers, shape, random):
    """Parameters of layers in a row: a list, one entry for each."""
    parameters = []
    for layer in layers:
        parameters.append(initial_layer(layer, shape, random))
        shape = count([layer], shape).shape
    return parameters


def initial_layer(layer, shape, random):
    features = shape[-1]

    def weights(*sizes):
        fan = np.prod(sizes[:-1])
        return jnp.asarray(random.standard_normal(sizes, np.float32) / np.sqrt(fan))

    def bias(size, is_there=True):
        return {"bias": jnp.zeros(size)} if is_there else {}

    match layer:
        case Conv():
            kernel = weights(layer.kernel, layer.kernel, features, layer.features)
            return {"kernel": kernel, **bias(layer.features, layer.bias)}
        case Depthwise(kernel):
            return {"kernel": weights(kernel, kernel, 1, features)}
        case BatchNorm() | LayerNorm():
            return {"scale": jnp.ones(features), "shift": jnp.zeros(features)}
        case Dense(units, has_bias):
            return {"kernel": weights(features, units), **bias(units, has_bias)}
        case Residual(body, shortcut):
            return {name: initial(part, shape, random) for name, part in vars(layer).items()}
        case Gate(body):
            return {"body": initial(body, shape, random)}
        case LSTM(units):
            input, inner = weights(features, 4 * units), weights(units, 4 * units)
            return {"input": input, "inner": inner, **bias(4 * units)}
        case GRU(units):
            input, inner = weights(features, 3 * units), weights(units, 3 * units)
            return {"input": input, "inner": inner, "bias": jnp.zeros((2, 3 * units))}
        case SelfAttention():
            return {
                "input": weights(features, 3 * features), "input_bias": jnp.zeros(3 * features),
                "output": weights(features, features), "output_bias": jnp.zeros(features),
            }  # fmt: skip
    return {}


def apply(layers, parameters, x, training):
    for layer, own in zip(layers, parameters):
        x = apply_layer(layer, own, x, training)
    return x


def apply_layer(layer, own, x, training):
    match layer:
        case Conv(transposed=True):
            strides = (layer.strides, layer.strides)
            y = lax.conv_transpose(x, own["kernel"], strides, "SAME", dimension_numbers=PICTURES)
            return with_bias(y, own)
        case Conv():
            padding = "SAME" if layer.padding else "VALID"
            return with_bias(convolved(x, own["kernel"], layer.strides, padding), own)
        case Depthwise(_, strides):
            return convolved(x, own["kernel"], strides, "SAME", groups=x.shape[-1])
        case BatchNorm():
            # Moving averages start at mean 0 and variance 1. Those of a training are not kept here,
            # to JAX's favour.
            if not training:
                return x * (own["scale"] / np.sqrt(1 + 1e-3)) + own["shift"]
            return normalized(x, tuple(range(x.ndim - 1)), own, 1e-3)
        case LayerNorm():
            return normalized(x, -1, own, 1e-3)
        case Act(function):
            return FUNCTIONS[function](x)
        case MaxPool(size, strides, padding):
            window, steps = (1, size, size, 1), (1, strides, strides, 1)
            return lax.reduce_window(
                x, -jnp.inf, lax.max, window, steps, "SAME" if padding else "VALID"
            )
        case GlobalPool(keep):
            return x.mean((1, 2), keepdims=keep)
        case Scale():
            return x.astype(jnp.float32) * (1 / 255)
        case Flatten():
            return x.reshape(len(x), -1)
        case Reshape(shape):
            return x.reshape(len(x), *shape)
        case Dense():
            return with_bias(x @ own["kernel"], own)
        case Residual(body, shortcut):
            inner = apply(body, own["body"], x, training)
            return inner + apply(shortcut, own["shortcut"], x, training)
        case Gate(body):
            return x * apply(body, own["body"], x, training)
        case LSTM():
            return last_of_lstm(own, x)
        case GRU():
            return last_of_gru(own, x)
        case SelfAttention(heads):
            return attended(own, x, heads)
    raise TypeError(layer)


def convolved(x, kernel, strides, padding, groups=1):
    return lax.conv_general_dilated(
        x, kernel, (strides, strides), padding, dimension_numbers=PICTURES,
        feature_group_count=groups,
    )  # fmt: skip


def with_bias(x, own):
    return x + own["bias"] if "bias" in own else x


def normalized(x, axes, own, epsilon):
    mean = x.mean(axes, keepdims=True)
    variance = jnp.square(x - mean).mean(axes, keepdims=True)
    return (x - mean) * (lax.rsqrt(variance + epsilon) * own["scale"]) + own["shift"]


def last_of_lstm(own, x):
    projected = jnp.swapaxes(x @ own["input"] + own["bias"], 0, 1)
    start = jnp.zeros((len(x), own["inner"].shape[0]))

    def step(state, given):
        hidden, cell = state
        i, f, g, o = jnp.split(given + hidden @ own["inner"], 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(cell), cell), None

    return lax.scan(step, (start, start), projected)[0][0]


def last_of_gru(own, x):
    projected = jnp.swapaxes(x @ own["input"] + own["bias"][0], 0, 1)
    start = jnp.zeros((len(x), own["inner"].shape[0]))

    def step(hidden, given):
        r, z, n = jnp.split(given, 3, axis=-1)
        inner_r, inner_z, inner_n = jnp.split(hidden @ own["inner"] + own["bias"][1], 3, axis=-1)
        new = jnp.tanh(n + jax.nn.sigmoid(r + inner_r) * inner_n)
        update = jax.nn.sigmoid(z + inner_z)
        return update * hidden + (1 - update) * new, None

    return lax.scan(step, start, projected)[0]


def attended(own, x, heads):
    batch, time, features = x.shape
    parts = (x @ own["input"] + own["input_bias"]).reshape(batch, time, 3, heads, -1)
    query, key, value = (parts[:, :, place] for place in range(3))
    y = jax.nn.dot_product_attention(query, key, value)
    return y.reshape(batch, time, features) @ own["output"] + own["output_bias"]


def parameter_count(parameters):
    return sum(leaf.size for leaf in jax.tree.leaves(parameters))


def zeros_like(parameters):
    return jax.tree.map(jnp.zeros_like, parameters)


def adam(parameters, gradients, state, rate):
    means, squares, step = state
    step = step + 1
    means = jax.tree.map(lambda m, g: m + 0.1 * (g - m), means, gradients)
    squares = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), squares, gradients)
    rate = rate * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    parameters = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), parameters, means, squares
    )
    return parameters, (means, squares, step)


def sgd(parameters, gradients, moments, momentum):
    if momentum == 0:
        return jax.tree.map(lambda w, g: w - 0.01 * g, parameters, gradients), moments
    moments = jax.tree.map(lambda m, g: momentum * m - 0.01 * g, moments, gradients)
    return jax.tree.map(jnp.add, parameters, moments), moments


def classify(row, is_scanned):
    samples, classes = (jnp.asarray(array) for array in training_data(row))
    parameters = initial(row.network.layers, row.network.input, np.random.default_rng(0))
    if row.optimizer == "sgd":
        start = zeros_like(parameters) if row.momentum else ()
    else:
        start = zeros_like(parameters), zeros_like(parameters), jnp.float32(0)

    def loss_of(parameters, x, labels):
        logits = apply(row.network.layers[:-1], parameters, x, training=True)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=-1)
        return -chosen.mean()

    def step(state, chosen):
        parameters, moments = state
        gradients = jax.grad(loss_of)(parameters, samples[chosen], classes[chosen])
        if row.optimizer == "sgd":
            return sgd(parameters, gradients, moments, row.momentum)
        return adam(parameters, gradients, moments, 1e-3)

    return trained((parameters, start), step, row, is_scanned)


def trained(state, step, row, is_scanned):
    """Epochs of a step, as one program or as many calls of one."""
    random = np.random.default_rng(1)
    steps = row.steps
    parameters = parameter_count(state[0])
    if is_scanned:
        run = jax.jit(
            lambda state, order: lax.scan(lambda s, c: (step(s, c), None), state, order)[0],
            donate_argnums=0,
        )
    else:
        jitted = jax.jit(step, donate_argnums=0)

    def epoch():
        nonlocal state
        order = random.permutation(row.steps * row.batch).reshape(row.steps, row.batch)
        if is_scanned:
            state = run(state, order)
        else:
            for chosen in order[:steps]:
                state = jitted(state, chosen)
        jax.block_until_ready(state)

    if not is_scanned:
        steps = 1
        epoch()
        # XLA is slow at gradients of convolutions: an epoch of them would take minutes.
        if timed(epoch)()[0] < SLOW_MILLISECONDS:
            steps = row.steps
    epoch()
    return Session(per_step(timed(epoch), steps), parameters)


def dcgan(row, is_scanned):
    samples = jnp.asarray(training_data(row)[0])
    up, judge = dcgan_generator(), dcgan_discriminator()
    random = np.random.default_rng(0)
    parameters = [initial(net.layers, net.input, random) for net in (up, judge)]
    moments = [(zeros_like(own), zeros_like(own), jnp.float32(0)) for own in parameters]

    def entropy(logits, is_true):
        return jax.nn.softplus(-logits if is_true else logits).mean()

    def step(state, chosen):
        (generator, critic), (moments_up, moments_judge), key = state
        key, inner = jax.random.split(key)
        noise = jax.random.normal(inner, (row.batch, NOISE))

        def judged(critic, pictures):
            return apply(judge.layers, critic, pictures, training=True)

        def made(generator):
            return apply(up.layers, generator, noise, training=True)

        def judging(critic, false):
            true = judged(critic, samples[chosen])
            return entropy(true, True) + entropy(judged(critic, false), False)

        false, back = jax.vjp(made, generator)
        slope = jax.grad(lambda false: entropy(judged(critic, false), True))(false)
        down = jax.grad(judging)(critic, false)
        generator, moments_up = adam(generator, back(slope)[0], moments_up, 1e-4)
        critic, moments_judge = adam(critic, down, moments_judge, 1e-4)
        return [generator, critic], [moments_up, moments_judge], key

    return trained((parameters, moments, jax.random.key(0)), step, row, is_scanned)


def predictor(row):
    parameters = initial(row.network.layers, row.network.input, np.random.default_rng(0))
    # Weights are constants of the program, so that it may fold and lay them out once.
    return jax.jit(lambda x: apply(row.network.layers, parameters, x, training=False))


def infer(row, is_scanned):
    predict, x = predictor(row), jnp.asarray(batch(row))
    predict(x).block_until_ready()
    return Session(timed(lambda: predict(x).block_until_ready(), repetitions(row)))


def compile(row, is_scanned):
    """From a network in memory to the first answer."""
    predict, x = predictor(row), jnp.asarray(batch(row))
    return Session(timed(lambda: predict(x).block_until_ready()))


def eager_op(row, is_scanned):
    x = jnp.ones(8)
    return Session(timed(lambda: (x + x).block_until_ready(), 1000))


def compiled_call(row, is_scanned):
    x, weights = jnp.ones((1, 64)), jnp.ones((64, 64))
    call = jax.jit(lambda x, weights: jnp.tanh(x @ weights))
    return Session(timed(lambda: call(x, weights).block_until_ready(), 1000))


TASKS = {
    "classify": classify, "dcgan": dcgan, "infer": infer, "compile": compile, "eager_op": eager_op,
    "compiled_call": compiled_call,
}  # fmt: skip


def prepare(row):
    task = TASKS[row.task]
    ways = {"steps": lambda: task(row, False)}
    # XLA runs convolutions inside loops on one thread.
    if row.task == "classify" and len(row.network.input) < 3:
        ways = {"scan": lambda: task(row, True), **ways}
    return ways


if __name__ == "__main__":
    serve(prepare)
