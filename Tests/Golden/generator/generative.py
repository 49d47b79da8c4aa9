"""Figures of generative models: the loss of style by torch, the Fréchet distance of two sets of features by scipy's matrix root, and
the divergence of normal distributions from the standard one, and its gradient, by torch.distributions; a
critic's slopes and the gradient of the penalty on them by torch, differentiating twice; a variational bound by
Gauss-Hermite quadrature."""

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
        if name == "same":  # of which SciPy leaves rounding, another on each processor
            assert abs(covariances) < 1e-6 * np.var(first)
            means, covariances = 0.0, 0.0
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

    yield style(np.random.default_rng(11))
    yield midi()
    yield gradient_penalty(np.random.default_rng(13))
    yield lower_bound(np.random.default_rng(17))


def gradient_penalty(random):
    """The slopes of a critic of a convolution and a hyperbolic tangent between real and made samples."""

    def weight(*shape):
        return torch.tensor(0.4 * random.normal(size=shape), requires_grad=True)

    kernel, bias, dense = weight(3, 3, 2, 4), weight(4), weight(16, 1)
    real, made = (torch.tensor(random.normal(size=(3, 6, 6, 2))) for _ in range(2))
    share = torch.tensor(random.uniform(size=(3, 1, 1, 1)))
    place = (made + share * (real - made)).requires_grad_()
    maps = torch.nn.functional.conv2d(
        place.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), bias, stride=2
    )
    score = torch.tanh(maps).permute(0, 2, 3, 1).flatten(1) @ dense
    (gradient,) = torch.autograd.grad(score.sum(), place, create_graph=True)
    slopes = (gradient**2).sum((1, 2, 3)).sqrt()
    penalty = ((slopes - 1) ** 2).mean()
    penalty.backward()
    tensors = {
        "real": real, "made": made, "share": share, "kernel": kernel, "bias": bias, "dense": dense,
        "slopes": slopes, "penalty": penalty.reshape(1),
        "grad.kernel": kernel.grad, "grad.bias": bias.grad, "grad.dense": dense.grad,
    }  # fmt: skip
    tensors = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    case = {"class_name": "GAN", "config": {}}
    return Case("generative/gradient_penalty.safetensors", case, tensors)


def lower_bound(random):
    """The bound of a sample of three numbers, whose code is one number."""
    sample = np.array([0.2, 0.9, 1.0])
    encoders = {name: random.normal(size=(3, 1)) for name in ("mean", "log_variance")}
    offsets = {"mean": np.array([0.3]), "log_variance": np.array([-0.4])}
    kernel, bias = 1.5 * random.normal(size=(1, 3)), random.normal(size=3)
    mean, log_variance = (sample @ encoders[name] + offsets[name] for name in encoders)
    deviation = np.exp(log_variance / 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    scores = (mean + deviation * nodes)[:, None] * kernel + bias
    terms = sample * scores - np.logaddexp(0, scores)
    likelihood = weights @ terms.sum(1) / weights.sum()
    own = Normal(torch.tensor(mean), torch.tensor(deviation))
    divergence = kl_divergence(own, Normal(torch.zeros(1), torch.ones(1))).item()
    tensors = {
        "sample": sample, "mean/kernel": encoders["mean"], "mean/bias": offsets["mean"],
        "log_variance/kernel": encoders["log_variance"],
        "log_variance/bias": offsets["log_variance"], "decoder/dense/kernel": kernel,
        "decoder/dense/bias": bias, "likelihood": np.array([likelihood]),
        "divergence": np.array([divergence]),
    }  # fmt: skip
    case = {"class_name": "VariationalAutoencoder", "config": {}}
    return Case("generative/lower_bound.safetensors", case, tensors)


def style(random):
    """Gatys's loss of style, and the variation of a picture, with their gradients."""
    features = torch.tensor(random.normal(size=(1, 5, 4, 3)), requires_grad=True)
    wanted = torch.tensor(random.normal(size=(3, 3)))
    gram = torch.einsum("bhwi,bhwj->ij", features, features) / 20
    loss = torch.nn.functional.mse_loss(gram, wanted)
    loss.backward()
    picture = torch.tensor(random.uniform(size=(1, 6, 5, 2)), requires_grad=True)
    variation = picture.diff(dim=1).abs().mean() + picture.diff(dim=2).abs().mean()
    variation.backward()
    tensors = {
        "features": features.detach().numpy(), "wanted": wanted.numpy(),
        "gram": gram.detach().numpy(), "grad.features": features.grad.numpy(),
        "picture": picture.detach().numpy(), "variation": np.array([variation.item()]),
        "grad.picture": picture.grad.numpy(),
    }  # fmt: skip
    case = {"class_name": "StyleTransfer", "config": {}}
    return Case("generative/style.safetensors", case, tensors)


# c4:4 f#5:2 r:8 a#3:16 | g9:1 r:2 at 120 quarters a minute on a flute, written by hand from the
# standard (Standard MIDI Files 1.0); what mido reads in it is the other side of the test.
MIDI = bytes.fromhex(
    "4d546864 00000006 0000 0001 01e0"
    "4d54726b 00000033 00ff5103 07a120 00c049"
    "00903c50 8360803c00 00904e50 8170804e00 8740903a50 8f00803a00 00907f50 78807f00"
    "8170ff2f00"
)


def midi():
    import io

    import mido

    track = mido.MidiFile(file=io.BytesIO(MIDI)).tracks[0]
    notes = [m for m in track if m.type in ("note_on", "note_off")]
    events = [[m.time, m.note, int(m.type == "note_on")] for m in notes]
    tempo = [m.tempo for m in track if m.type == "set_tempo"]
    tensors = {
        "file": np.frombuffer(MIDI, np.uint8), "events": np.array(events, np.int32),
        "tempo": np.array(tempo, np.int32),
    }  # fmt: skip
    return Case("generative/midi.safetensors", {"class_name": "Melody", "config": {}}, tensors)
