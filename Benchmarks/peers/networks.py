"""The networks of the catalogue, described once: each peer builds them its own way.

A network is a list of layers. Shapes are without the batch axis, pictures are (height, width,
channels), sequences (time, features).
"""

from dataclasses import dataclass, field
from math import prod


@dataclass(frozen=True)
class Conv:
    """A convolution with "same" padding, or "valid" for `padding=False`."""

    features: int
    kernel: int
    strides: int = 1
    bias: bool = False
    padding: bool = True
    transposed: bool = False


@dataclass(frozen=True)
class Depthwise:
    """A convolution of each channel by itself, "same" padding, no bias."""

    kernel: int
    strides: int = 1


@dataclass(frozen=True)
class BatchNorm:
    """With the features' own scale and shift."""


@dataclass(frozen=True)
class Act:
    """relu, relu6, silu, sigmoid, tanh, leaky_relu (0.2) or softmax."""

    function: str


@dataclass(frozen=True)
class MaxPool:
    size: int
    strides: int
    padding: bool = False


@dataclass(frozen=True)
class GlobalPool:
    """The mean over height and width."""

    keep: bool = False


@dataclass(frozen=True)
class Scale:
    """Bytes, as files of pictures hold them, as numbers from 0 to 1."""


@dataclass(frozen=True)
class Flatten:
    pass


@dataclass(frozen=True)
class Reshape:
    shape: tuple


@dataclass(frozen=True)
class Dense:
    units: int
    bias: bool = True


@dataclass(frozen=True)
class Residual:
    """body(x) + shortcut(x); the shortcut is x itself if empty."""

    body: list
    shortcut: list = field(default_factory=list)


@dataclass(frozen=True)
class Gate:
    """x · body(x), broadcast over the picture: squeeze and excitation."""

    body: list


@dataclass(frozen=True)
class LSTM:
    """The last hidden state."""

    units: int


@dataclass(frozen=True)
class GRU:
    """The last hidden state; reset gate after the product, as cuDNN, Keras and PyTorch have it."""

    units: int


@dataclass(frozen=True)
class SelfAttention:
    """Multi-head attention of a sequence to itself, its features shared out among the heads."""

    heads: int


@dataclass(frozen=True)
class LayerNorm:
    """Over the features, with their own scale and shift."""


@dataclass(frozen=True)
class Network:
    """Layers, and the shape of a sample that goes in."""

    input: tuple
    layers: list

    @property
    def takes_bytes(self):
        return isinstance(self.layers[0], Scale)

    @property
    def output(self):
        return count(self.layers, self.input).shape

    @property
    def parameters(self):
        return count(self.layers, self.input).parameters

    @property
    def forward_flops(self):
        """Floating-point operations for one sample: two for each multiplication of products and
        convolutions, none for what else there is."""
        return 2 * count(self.layers, self.input).products

    @property
    def training_flops(self):
        """The forward ones, as many for the weights' gradients and as many for the inputs', which
        the network's own input does not need."""
        first = next(layer for layer in self.layers if count([layer], self.input).products)
        return 3 * self.forward_flops - 2 * input_products(first, self.input)


@dataclass(frozen=True)
class KnownNetwork:
    """A network that peers draw by themselves, by the names that they have for it.

    Multiplications of a prediction are torchvision's published ones; MobileNet's are its paper's
    (arXiv:1704.04861), Xception's, whose paper (arXiv:1610.02357) has none, `moru zoo list`'s.
    Other sizes of pictures take more or less in proportion to the area, because those families
    whose published size is another one are convolutions down to the last layer.
    """

    torchvision: str | None
    keras: str | None
    size: int
    classes: int
    products: int
    published_size: int = 224
    keras_preprocesses: bool = False  # unless told not to
    parameters = None  # libraries differ in biases that normalization removes
    takes_bytes = False

    @property
    def input(self):
        return self.size, self.size, 3

    @property
    def forward_flops(self):
        return 2 * self.products * self.size**2 / self.published_size**2

    training_flops = 0  # unknown: dense layers may take the same for pictures of any size


@dataclass
class Count:
    shape: tuple
    products: int = 0
    parameters: int = 0

    def add(self, other):
        self.products += other.products
        self.parameters += other.parameters
        return other.shape


