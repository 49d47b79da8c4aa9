"""Networks of torchvision with random weights, saved as users save them, and what they predict.

python torch_files.py DIR    write NAME.safetensors by the safetensors package, by Moru's names of the
                             networks, and pictures with their probabilities in NAME.values.safetensors

Statistics of batch normalization are those of a few random batches.
"""

import sys
from pathlib import Path

import torch
import torchvision
from safetensors.torch import save_file

NETWORKS = {
    "ResNet18": torchvision.models.resnet18,
    "MobileNetV2": torchvision.models.mobilenet_v2,
    "SqueezeNet1_1": torchvision.models.squeezenet1_1,
    "EfficientNetB0": torchvision.models.efficientnet_b0,
}
SIZE = 64


def main(folder):
    normalize = torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    for number, (name, make) in enumerate(NETWORKS.items()):
        torch.manual_seed(number)
        model = make(weights=None, num_classes=7)
        with torch.no_grad():
            model.train()
            for _ in range(3):
                model(torch.randn(8, 3, SIZE, SIZE))
            model.eval()
            pixels = torch.randint(0, 256, (2, 3, SIZE, SIZE)).float()
            probabilities = torch.softmax(model(normalize(pixels / 255)), -1)
        save_file(model.state_dict(), folder / f"{name}.safetensors")
        save_file(
            {"input.0": pixels.permute(0, 2, 3, 1).contiguous(), "output.0": probabilities},
            folder / f"{name}.values.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
