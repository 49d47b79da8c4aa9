"""Every row of the benchmarks: what is run, by whom, and what must hold."""

from dataclasses import dataclass, field

import networks
from networks import KnownNetwork, Network

FRAMEWORKS = ["pytorch", "pytorch-compile", "keras", "jax"]
RUNTIMES = ["onnxruntime", "openvino"]


@dataclass(frozen=True)
class Row:
    """One row. Names are those of Moru's workloads."""

    name: str
    kind: str  # train, infer or latency
    task: str  # what workers do: classify, dcgan, infer, or the name of a small work
    network: Network | KnownNetwork | None = None
    batch: int = 1
    steps: int = 1  # of an epoch
    optimizer: str = ""  # adam or sgd, the latter with this momentum
    momentum: float = 0.0
    peers: list = field(default_factory=lambda: FRAMEWORKS)
    flops: float = 0.0  # of a step or a call
    at_most: dict = field(default_factory=dict)  # ratio to the best peer, or to one by name
    ceiling_at_least: float | None = None
    is_fresh: bool = False  # each round in a process of its own
    tiresome: tuple = ()  # peers too slow at it for --quick
    in_quick: bool = True  # unless --only names it

    @property
    def parameters(self):
        """Numbers that training changes; None where no network is built."""
        if self.task == "dcgan":
            return networks.dcgan_generator().parameters + networks.dcgan_discriminator().parameters
        return self.network.parameters if self.network else None


def training(name, network, batch, steps, optimizer="adam", momentum=0.0, **bounds):
    return Row(
        name, "train", "classify", network, batch, steps, optimizer, momentum,
        flops=batch * network.training_flops, **bounds,
    )  # fmt: skip


def inference(name, network, bounds=None, ceiling_at_least=None):
    return [
        Row(
            f"{name} inference batch {batch}", "infer", "infer", network, batch,
            peers=FRAMEWORKS + RUNTIMES, flops=batch * network.forward_flops,
            at_most=bounds or {} if batch == 1 else {},
            ceiling_at_least=ceiling_at_least if batch == 1 else None,
            tiresome=("keras", "jax") if network.forward_flops * batch > 1e9 else (),
        )
        for batch in [1, 32]
    ]  # fmt: skip


def best(ratio):
    return {"best": ratio}


def runtimes(onnxruntime, openvino):
    return {"onnxruntime": onnxruntime, "openvino": openvino}


def dcgan():
    """One step on a batch: the generator makes pictures, the discriminator judges them and true
    ones, each learns by its own loss."""
    up, judge = networks.dcgan_generator(), networks.dcgan_discriminator()
    # The discriminator's gradients: for its weights from true and false pictures, and once more
    # through all of it down to the generator's pictures.
    flops = up.training_flops + 2 * judge.training_flops + judge.forward_flops
    return Row(
        "DCGAN step", "train", "dcgan", judge, 64, 10, "adam", flops=64 * flops,
        at_most=best(0.65), tiresome=("jax",),
    )  # fmt: skip


def family(name, torchvision, keras, millions, **details):
    """Training of a family's network on pictures of 96 × 96, and a prediction for one of 224 × 224.

    - millions: of multiplications for a picture of the published size.
    """
    frameworks = ["pytorch"] * (torchvision is not None) + ["keras"] * (keras is not None)
    runtimes = RUNTIMES if torchvision else []

    def known(size, classes):
        return KnownNetwork(torchvision, keras, size, classes, millions * 10**6, **details)

    trained, used = known(96, 10), known(224, 1000)
    return (
        training(
            f"{name} training", trained, 16, 4, "sgd", 0.9, peers=frameworks, in_quick=False
        ),
        Row(
            f"{name} inference batch 1", "infer", "infer", used, peers=frameworks + runtimes,
            flops=used.forward_flops, in_quick=False,
        ),
    )  # fmt: skip


