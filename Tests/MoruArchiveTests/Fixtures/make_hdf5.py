"""Writes the HDF5 files beside it. Needs h5py 3.14; run as `python make_hdf5.py`."""

import os

import h5py
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def write(name, fill):
    with h5py.File(f"{name}.h5", "w") as file:
        fill(file)


def values(file):
    file.attrs["backend"] = "tensorflow"
    file.attrs["keras_version"] = b"2.2.4"
    file.attrs["names"] = np.array([b"dense_1", b"dense_22"])
    file.attrs["none"] = np.zeros(0)
    file.attrs["step"] = np.int64(7)
    file.attrs["words"] = ["한글", "two"]
    group = file.create_group("dense_1/dense_1")
    group["kernel:0"] = np.arange(6, dtype="f4").reshape(2, 3)
    group["half"] = np.array([0.5, -2], dtype="f2")
    group["double"] = np.float64(0.1)
    group["big"] = np.arange(3, dtype=">i4")
    group["wide"] = np.array([2**40], dtype="u8")
    group["bytes"] = np.array([0, 255], dtype="u1")
    group["flags"] = np.array([True, False])
    group["empty"] = np.zeros((0, 4), "f4")
    group.create_dataset(
        "packed", data=np.tile(np.arange(4, dtype="f4"), (16, 1)), compression="gzip",
        shuffle=True, fletcher32=True)
    group["record"] = np.zeros(1, [("a", "f4")])
    group["text"] = "one"


def cycle(file):
    file.create_group("a/b")
    file["a/b/back"] = file["a"]


def external_storage(file):
    file.create_dataset("x", (4,), "f4", external=[("/etc/hostname", 0, 16)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    file.create_virtual_dataset("x", layout)


write("values", values)
write("soft_link", lambda file: file.__setitem__("x", h5py.SoftLink("/nowhere")))
write("external_link", lambda file: file.__setitem__("x", h5py.ExternalLink("/etc/hostname", "/")))
write("external_storage", external_storage)
write("virtual", virtual)
write("cycle", cycle)
write("lzf", lambda file: file.create_dataset("x", data=np.zeros(99, "f4"), compression="lzf"))
write("vast", lambda file: file.create_dataset("x", (1 << 40,), "f4", chunks=(1 << 20,)))
