"""What the safetensors package writes before the values of torchvision's networks: names, types, shapes
and places of all tensors, those included that predictions do not need.

python torch_files.py    write torch/NAME.header for the networks below, of ten classes

Values depend on the tensors' names (generator/zoo.py), so that files need not be kept whole.
"""

import struct
import tempfile
from pathlib import Path

import torchvision
from safetensors.torch import save_file

NETWORKS = {
    "ResNet18": "resnet18",
    "MobileNetV2": "mobilenet_v2",
    "SqueezeNet1_1": "squeezenet1_1",
    "MobileNetV3Small": "mobilenet_v3_small",
    "DenseNet121": "densenet121",
}


def main():
    folder = Path(__file__).parent / "torch"
    folder.mkdir(exist_ok=True)
    for name, known in NETWORKS.items():
        model = torchvision.models.get_model(known, weights=None, num_classes=10)
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            save_file(model.state_dict(), file.name)
            written = Path(file.name).read_bytes()
        length = 8 + struct.unpack("<Q", written[:8])[0]
        (folder / f"{name}.header").write_bytes(written[:length])


if __name__ == "__main__":
    main()
