"""Reads MNIST's IDX files, plain or gzip-compressed."""

import gzip
from pathlib import Path

import numpy as np

UNSIGNED_BYTES = 0x08  # the only element type that the MNIST family uses


def read_idx(folder, name):
    """Returns the array in `folder/name` or `folder/name.gz`, as unsigned bytes."""
    plain = Path(folder) / name
    packed = plain.with_name(name + ".gz")
    if plain.exists():
        data = plain.read_bytes()
    elif packed.exists():
        data = gzip.decompress(packed.read_bytes())
    else:
        raise SystemExit(f"neither {plain} nor {packed} exists; pass the folder with --data")
    kind, rank = data[2], data[3]
    shape = np.frombuffer(data, ">u4", rank, 4).astype(int)
    if data[:2] != b"\0\0" or kind != UNSIGNED_BYTES or len(data) != 4 + 4 * rank + shape.prod():
        raise SystemExit(f"{plain} is not a whole IDX file of unsigned bytes")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_mnist(folder):
    """Returns training images, training labels, test images and test labels.

    Images are `[count, 28, 28, 1]` Float32 in [0, 1]; labels are Int64.
    """

    def split(prefix):
        images = read_idx(folder, f"{prefix}-images-idx3-ubyte")[..., None]
        labels = read_idx(folder, f"{prefix}-labels-idx1-ubyte")
        return images.astype(np.float32) / 255, labels.astype(np.int64)

    return (*split("train"), *split("t10k"))
