"""Windows of time series by Keras's `timeseries_dataset_from_array`: `x`, `[rows, columns]`, gives
`windows` and, of its first column some steps ahead, `targets`."""

import numpy as np
from keras.utils import timeseries_dataset_from_array

from .files import Case
from .gradients import Draw


def windows(name, x, window, horizon=1, stride=1, sampling_rate=1):
    last = (window - 1) * sampling_rate
    # Keras pairs target i with the window that begins at row i.
    steps = timeseries_dataset_from_array(
        x[:-horizon], x[last + horizon:, 0], window, sequence_stride=stride,
        sampling_rate=sampling_rate, batch_size=None,
    )  # fmt: skip
    inputs, targets = zip(*((np.asarray(a), np.asarray(b)) for a, b in steps))
    description = {
        "class_name": "windows",
        "config": {
            "window": window, "horizon": horizon, "stride": stride, "samplingRate": sampling_rate,
        },
    }  # fmt: skip
    tensors = {"x": x, "windows": np.stack(inputs), "targets": np.stack(targets)}
    return Case(f"windows/{name}.safetensors", description, tensors)


def cases():
    x = Draw("windows").normal(23, 2)
    yield windows("plain", x, 4)
    yield windows("ahead", x, 5, horizon=3)
    yield windows("strided", x, 4, horizon=2, stride=3)
    yield windows("sampled", x, 3, sampling_rate=4, stride=2)
    yield windows("one", x, 1)
    yield windows("whole", x, 22)
