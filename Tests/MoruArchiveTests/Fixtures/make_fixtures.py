"""Writes golden.safetensors with the format's own library, for SafeTensorsTests.swift.

Made with Python 3.11.7, numpy 2.4.6, safetensors 0.8.0:
    pip install numpy==2.4.6 safetensors==0.8.0 && python make_fixtures.py
"""

import numpy as np
from safetensors.numpy import save_file

tensors = {
    "dense_1/kernel": np.array([[0.5, -1.25, 3e38], [1e-45, np.inf, -0.0]], dtype=np.float32),
    "dense_1/bias": np.array([1.0, 2.0, 3.0], dtype=np.float32),
    "moments": np.array([0.1, -2.5e-300], dtype=np.float64),
    "step": np.array(-(2**62) - 1, dtype=np.int64),
    "classes": np.array([[-(2**31), 2**31 - 1]], dtype=np.int32),
    "picture": np.arange(0, 250, 50, dtype=np.uint8).reshape(1, 5, 1),
    "mask": np.array([True, False, True]),
    "empty": np.zeros((0, 4), dtype=np.float32),
    '이름 "quoted"\\ü\u0001': np.array([7], dtype=np.uint8),
}
save_file(tensors, "golden.safetensors", metadata={"format": "moru test é"})
