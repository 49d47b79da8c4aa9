"""Writes primitives.json: what PyTorch computes in Float64 for the primitives that are more than a
loop. Run with torch 2.11 or later: python3 generate.py

Pictures are stored as Moru has them (batch, spatial, channels); PyTorch wants channels second.
"""

import json
import pathlib

import torch

torch.manual_seed(0)
cases = []


def normal(shape):
    """Few digits, to keep the file small."""
    return torch.randn(shape, dtype=torch.float64).round(decimals=2)


def tensor(value):
    value = value.detach()
    return {"shape": list(value.shape), "values": value.double().flatten().tolist()}


def add(name, inputs, results):
    cases.append(
        {
            "name": name,
            "inputs": [tensor(value) for value in inputs],
            "results": [tensor(value) for value in results],
        }
    )


def channels_second(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def convolution(name, shape, kernel, stride, padding, dilation, groups):
    """Result, and gradients of the sum of result times its own place."""
    x = normal(shape).requires_grad_()
    # [window…, channels/groups, features] → [features, channels/groups, window…]
    w = normal(kernel).requires_grad_()
    spatial = len(stride)
    weight = w.permute(spatial + 1, spatial, *range(spatial))
    function = [torch.conv1d, torch.conv2d, torch.conv3d][spatial - 1]
    y = channels_last(
        function(channels_second(x), weight, None, stride, padding, dilation, groups)
    )
    cotangent = normal(y.shape)
    y.backward(cotangent)
    add(name, [x, w, cotangent], [y, x.grad, w.grad])


def pooling(name, shape, size, stride, padding):
    functional = torch.nn.functional
    spatial = len(size)
    x = normal(shape).requires_grad_()
    maximum = [functional.max_pool1d, functional.max_pool2d, functional.max_pool3d][spatial - 1]
    y = channels_last(maximum(channels_second(x), size, stride, padding))
    cotangent = normal(y.shape)
    y.backward(cotangent)
    slope = x.grad.clone()
    x.grad = None
    average = [functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d][spatial - 1]
    mean = channels_last(average(channels_second(x), size, stride, padding, count_include_pad=False))
    mean.backward(cotangent)
    add(name, [x, cotangent], [y, slope, mean, x.grad])


convolution("convolution plain", (2, 5, 6, 3), (3, 2, 3, 4), (1, 1), (0, 0), (1, 1), 1)
convolution("convolution full", (2, 7, 6, 4), (3, 3, 2, 6), (2, 1), (1, 2), (2, 1), 2)
convolution("convolution depthwise", (1, 5, 5, 3), (2, 3, 1, 6), (1, 2), (1, 1), (1, 1), 3)
convolution("convolution sequence", (2, 9, 2), (4, 2, 3), (3,), (2,), (1,), 1)
convolution("convolution volume", (1, 4, 3, 5, 2), (2, 2, 3, 2, 2), (1, 1, 2), (1, 0, 1), (1,) * 3, 1)
pooling("pooling plain", (2, 6, 4, 3), (2, 2), (2, 2), (0, 0))
pooling("pooling full", (2, 7, 6, 2), (3, 2), (2, 1), (1, 1))
pooling("pooling sequence", (1, 9, 2), (3,), (2,), (1,))
pooling("pooling volume", (1, 4, 4, 3, 2), (2, 2, 2), (1, 2, 1), (1, 0, 0))

a = normal((3, 2, 4, 5))
b = normal((4, 6, 3, 5))
add("dot", [a, b], [torch.einsum("bmij,ikbj->bmk", a, b)])

x = normal((3, 4, 2))
add("cumulativeSum", [x], [torch.cumsum(x, 1), torch.flip(torch.cumsum(torch.flip(x, [1]), 1), [1])])
add("reduce", [x], [x.sum((0, 2)), x.prod(1), x.amax((1, 2)), x.amin(0)])

index = torch.tensor([[2, 0], [2, 1]])
updates = normal((3, 4, 2))
add("gather", [x], [x[:, index]])
total = torch.zeros((3, 3, 2), dtype=torch.float64)
add("scatterAdd", [updates], [total.index_add(1, index.flatten(), updates)])

y = torch.rand((3, 4, 2), dtype=torch.float64).round(decimals=2) + 0.5
positive = torch.rand((3, 4, 2), dtype=torch.float64).round(decimals=2) * 3 + 0.1
add(
    "unary",
    [x, positive],
    [
        torch.exp(x), torch.expm1(x), torch.log(positive), torch.log1p(positive),
        torch.sqrt(positive), torch.rsqrt(positive), torch.sin(x), torch.cos(x), torch.tanh(x),
        torch.sigmoid(x), torch.erf(x), torch.floor(x), torch.ceil(x), torch.round(x), torch.sign(x),
        torch.abs(x),
    ],
)
add("binary", [x, y], [x + y, x - y, x * y, x / y, torch.fmod(x, y), y**x, torch.maximum(x, y), torch.minimum(x, y)])

path = pathlib.Path(__file__).parent / "primitives.json"
path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
