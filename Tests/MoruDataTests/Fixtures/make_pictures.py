"""Writes the WebP and TIFF fixtures of MoruDataTests, and the pixels that Pillow reads in them.

Run in this folder with Pillow 13.0.0 and NumPy 2.4.6:
    python make_pictures.py
"""

import json

import numpy as np
from PIL import Image

random = np.random.default_rng(8)
expected = {}


def save(name, array, pixels=None, **options):
    Image.fromarray(array).save(name, **options)
    pixels = np.asarray(Image.open(name)) if pixels is None else pixels
    shape = pixels.shape if pixels.ndim == 3 else (*pixels.shape, 1)
    expected[name] = {"shape": list(shape), "pixels": pixels.ravel().tolist()}


rgb = random.integers(0, 256, (5, 7, 3), np.uint8)
grey = random.integers(0, 256, (5, 7), np.uint8)
rgba = random.integers(0, 256, (5, 7, 4), np.uint8)
alpha = rgba[:, :, 3:].astype(int)
white = (alpha * rgba[:, :, :3] + (255 - alpha) * 255 + 127) // 255
save("rgb.webp", rgb, lossless=True)
save("lossy.webp", rgb, quality=80)
save("rgba.webp", rgba, white, lossless=True, exact=True)
save("rgb.tiff", rgb)
save("lzw.tiff", rgb, compression="tiff_lzw")
save("deflate.tiff", grey, compression="tiff_adobe_deflate")
save("grey.tiff", grey)
save("bits.tiff", grey > 99, np.where(grey > 99, 255, 0).astype(np.uint8))
with open("pictures.json", "w") as file:
    json.dump(expected, file)
