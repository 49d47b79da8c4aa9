"""PyTorch's quantization: whole numbers, what they stand for, and gradients of rounding; and ranges of least
divergence.

python quantized.py    write quantized/unsigned.safetensors, signed, features, entropy-unsigned and entropy-signed

A script of its own because PyTorch and SciPy are the only judges. `unsigned` and `signed` have one scale,
`features` one for each entry of the last axis, as kernels do.

`entropy-…` follow S. Migacz, "8-bit inference with TensorRT" (GTC 2017), in the details NVIDIA's
pytorch-quantization: 2048 bins of magnitudes, of which the first takes the count of the second; ranges from
128 bins on; 128 levels, or 256 where nothing is below 0; of equal ranges the widest.
"""

from pathlib import Path

import numpy as np
import torch
from scipy.stats import entropy

from generator.files import Case, write_golden

FOLDER = Path(__file__).resolve().parent


def numbers(scale, seed):
    """Middles between two steps, the ends of the range and what lies beyond, and drawn numbers."""
    middles = (np.arange(-6, 7) + 0.5) * scale
    ends = np.array([126, 127, 127.4, 127.5, 128, 129, 254, 255, 255.5, 256, 1e9]) * scale
    drawn = np.random.default_rng(seed).normal(0, 60 * scale, 200)
    return np.concatenate([middles, ends, -ends, [0, -0.0], drawn]).astype(np.float32)


def one_scale(name, dtype, low, high, scale):
    x = torch.tensor(numbers(scale, 3), requires_grad=True)
    whole = torch.quantize_per_tensor(x.detach(), scale, 0, dtype).int_repr()
    near = torch.fake_quantize_per_tensor_affine(x, scale, 0, low, high)
    cotangent = torch.linspace(-1, 1, x.numel())
    near.backward(cotangent)
    tensors = {
        "x": x.detach().numpy(), "scale": np.array([scale], np.float32),
        "whole": whole.numpy().astype(np.int32), "near": near.detach().numpy(),
        "cotangent": cotangent.numpy(), "gradient": x.grad.numpy(),
    }  # fmt: skip
    return Case(f"quantized/{name}.safetensors", {"class_name": "Quantized"}, tensors)


def features():
    kernel = np.random.default_rng(4).normal(0, 0.2, (3, 3, 4, 6)).astype(np.float32)
    kernel[..., 2] = 0
    kernel[..., 3] *= 40
    w = torch.tensor(kernel)
    greatest = w.abs().amax((0, 1, 2))
    scales = torch.where(greatest > 0, greatest / 127, torch.ones(()))
    zeros = torch.zeros(6, dtype=torch.int32)
    whole = torch.quantize_per_channel(w, scales, zeros, 3, torch.qint8).int_repr()
    near = torch.fake_quantize_per_channel_affine(w, scales, zeros, 3, -127, 127)
    tensors = {
        "kernel": kernel, "scales": scales.numpy(), "whole": whole.numpy().astype(np.int32),
        "near": near.numpy(),
    }  # fmt: skip
    return Case("quantized/features.safetensors", {"class_name": "Quantized"}, tensors)


def least_divergent(counts, levels):
    """How many bins the range of least Kullback-Leibler divergence has."""
    counts = counts.astype(np.float64)
    counts[0] = counts[1]
    divergences = []
    for size in range(128, len(counts) + 1):
        inside = counts[:size]
        level = np.arange(size) * levels // size
        filled = inside > 0
        sums = np.bincount(level, inside, levels)
        sizes = np.bincount(level, filled, levels)
        near = np.where(filled, sums[level] / np.maximum(sizes[level], 1), 0)
        whole = inside.copy()
        whole[-1] += counts[size:].sum()
        divergences.append(entropy(whole, near))
    return 128 + len(divergences) - 1 - int(np.argmin(divergences[::-1]))


def least_divergence(name, x, levels):
    x = x.astype(np.float32)
    width = np.float32(np.abs(x).max() / np.float32(2048))
    bins = np.minimum((np.abs(x) / width).astype(np.int64), 2047)
    size = least_divergent(np.bincount(bins.ravel(), minlength=2048), levels)
    tensors = {"x": x, "limit": np.array([width * np.float32(size)], np.float32)}
    return Case(f"quantized/entropy-{name}.safetensors", {"class_name": "Quantized"}, tensors)


def written(case):
    """The case with its Float32 numbers as files have them."""
    wide = {
        name: value.astype(np.float64) if value.dtype == np.float32 else value
        for name, value in case.tensors.items()
    }
    return Case(case.path, case.config, wide)


def main():
    (FOLDER / "quantized").mkdir(exist_ok=True)
    drawn = np.random.default_rng(5)
    cases = [
        one_scale("unsigned", torch.quint8, 0, 255, 0.0173),
        one_scale("signed", torch.qint8, -128, 127, 2**-5),
        features(),
        least_divergence("unsigned", np.maximum(drawn.normal(-0.3, 1, (64, 64)) ** 3, 0), 256),
        least_divergence("signed", drawn.standard_t(3, (64, 64)), 128),
    ]
    for case in cases:
        write_golden(FOLDER / case.path, written(case))
        print(case.path)


if __name__ == "__main__":
    main()
