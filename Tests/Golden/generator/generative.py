"""Figures of generative models: the loss of style by torch, the Fréchet distance of two sets of features by scipy's matrix root, and
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

    yield style(np.random.default_rng(11))
    yield midi()


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
