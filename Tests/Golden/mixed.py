"""PyTorch's BFloat16: how it rounds, and ten steps of a small network under autocast.

python mixed.py    write mixed/rounding.safetensors and mixed/autocast.safetensors

A script of its own because PyTorch is the only judge: Keras's policy computes activations in
BFloat16 too. Convolution and dense layers run under `torch.autocast`, the loss in Float32.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from generator.files import Case, write_golden
from generator.gradients import Draw

FOLDER = Path(__file__).resolve().parent
STEPS, BATCH, CLASSES = 10, 8, 5


def rounding():
    """Bits of Float32 numbers, and of the BFloat16 numbers that PyTorch makes of them."""
    halves = [0x3F80_0000 + (i << 14) for i in range(16)]  # quarters of a unit in the last place
    corners = [
        0, 0x8000_0000, 1, 0x7FFF, 0x8000, 0x8001, 0x1_8000, 0x007F_FFFF, 0x0080_0000, 0x7F7F_7FFF,
        0x7F7F_8000, 0x7F7F_FFFF, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 0xFFFF_FFFF,
    ]  # fmt: skip
    drawn = np.random.default_rng(5).integers(0, 1 << 32, 200, dtype=np.uint32)
    bits = np.concatenate([np.array(halves + corners, np.uint32), drawn])
    narrow = torch.tensor(bits.view(np.float32)).to(torch.bfloat16).view(torch.int16).numpy()
    tensors = {"bits": bits.view(np.int32), "rounded": narrow.view(np.uint16).astype(np.int32)}
    return Case("mixed/rounding.safetensors", {"class_name": "BFloat16"}, tensors)


def autocast():
    draw = Draw("autocast")
    inputs = draw.normal(STEPS, BATCH, 8, 8, 2)
    labels = draw.integers(STEPS, BATCH, below=CLASSES)
    start = {
        "conv/kernel": draw.normal(3, 3, 2, 6, scale=(2 / 18) ** 0.5),
        "conv/bias": draw.normal(6, scale=0.1),
        "logits/kernel": draw.normal(96, CLASSES, scale=(1 / 96) ** 0.5),
        "logits/bias": draw.normal(CLASSES, scale=0.1),
    }

    def train(is_mixed):
        weights = {path: torch.tensor(value).float() for path, value in start.items()}
        for weight in weights.values():
            weight.requires_grad_()
        optimizer = torch.optim.SGD(weights.values(), lr=2**-6, momentum=0.875)
        losses = []
        for x, y in zip(inputs, labels):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_mixed):
                x = torch.tensor(x).float().permute(0, 3, 1, 2)
                kernel = weights["conv/kernel"].permute(3, 2, 0, 1)
                x = functional.conv2d(x, kernel, weights["conv/bias"], padding=1).relu()
                x = functional.max_pool2d(x, 2).permute(0, 2, 3, 1).flatten(1)
                logits = functional.linear(x, weights["logits/kernel"].T, weights["logits/bias"])
            loss = functional.cross_entropy(logits.float(), torch.tensor(y).long())
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return np.array(losses)

    tensors = {"input": inputs, "target": labels, "loss": train(True), "loss_float32": train(False)}
    tensors |= {f"initial.{path}": value for path, value in start.items()}
    return Case("mixed/autocast.safetensors", {"class_name": "Sequential"}, tensors)


def main():
    (FOLDER / "mixed").mkdir(exist_ok=True)
    torch.set_num_threads(1)
    for case in [rounding(), autocast()]:
        write_golden(FOLDER / case.path, case)
        print(case.path, case.tensors.get("loss"), case.tensors.get("loss_float32"))


if __name__ == "__main__":
    main()
