"""Every row of the benchmarks: what is run, by whom, and what must hold."""

from dataclasses import dataclass, field

import networks
from networks import Network

FRAMEWORKS = ["pytorch", "pytorch-compile", "keras", "jax"]
RUNTIMES = ["onnxruntime", "openvino"]


@dataclass(frozen=True)
class Row:
    """One row. Names are those of Moru's workloads."""

    name: str
    kind: str  # train, infer or latency
    task: str  # what workers do: classify, dcgan, infer, or the name of a small work
    network: Network | None = None
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


TRAINING = [
    training("MLP training", networks.mlp(), 128, 469, at_most=best(0.80), ceiling_at_least=0.65),
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
]  # fmt: skip

INFERENCE = [
    *inference("MobileNetV2", networks.mobilenet_v2(), runtimes(0.85, 1.0), 0.55),
    *inference("ResNet-50", networks.resnet50(), runtimes(1.0, 1.0), 0.75),
    *inference("EfficientNet-B0", networks.efficientnet_b0(), runtimes(1.0, 1.0)),
    *inference("VGG16", networks.vgg16(), runtimes(1.0, 1.0), 0.75),
    *inference("CNN", networks.cnn()),
    *inference("LSTM", networks.lstm()),
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