def count(layers, shape):
    """Output shape, multiplications and trained parameters of layers in a row."""
    total = Count(shape)
    for layer in layers:
        total.shape = total.add(count_layer(layer, total.shape))
    return total


def count_layer(layer, shape):
    match layer:
        case Conv():
            outer = convolved(shape, layer)
            weights = layer.kernel**2 * shape[-1] * layer.features
            places = shape[:2] if layer.transposed else outer[:2]
            return Count(outer, prod(places) * weights, weights + layer.features * layer.bias)
        case Depthwise():
            outer = tuple(-(-size // layer.strides) for size in shape[:2]) + shape[2:]
            return Count(outer, prod(outer) * layer.kernel**2, layer.kernel**2 * shape[-1])
        case BatchNorm() | LayerNorm():
            return Count(shape, 0, 2 * shape[-1])
        case MaxPool(size, strides, padding):
            lost = 0 if padding else size - 1
            return Count(tuple(-(-(n - lost) // strides) for n in shape[:2]) + shape[2:])
        case GlobalPool(keep):
            return Count((1, 1, shape[-1]) if keep else shape[-1:])
        case Flatten():
            return Count((prod(shape),))
        case Reshape(to):
            return Count(to)
        case Dense(units, bias):
            weights = shape[-1] * units
            return Count(shape[:-1] + (units,), prod(shape[:-1]) * weights, weights + units * bias)
        case Residual(body, shortcut):
            total = count(body, shape)
            total.add(count(shortcut, shape))
            return total
        case Gate(body):
            return Count(shape, (inner := count(body, shape)).products, inner.parameters)
        case LSTM(units):
            weights = 4 * units * (shape[-1] + units)
            return Count((units,), shape[0] * weights, weights + 4 * units)
        case GRU(units):
            weights = 3 * units * (shape[-1] + units)
            return Count((units,), shape[0] * weights, weights + 6 * units)
        case SelfAttention():
            time, features = shape
            weights = 4 * features**2
            products = time * weights + 2 * time**2 * features
            return Count(shape, products, weights + 4 * features)
        case Act() | Scale():
            return Count(shape)
    raise TypeError(layer)


def input_products(layer, shape):
    """Multiplications of a layer's input by weights."""
    match layer:
        case LSTM(units):
            return shape[0] * 4 * units * shape[-1]
        case GRU(units):
            return shape[0] * 3 * units * shape[-1]
        case Residual([SelfAttention(), *_]):
            return 3 * prod(shape) * shape[-1]
        case _:
            return count([layer], shape).products


def convolved(shape, layer):
    if layer.transposed:
        sizes = [size * layer.strides for size in shape[:2]]
    else:
        lost = 0 if layer.padding else layer.kernel - 1
        sizes = [-(-(size - lost) // layer.strides) for size in shape[:2]]
    return (*sizes, layer.features)


def normalized(features, kernel, strides=1, activation="relu"):
    layers = [Conv(features, kernel, strides), BatchNorm()]
    return layers + ([Act(activation)] if activation else [])


def mlp(features=784, hidden=512):
    return Network((features,), [Dense(hidden), Act("relu"), Dense(10), Act("softmax")])


def mnist():
    return Network((784,), [Scale(), *mlp().layers])


def cnn():
    def conv(features):
        return [Conv(features, 3, bias=True, padding=False), Act("relu")]

    layers = [*conv(32), MaxPool(2, 2), *conv(64), MaxPool(2, 2), *conv(64), Flatten()]
    return Network((28, 28, 1), [*layers, Dense(64), Act("relu"), Dense(10), Act("softmax")])


def lstm():
    return Network((50, 8), [LSTM(64), Dense(10), Act("softmax")])


def gru():
    return Network((50, 8), [GRU(64), Dense(10), Act("softmax")])


def resnet(input, classes, blocks, block):
    layers = [*normalized(64, 7, 2), MaxPool(3, 2, padding=True)]
    for stage, repeats in enumerate(blocks):
        for place in range(repeats):
            layers += block(64 << stage, 2 if stage and not place else 1, place == 0)
    return Network(input, [*layers, GlobalPool(), Dense(classes), Act("softmax")])


def resnet18(input, classes):
    def block(features, strides, first):
        body = normalized(features, 3, strides) + normalized(features, 3, activation=None)
        shortcut = normalized(features, 1, strides, None) if strides > 1 else []
        return [Residual(body, shortcut), Act("relu")]

    return resnet(input, classes, [2, 2, 2, 2], block)


def resnet50(input=(224, 224, 3), classes=1000):
    def block(features, strides, first):
        body = [
            *normalized(features, 1),
            *normalized(features, 3, strides),
            *normalized(4 * features, 1, activation=None),
        ]
        shortcut = normalized(4 * features, 1, strides, None) if first else []
        return [Residual(body, shortcut), Act("relu")]

    return resnet(input, classes, [3, 4, 6, 3], block)


def mobilenet_v2(input=(224, 224, 3), classes=1000):
    layers, features = normalized(32, 3, 2, "relu6"), 32
    for expansion, outer, repeats, first_strides in [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]:  # fmt: skip
        for place in range(repeats):
            strides = first_strides if place == 0 else 1
            body = normalized(features * expansion, 1, 1, "relu6") if expansion > 1 else []
            body += [Depthwise(3, strides), BatchNorm(), Act("relu6")]
            body += normalized(outer, 1, activation=None)
            layers += [Residual(body)] if strides == 1 and features == outer else body
            features = outer
    layers += normalized(1280, 1, 1, "relu6")
    return Network(input, [*layers, GlobalPool(), Dense(classes), Act("softmax")])


def efficientnet_b0(input=(224, 224, 3), classes=1000):
    layers, features = normalized(32, 3, 2, "silu"), 32
    for expansion, outer, repeats, first_strides, kernel in [
        (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5),
        (6, 192, 4, 2, 5), (6, 320, 1, 1, 3),
    ]:  # fmt: skip
        for place in range(repeats):
            strides, wide = first_strides if place == 0 else 1, features * expansion
            body = normalized(wide, 1, 1, "silu") if expansion > 1 else []
            body += [Depthwise(kernel, strides), BatchNorm(), Act("silu")]
            squeezed = Conv(features // 4, 1, bias=True), Act("silu")
            excited = Conv(wide, 1, bias=True), Act("sigmoid")
            body += [Gate([GlobalPool(keep=True), *squeezed, *excited])]
            body += normalized(outer, 1, activation=None)
            layers += [Residual(body)] if strides == 1 and features == outer else body
            features = outer
    layers += normalized(1280, 1, 1, "silu")
    return Network(input, [*layers, GlobalPool(), Dense(classes), Act("softmax")])


def vgg16():
    layers = []
    for features, repeats in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        layers += repeats * [Conv(features, 3, bias=True), Act("relu")]
        layers.append(MaxPool(2, 2))
    layers += [Flatten(), Dense(4096), Act("relu"), Dense(4096), Act("relu")]
    return Network((224, 224, 3), [*layers, Dense(1000), Act("softmax")])


def transformer_block():
    """Attention and a feed-forward part, each with a shortcut and then normalized (Vaswani et al.
    2017), and ten classes from all places."""
    body = [
        Residual([SelfAttention(4)]), LayerNorm(),
        Residual([Dense(512), Act("relu"), Dense(128)]), LayerNorm(),
    ]  # fmt: skip
    return Network((64, 128), [*body, Flatten(), Dense(10), Act("softmax")])


NOISE = 100


def dcgan_generator():
    def up(features, strides):
        return [Conv(features, 5, strides, transposed=True), BatchNorm(), Act("leaky_relu")]

    return Network(
        (NOISE,),
        [
            Dense(7 * 7 * 256, bias=False), BatchNorm(), Act("leaky_relu"), Reshape((7, 7, 256)),
            *up(128, 1), *up(64, 2), Conv(1, 5, 2, bias=True, transposed=True), Act("tanh"),
        ],
    )  # fmt: skip


def dcgan_discriminator():
    """One logit: above 0 for a true picture."""
    return Network(
        (28, 28, 1),
        [
            Conv(64, 5, 2, bias=True), Act("leaky_relu"),
            Conv(128, 5, 2), BatchNorm(), Act("leaky_relu"), Flatten(), Dense(1),
        ],
    )  # fmt: skip
