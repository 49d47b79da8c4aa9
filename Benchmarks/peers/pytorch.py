"""PyTorch's side: eager, or with --compile by Inductor.

Tuned as one who knows it would: fused optimizers, channels-last or not by what is faster, weights'
layouts chosen by oneDNN through inference mode, data in memory without a loader, and malloc told by
the runner to keep large blocks.
"""

import argparse

import torch
import torch._inductor.config
import torchvision
from networks import (
    GRU, LSTM, NOISE, Act, BatchNorm, Conv, Dense, Depthwise, Flatten, Gate, GlobalPool, KnownNetwork,
    LayerNorm, MaxPool, Reshape, Residual, Scale, SelfAttention, count, dcgan_discriminator, dcgan_generator,
    lstm,
)  # fmt: skip
from torch import nn
from torch.nn import functional
from worker import (
    THREADS, Memory, Session, batch, per_step, repetitions, serve, timed, training_data,
)  # fmt: skip

SLOPE = 0.2  # of leaky ReLU


class ResidualModule(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class GateModule(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x * self.body(x)


class Recurrent(nn.Module):
    def __init__(self, kind, features, units):
        super().__init__()
        self.cell = kind(features, units, batch_first=True)

    def forward(self, x):
        return self.cell(x)[0][:, -1]


class SelfAttentionModule(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.heads = heads
        self.input = nn.Linear(features, 3 * features)
        self.output = nn.Linear(features, features)

    def forward(self, x):
        batch, time, features = x.shape
        parts = self.input(x).view(batch, time, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        return self.output(y.transpose(1, 2).reshape(batch, time, features))


class ScaleModule(nn.Module):
    def forward(self, x):
        return x.float().mul_(1 / 255)


class GlobalMean(nn.Module):
    def __init__(self, keep):
        super().__init__()
        self.keep = keep

    def forward(self, x):
        return x.mean((2, 3), keepdim=self.keep)


def sequence(layers, shape):
    """Layers in a row as a module; pictures are channels first here."""
    modules = []
    for layer in layers:
        modules.append(module(layer, shape))
        shape = count([layer], shape).shape
    return nn.Sequential(*modules)


def module(layer, shape):
    features = shape[-1]
    match layer:
        case Conv(transposed=True):
            extra = layer.strides - 1
            return nn.ConvTranspose2d(
                features, layer.features, layer.kernel, layer.strides, layer.kernel // 2, extra,
                bias=layer.bias,
            )  # fmt: skip
        case Conv():
            padding = layer.kernel // 2 if layer.padding else 0
            return nn.Conv2d(
                features, layer.features, layer.kernel, layer.strides, padding, bias=layer.bias
            )
        case Depthwise(kernel, strides):
            return nn.Conv2d(
                features, features, kernel, strides, kernel // 2, groups=features, bias=False
            )
        case BatchNorm():
            return nn.BatchNorm2d(features) if len(shape) == 3 else nn.BatchNorm1d(features)
        case LayerNorm():
            return nn.LayerNorm(features)
        case Act("relu"):
            return nn.ReLU(inplace=True)
        case Act("relu6"):
            return nn.ReLU6(inplace=True)
        case Act("silu"):
            return nn.SiLU(inplace=True)
        case Act("leaky_relu"):
            return nn.LeakyReLU(SLOPE, inplace=True)
        case Act("sigmoid"):
            return nn.Sigmoid()
        case Act("tanh"):
            return nn.Tanh()
        case Act("softmax"):
            return nn.Softmax(-1)
        case MaxPool(size, strides, padding):
            return nn.MaxPool2d(size, strides, size // 2 if padding else 0)
        case GlobalPool(keep):
            return GlobalMean(keep)
        case Scale():
            return ScaleModule()
        case Flatten():
            return nn.Flatten()
        case Reshape(to):
            return nn.Unflatten(1, (to[-1], *to[:-1]))
        case Dense(units, bias):
            return nn.Linear(features, units, bias)
        case Residual(body, shortcut):
            return ResidualModule(sequence(body, shape), sequence(shortcut, shape))
        case Gate(body):
            return GateModule(sequence(body, shape))
        case LSTM(units):
            return Recurrent(nn.LSTM, features, units)
        case GRU(units):
            return Recurrent(nn.GRU, features, units)
        case SelfAttention(heads):
            return SelfAttentionModule(features, heads)
    raise TypeError(layer)


def drawn(network, with_softmax):
    """A network of the catalogue as a module."""
    if isinstance(network, KnownNetwork):
        details = {
            # Without the side branch, which is trained by a loss of its own.
            "inception_v3": {"aux_logits": False, "init_weights": False},
            "vit_b_16": {"image_size": network.size},
        }
        more = details.get(network.torchvision, {})
        model = torchvision.models.get_model(
            network.torchvision, weights=None, num_classes=network.classes, **more
        )
        return nn.Sequential(model, nn.Softmax(-1)) if with_softmax else model
    return sequence(network.layers[: None if with_softmax else -1], network.input)


def parameter_count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def pictures(array, channels_last):
    """Samples as the network takes them."""
    x = torch.from_numpy(array)
    if x.dim() == 4:
        x = x.permute(0, 3, 1, 2)
        if not channels_last:
            x = x.contiguous()
    return x


def optimizer(row, model):
    if row.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), 0.01, row.momentum, fused=True)
    return torch.optim.Adam(model.parameters(), 1e-3, fused=True)


def compiled(function, compile):
    return torch.compile(function) if compile else function


def classify(row, compile, channels_last):
    """Training of a classifier: the loss takes logits, so that the last softmax is left out."""
    samples, classes = training_data(row)
    samples, classes = pictures(samples, channels_last), torch.from_numpy(classes)
    Memory.mark()
    model = drawn(row.network, with_softmax=False).train()
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    step = optimizer(row, model)

    def loss_of(images, labels):
        return functional.cross_entropy(model(images), labels)

    loss_of = compiled(loss_of, compile)

    def epoch():
        for chosen in torch.randperm(len(samples)).split(row.batch):
            loss = loss_of(samples.index_select(0, chosen), classes.index_select(0, chosen))
            step.zero_grad(set_to_none=True)
            loss.backward()
            step.step()

    epoch()
    parameters = parameter_count(model)
    if row.network == lstm():
        parameters -= 4 * 64  # PyTorch has a second bias that adds nothing
    return Session(per_step(timed(epoch), row.steps), parameters)


def dcgan(row, compile, channels_last):
    samples, _ = training_data(row)
    samples = pictures(samples, channels_last)
    Memory.mark()
    up, judge = dcgan_generator(), dcgan_discriminator()
    generator, critic = (sequence(net.layers, net.input).train() for net in (up, judge))
    if channels_last:
        generator, critic = (m.to(memory_format=torch.channels_last) for m in (generator, critic))
    steps = [torch.optim.Adam(m.parameters(), 1e-4, fused=True) for m in (generator, critic)]
    ones, zeros = torch.ones(row.batch, 1), torch.zeros(row.batch, 1)
    entropy = functional.binary_cross_entropy_with_logits

    def losses(true):
        false = generator(torch.randn(row.batch, NOISE))
        judged, judged_true = critic(false), critic(true)
        return entropy(judged, ones), entropy(judged_true, ones) + entropy(judged, zeros)

    losses = compiled(losses, compile)
    weights = [list(m.parameters()) for m in (generator, critic)]

    def epoch():
        for chosen in torch.randperm(len(samples)).split(row.batch):
            fooling, judging = losses(samples.index_select(0, chosen))
            slopes = [
                torch.autograd.grad(fooling, weights[0], retain_graph=True),
                torch.autograd.grad(judging, weights[1]),
            ]
            for step, parameters, gradients in zip(steps, weights, slopes):
                for parameter, gradient in zip(parameters, gradients):
                    parameter.grad = gradient
                step.step()

    epoch()
    parameters = sum(map(parameter_count, (generator, critic)))
    return Session(per_step(timed(epoch), row.steps), parameters)


def infer(row, compile, channels_last):
    model = drawn(row.network, with_softmax=True).eval()
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    x = pictures(batch(row), channels_last)
    call = compiled(model, compile)

    def predict():
        with torch.inference_mode():
            call(x)

    predict()
    return Session(timed(predict, repetitions(row)))


def eager_op(row, compile, channels_last):
    x = torch.ones(8)
    return Session(timed(lambda: x + x, 1000))


def compiled_call(row, compile, channels_last):
    x, weights = torch.rand(1, 64), torch.rand(64, 64)
    call = compiled(lambda x: torch.tanh(x @ weights), compile)

    def work():
        with torch.inference_mode():
            call(x)

    work()
    return Session(timed(work, 1000))


def compile(row, compile, channels_last):
    """From a network in memory to the first answer."""
    model = drawn(row.network, with_softmax=True).eval()
    x = pictures(batch(row), channels_last)

    def work():
        with torch.inference_mode():
            compiled(model, compile)(x)

    return Session(timed(work))


def matrix_product(row, compile, channels_last):
    size = round((row.flops / 2) ** (1 / 3))
    x, y = torch.rand(size, size), torch.empty(size, size)
    return Session(timed(lambda: torch.mm(x, x, out=y)))


TASKS = {
    "classify": classify, "dcgan": dcgan, "infer": infer, "eager_op": eager_op,
    "compiled_call": compiled_call, "compile": compile, "matrix_product": matrix_product,
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    torch._inductor.config.freezing = True  # predictions may lay their weights out once

    def prepare(row):
        torch.compiler.reset()
        task = TASKS[row.task]
        layouts = {"": False}
        if row.network is not None and len(row.network.input) == 3:
            layouts = {"channels-last": True, "channels-first": False}
        if row.is_fresh:
            layouts = {"channels-last": True}
        return {
            name: lambda channels_last=channels_last: task(row, options.compile, channels_last)
            for name, channels_last in layouts.items()
        }

    serve(prepare)


if __name__ == "__main__":
    main()
