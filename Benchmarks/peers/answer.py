"""The shortest program that answers one picture with the CNN: from process start to output.

    python answer.py PEER FOLDER [--prepare]

FOLDER/picture.json holds the picture; --prepare writes the model there, in the peer's own format.
"""

import json
import os
import sys
from pathlib import Path


def picture(folder):
    import numpy as np

    return np.asarray(json.loads((folder / "picture.json").read_text()), np.float32)[None]


def cnn():
    from catalogue import ROWS

    return ROWS["CNN inference batch 1"]


def prepare_pytorch(folder):
    import torch
    from pytorch import sequence

    model = sequence(cnn().network.layers, cnn().network.input).eval()
    torch.jit.save(torch.jit.trace(model, torch.zeros(1, 1, 28, 28)), folder / "cnn.pt")


def answer_pytorch(folder):
    import torch

    model = torch.jit.load(folder / "cnn.pt")
    with torch.inference_mode():
        return model(torch.from_numpy(picture(folder)).permute(0, 3, 1, 2)).numpy()


def prepare_keras(folder):
    from tensorflow_keras import built

    built(cnn().network).save(folder / "cnn.keras")


def answer_keras(folder):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    return keras.saving.load_model(folder / "cnn.keras")(picture(folder)).numpy()


def prepare_onnx(folder):
    import shutil

    from exported import exported_network

    shutil.copy(exported_network(cnn()), folder / "cnn.onnx")


def answer_onnxruntime(folder):
    import onnxruntime

    session = onnxruntime.InferenceSession(folder / "cnn.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, {"input": picture(folder).transpose(0, 3, 1, 2)})[0]


def answer_openvino(folder):
    import openvino

    model = openvino.compile_model(folder / "cnn.onnx", "CPU")
    return model(picture(folder).transpose(0, 3, 1, 2))[0]


PROGRAMS = {
    "pytorch": (prepare_pytorch, answer_pytorch),
    "keras": (prepare_keras, answer_keras),
    "onnxruntime": (prepare_onnx, answer_onnxruntime),
    "openvino": (prepare_onnx, answer_openvino),
}

if __name__ == "__main__":
    prepare, answer = PROGRAMS[sys.argv[1]]
    folder = Path(sys.argv[2])
    if "--prepare" in sys.argv:
        prepare(folder)
    else:
        print(answer(folder).tolist())