# Families of the zoo that the other rows do not show. torchvision has no Xception and no first
# MobileNet, Keras no AlexNet, SqueezeNet and ViT.
FAMILIES = [
    family("AlexNet", "alexnet", None, 714),
    family("SqueezeNet1_1", "squeezenet1_1", None, 349),
    family("DenseNet121", "densenet121", "DenseNet121", 2834),
    family("InceptionV3", "inception_v3", "InceptionV3", 5713, published_size=299),
    family(
        "MobileNetV3Large", "mobilenet_v3_large", "MobileNetV3Large", 217, keras_preprocesses=True
    ),
    family(
        "EfficientNetV2S", "efficientnet_v2_s", "EfficientNetV2S", 8366, published_size=384,
        keras_preprocesses=True,
    ),
    family("ConvNeXtTiny", "convnext_tiny", "ConvNeXtTiny", 4456, keras_preprocesses=True),
    family("ViT_B16", "vit_b_16", None, 17564),
    family("Xception", None, "Xception", 8363, published_size=299),
    family("MobileNet", None, "MobileNet", 569),
]  # fmt: skip

TRAINING = [
    training("MLP training", networks.mlp(), 128, 469, at_most=best(0.80), ceiling_at_least=0.65),
    training("MNIST training", networks.mnist(), 128, 469),
    training(
        "CNN training", networks.cnn(), 64, 100, at_most=best(0.55), ceiling_at_least=0.62,
        tiresome=("jax",),
    ),
    training("LSTM training", networks.lstm(), 64, 100, at_most=best(0.47), ceiling_at_least=0.48),
    training("GRU training", networks.gru(), 64, 100, at_most=best(0.47), ceiling_at_least=0.48),
    training(
        "ResNet-18 training", networks.resnet18((64, 64, 3), 10), 16, 8, "sgd", 0.9,
        at_most=best(0.68), ceiling_at_least=0.55, tiresome=("jax",),
    ),
    training(
        "MobileNetV2 training", networks.mobilenet_v2((96, 96, 3), 10), 16, 8, "sgd", 0.9,
        at_most=best(0.65), tiresome=("jax",),
    ),
    dcgan(),
    training(
        "Transformer block training", networks.transformer_block(), 32, 20, at_most=best(0.80)
    ),
    *(trained for trained, _ in FAMILIES),
]  # fmt: skip

INFERENCE = [
    *inference("MobileNetV2", networks.mobilenet_v2(), runtimes(0.85, 1.0), 0.55),
    *inference("ResNet-50", networks.resnet50(), runtimes(1.0, 1.0), 0.75),
    *inference("EfficientNet-B0", networks.efficientnet_b0(), runtimes(1.0, 1.0)),
    *inference("VGG16", networks.vgg16(), runtimes(1.0, 1.0), 0.75),
    *inference("CNN", networks.cnn()),
    *inference("LSTM", networks.lstm()),
    *(used for _, used in FAMILIES),
]

TINY = networks.mlp(64, 64)

LATENCY = [
    Row("eager op", "latency", "eager_op", peers=["pytorch", "keras", "jax"]),
    Row("compiled call", "latency", "compiled_call"),
    Row(
        "2-layer step batch 1", "latency", "classify", TINY, 1, 2048, "sgd",
        flops=TINY.training_flops, at_most={"pytorch": 0.5},
    ),
    Row(
        "ResNet-50 compile", "latency", "compile", networks.resnet50(),
        peers=["pytorch-compile", "keras", "jax", *RUNTIMES], is_fresh=True,
    ),
    Row("predict start-up", "latency", "start_up", peers=["pytorch", "keras", *RUNTIMES]),
]  # fmt: skip

# What the machine can do at most: a product of matrices of 2048 rows and columns.
PRODUCT_SIZE = 2048
CEILING = Row(
    "matrix product", "ceiling", "matrix_product", flops=2.0 * PRODUCT_SIZE**3, peers=["pytorch"]
)

ROWS = {row.name: row for row in [*TRAINING, *INFERENCE, *LATENCY, CEILING]}
