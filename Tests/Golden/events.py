"""Event files as TensorFlow writes them, and what TensorBoard reads in event files.

python events.py                 write events/figures.tfevents with TensorFlow's own messages and writer
python events.py FOLDER_OR_FILE  print what TensorBoard (pip install tensorboard) finds there

Tests compare Moru's bytes with events/figures.tfevents.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

FILE = Path(__file__).resolve().parent / "events" / "figures.tfevents"


def write():
    import tensorflow as tf
    from tensorflow.core.framework import summary_pb2, tensor_pb2
    from tensorflow.core.util import event_pb2

    def event(step, tag, tensor, plugin, data_class, wall_time):
        metadata = summary_pb2.SummaryMetadata(data_class=data_class)
        metadata.plugin_data.plugin_name = plugin
        value = summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)
        return event_pb2.Event(
            wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=[value])
        )

    def scalar(step, tag, number, wall_time):
        tensor = tensor_pb2.TensorProto(dtype=1, float_val=[number])
        tensor.tensor_shape.SetInParent()
        return event(step, tag, tensor, "scalars", 1, wall_time)

    def histogram(step, tag, rows, wall_time):
        tensor = tensor_pb2.TensorProto(dtype=2, double_val=[x for row in rows for x in row])
        for size in (len(rows), 3):
            tensor.tensor_shape.dim.add(size=size)
        return event(step, tag, tensor, "histograms", 2, wall_time)

    events = [
        event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
        scalar(0, "epoch_loss", 0.75, 1700000001.5),
        scalar(1, "epoch_loss", 0.1, 1700000002.5),
        scalar(300, "epoch_정확도", -1e30, 1700000003.5),
        histogram(1, "dense/kernel/histogram", [[-1, 0, 1], [0, 1, 3], [1, 2, 2]], 1700000004.5),
        histogram(2, "dense/bias/histogram", [[3, 3, 0], [3, 3, 2]], 1700000005.5),
    ]
    FILE.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(FILE)) as writer:
        for record in events:
            writer.write(record.SerializeToString(deterministic=True))


def show(path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    path = Path(path)
    folders = sorted({file.parent for file in path.rglob("*tfevents*")}) if path.is_dir() else [path]
    for folder in folders:
        accumulator = EventAccumulator(str(folder), size_guidance={"tensors": 0})
        accumulator.Reload()
        for tag in accumulator.Tags()["tensors"]:
            plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
            for found in accumulator.Tensors(tag):
                array = tensor_util.make_ndarray(found.tensor_proto)
                shown = array.item() if array.ndim == 0 else array.tolist()
                name = folder.name if path.is_dir() else path.name
                print(name, plugin, tag, found.step, found.wall_time, shown)


if __name__ == "__main__":
    show(sys.argv[1]) if len(sys.argv) > 1 else write()
