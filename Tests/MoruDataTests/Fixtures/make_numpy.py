"""Writes NumPy's fixtures of MoruDataTests: arrays of all types, orders and versions, and their values.

Run in this folder with NumPy 2.4.6:
    python make_numpy.py
"""

import json
import os

import numpy as np
from numpy.lib import format

os.makedirs("numpy", exist_ok=True)
random = np.random.default_rng(5)
OURS = {"b": "bool", "u1": "uint8", "u4": "int64", "u8": "int64", "i8": "int64", "f8": "float64"}
expected = {}


def note(name, array):
    code = array.dtype.str[1:]
    ours = OURS.get(code, OURS.get(code[0], "float32" if code[0] == "f" else "int32"))
    expected[name] = {
        "shape": list(array.shape), "dtype": ours,
        "values": [float(v) for v in array.ravel(order="C")],
    }


def save(name, array, version=None):
    with open(f"numpy/{name}.npy", "wb") as file:
        format.write_array(file, array, version=version)
    note(name, array)


for code in ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
    if code == "b1":
        array = random.integers(0, 2, (2, 3)).astype(bool)
    elif code[0] == "f":
        array = random.normal(size=(2, 3)).astype(code)
    else:
        info = np.iinfo(code)
        array = random.integers(info.min, min(info.max, 2**53), (2, 3), dtype=code, endpoint=True)
        if code[1] != "8":
            array[0, 0], array[1, 2] = info.min, info.max
        else:
            array //= 2**10
    save(code, array)
    if code[1] != "1":
        save(f"{code}_big", array.astype(">" + code))
cube = np.arange(24, dtype="<f4").reshape(2, 3, 4)
save("fortran", np.asfortranarray(cube))
save("fortran_big", np.asfortranarray(cube.astype(">i2")))
save("scalar", np.array(2.5))
save("empty", np.zeros((0, 3)))
save("vector", np.arange(5, dtype="i8"))
for version in ((1, 0), (2, 0), (3, 0)):
    save(f"version{version[0]}", cube[0], version)
arrays = {"x_train": cube, "라벨": np.array([3, 1], "i8"), "f": np.asfortranarray(cube[1])}
np.savez("numpy/stored.npz", **arrays)
np.savez_compressed("numpy/deflated.npz", **arrays)
for name, array in arrays.items():
    note(f"npz/{name}", array)
np.save("numpy/objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save("numpy/text.npy", np.array(["a", "b"]))
np.save("numpy/complex.npy", np.array([1j]))
np.save("numpy/records.npy", np.zeros(2, [("a", "i4"), ("b", "f8")]))
with open("numpy/expected.json", "w") as file:
    json.dump(expected, file, ensure_ascii=False)
np.savez(
    "numpy/samples.npz", x=random.normal(size=(20, 3)).astype("f4"),
    y=np.array([7, 2] * 10, "i8"),
)  # fmt: skip
