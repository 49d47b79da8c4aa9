"""Figures of generative models: the Fréchet distance of two sets of features by scipy's matrix root, and
the divergence of normal distributions from the standard one, and its gradient, by torch.distributions."""

import numpy as np
import scipy.linalg
import torch
from torch.distributions import Normal, kl_divergence

from .files import Case


def frechet(first, second):
    covariances = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1])
    means = np.sum((first.mean(0) - second.mean(0)) ** 2)
    return means, np.trace(covariances[0] + covariances[1] - 2 * np.real(root))


def cases():
    random = np.random.default_rng(7)
    mix = random.normal(size=(6, 6))
    sets = {
        "near": (random.normal(size=(40, 6)), random.normal(size=(31, 6))),
        "mixed": (random.normal(size=(50, 6)) @ mix + 3, 2 * random.normal(size=(60, 6)) - 1),
        "same": (np.arange(24.0).reshape(8, 3) ** 1.5,) * 2,
    }
    for name, (first, second) in sets.items():
        means, covariances = frechet(first, second)
        tensors = {
            "first": first, "second": second, "means": np.array([means]),
            "covariances": np.array([covariances]),
        }  # fmt: skip
        case = {"class_name": "FrechetDistance", "config": {}}
        yield Case(f"generative/frechet_{name}.safetensors", case, tensors)

    mean = torch.tensor(random.normal(size=(5, 3)), requires_grad=True)
    log_variance = torch.tensor(random.normal(size=(5, 3)), requires_grad=True)
    standard = Normal(torch.zeros_like(mean), torch.ones_like(mean))
    divergence = kl_divergence(Normal(mean, torch.exp(log_variance / 2)), standard).sum(1).mean()
    divergence.backward()
    tensors = {
        "mean": mean.detach().numpy(), "log_variance": log_variance.detach().numpy(),
        "divergence": np.array([divergence.item()]), "grad.mean": mean.grad.numpy(),
        "grad.log_variance": log_variance.grad.numpy(),
    }  # fmt: skip
    case = {"class_name": "GaussianSampling", "config": {}}
    yield Case("generative/divergence.safetensors", case, tensors)
