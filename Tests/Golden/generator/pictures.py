"""Changes of pictures by torchvision: `input` and `output`, uint8 `[height, width, channels]`."""

import numpy as np
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

from .files import Case

BILINEAR = InterpolationMode.BILINEAR


def picture(height, width, channels, seed):
    """Waves of several lengths with noise on them: neither flat nor all edges."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        127 + 90 * np.sin(x / (2 + c) + c) * np.cos(y / (3 - c / 2)) + random.normal(0, 12, x.shape)
        for c in range(channels)
    ]
    return np.clip(np.stack(planes, axis=-1), 0, 255).astype(np.uint8)


def change(name, image, function, **config):
    tensor = torch.from_numpy(image).permute(2, 0, 1)
    output = function(tensor).permute(1, 2, 0).contiguous().numpy()
    description = {"class_name": name.rstrip("0123456789_"), "config": config}
    tensors = {"input": image, "output": output}
    return Case(f"pictures/{name}.safetensors", description, tensors)


def cases():
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        yield from all_cases()
    finally:
        torch.set_default_dtype(default)


def all_cases():
    colour, grey = picture(23, 31, 3, 0), picture(24, 18, 1, 1)
    for place, (image, angle, fill) in enumerate([(colour, 30, 0), (colour, -111, 0), (grey, 7.5, 0)]):
        yield change(
            f"rotate_{place}", image,
            lambda t: F.rotate(t, angle, interpolation=BILINEAR, fill=fill or None),
            degrees=angle, fill=fill,
        )  # fmt: skip
    yield change(
        "shear", colour,
        lambda t: F.affine(t, 0, [0, 0], 1, [20, 0], interpolation=BILINEAR), degrees=20,
    )  # fmt: skip
    yield change(
        "zoom", colour,
        lambda t: F.affine(t, 0, [0, 0], 0.7, [0, 0], interpolation=BILINEAR), factor=0.7,
    )  # fmt: skip
    yield change("horizontal_flip", colour, F.horizontal_flip)
    yield change("vertical_flip", grey, F.vertical_flip)
    start = [[0, 0], [30, 0], [30, 22], [0, 22]]
    end = [[3, 2], [27, 1], [29, 20], [1, 18]]
    yield change(
        "perspective", colour,
        lambda t: F.perspective(t, start, end, interpolation=BILINEAR), start=start, end=end,
    )  # fmt: skip
    for place, (image, top, left, height, width, size) in enumerate(
        [(colour, 3, 5, 17, 21, (12, 9)), (colour, 0, 0, 23, 31, (40, 50)), (grey, 2, 1, 20, 8, (9, 20))]
    ):
        yield change(
            f"resized_crop_{place}", image,
            lambda t: F.resized_crop(t, top, left, height, width, size, antialias=True),
            top=top, left=left, height=height, width=width, size=list(size),
        )  # fmt: skip
    for place, (image, sigma) in enumerate([(colour, 1.1), (grey, 2.0)]):
        kernel = 2 * int(np.ceil(3 * sigma)) + 1
        yield change(
            f"gaussian_blur_{place}", image,
            lambda t: F.gaussian_blur(t, kernel, sigma), sigma=sigma,
        )  # fmt: skip
    adjust = {
        "brightness": (F.adjust_brightness, [0.6, 1.5]), "contrast": (F.adjust_contrast, [0.5, 1.7]),
        "saturation": (F.adjust_saturation, [0.0, 1.6]), "hue": (F.adjust_hue, [0.12, -0.4]),
        "gamma": (F.adjust_gamma, [0.7, 2.2]), "sharpness": (F.adjust_sharpness, [0.2, 1.8]),
        "posterize": (F.posterize, [3]), "solarize": (F.solarize, [100]),
    }  # fmt: skip
    for name, (function, values) in adjust.items():
        for place, value in enumerate(values):
            yield change(f"{name}_{place}", colour, lambda t: function(t, value), value=value)
    dull = (picture(23, 31, 3, 2) // 2 + 40).astype(np.uint8)
    yield change("autocontrast", dull, F.autocontrast)
    yield change("equalize", dull, F.equalize)
