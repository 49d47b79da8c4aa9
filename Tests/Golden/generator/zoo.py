"""Known networks as Keras Applications and torchvision build them: what they make of a picture with
weights that both sides compute from names, so that no weights are committed, and how many weights they
have.

Networks are drawn at their full width on small pictures and end in scores of ten classes.
"""

import torchvision  # first: both bring an LLVM of their own
import keras
import numpy as np
import torch
from keras.src.applications import imagenet_utils
from torch.nn import functional

from .files import Case, require_agreement

CLASSES = 10
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def uniform(name, count):
    """`count` numbers from 0 to 1 that depend on the name alone: SplitMix64 from the name's FNV-1a
    hash, the upper 24 bits of each."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN_RATIO)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**24


def values(name, shape, fan_in, gain=2):
    """A weight; `fan_in` is 0 for what is no kernel.

    - gain: how many times the variance of a kernel's input its output has. Two keeps signals in size
      through ReLU; in deep residual networks, which add to them, they would grow until gates flip at
      every rounding.
    """
    numbers = 2 * uniform(name, int(np.prod(shape))) - 1
    last = name.split("/")[-1].split(".")[-1]
    if fan_in:
        numbers *= np.sqrt(3 * gain / fan_in)
    elif last in ("moving_variance", "running_var"):
        numbers = 1 + numbers / 2
    elif last in ("gamma", "weight", "layer_scale"):
        numbers = 1 + numbers / 4
    else:
        numbers /= 10
    return numbers.astype(np.float32).astype(np.float64).reshape(shape)


def keras_fan_in(shape):
    if len(shape) < 2:
        return 0
    depthwise = len(shape) == 4 and shape[3] == 1
    return int(np.prod(shape[:2] if depthwise else shape[:-1]))


def keras_name(weight):
    """`layer/weight`: of layers in layers the innermost. Keras leaves factors of layers unnamed and
    numbers them."""
    layer, name = weight.path.split("/")[-2:]
    return f"{layer}/gamma" if name.startswith("variable") else f"{layer}/{name}"


def picture(shape):
    return (2 * uniform("picture", int(np.prod(shape))) - 1).astype(np.float32).reshape(shape)


GATED = {"EfficientNetV2S": 0.5, "MobileNetV2": 1, "MobileNetV3Large": 1}


def fill_keras(model, gain=2):
    for weight in model.weights:
        name = keras_name(weight)
        if not name.startswith("normalization/"):
            weight.assign(values(name, weight.shape, keras_fan_in(weight.shape), gain))


def keras_case(kind, size, factor=1, **options):
    """Scores of a network of Keras's.

    - factor: what the picture is multiplied by, where the network divides it.
    """
    shape = [size, size, 3]
    model = getattr(keras.applications, kind)(
        weights=None, input_shape=shape, classes=CLASSES, classifier_activation=None, **options
    )
    gain = GATED.get(kind, 2)
    fill_keras(model, gain)
    scores = model(factor * picture(shape)[None].astype(np.float64), training=False)
    description = {"class_name": kind, "config": {"definition": "keras", "size": size, "gain": gain}}
    return Case(
        f"zoo/{kind}.keras.safetensors", description, {"scores": scores.numpy().astype(np.float64)}
    )


def torch_case(kind, constructor, size, **options):
    """Scores of a network of torchvision's; its tensors count from their own names and shapes."""
    shape = [size, size, 3]
    model = getattr(torchvision.models, constructor)(
        weights=None, num_classes=CLASSES, **options
    ).eval()
    gain = GATED.get(kind, 2)
    state = {
        name: torch.tensor(torch_values(name, tensor.shape, gain))
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    model.load_state_dict(state, strict=False)
    with torch.no_grad():
        scores = model(torch.tensor(picture(shape)).double().permute(2, 0, 1)[None])
    description = {
        "class_name": kind,
        "config": {
            "definition": "torchvision", "size": size, "tensors": len(state), "gain": gain
        },
    }
    return Case(f"zoo/{kind}.torchvision.safetensors", description, {"scores": scores.numpy()})


def torch_values(name, shape, gain):
    is_kernel = name.split(".")[-1] in ("weight", "in_proj_weight") and len(shape) >= 2
    return values(name, tuple(shape), int(np.prod(shape[1:])) if is_kernel else 0, gain)


def paper_case(kind, model, batch, expected):
    """Scores of a network that neither library has, drawn here with Keras's layers and, as a check, with
    PyTorch's."""
    fill_keras(model)
    scores = model(batch, training=False).numpy().astype(np.float64)
    weights = {keras_name(weight): torch.tensor(weight.numpy()) for weight in model.weights}
    require_agreement(kind, scores, expected(weights, torch.tensor(batch)).numpy())
    description = {"class_name": kind, "config": {"definition": "paper", "shape": batch.shape[1:]}}
    return Case(f"zoo/{kind}.paper.safetensors", description, {"scores": scores})


def torch_kernel(weights, layer):
    return weights[f"{layer}/kernel"].permute(3, 2, 0, 1), weights[f"{layer}/bias"]


def lenet():
    layers = keras.layers
    start = keras.Input([32, 32, 1])
    x = layers.Conv2D(6, 5, activation="tanh", name="c1")(start)
    x = layers.AveragePooling2D(2, name="s2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = layers.AveragePooling2D(2, name="s4")(x)
    x = layers.Dense(120, activation="tanh", name="c5")(layers.Flatten()(x))
    x = layers.Dense(84, activation="tanh", name="f6")(x)
    return keras.Model(start, layers.Dense(CLASSES, name="predictions")(x))


def torch_lenet(weights, batch):
    x = batch.permute(0, 3, 1, 2)
    for layer in ["c1", "c3"]:
        x = functional.avg_pool2d(functional.conv2d(x, *torch_kernel(weights, layer)).tanh(), 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    for layer in ["c5", "f6", "predictions"]:
        x = x @ weights[f"{layer}/kernel"] + weights[f"{layer}/bias"]
        x = x if layer == "predictions" else x.tanh()
    return x


def unet(size):
    layers = keras.layers

    def twice(x, filters, name):
        for number in [1, 2]:
            x = layers.Conv2D(
                filters, 3, padding="same", activation="relu", name=f"{name}_conv{number}"
            )(x)
        return x

    start = x = keras.Input([size, size, 1])
    kept = []
    for level in range(4):
        x = twice(x, 64 << level, f"down{level + 1}")
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = twice(x, 1024, "bottom")
    for level in reversed(range(4)):
        name = f"up{level + 1}"
        x = layers.Conv2DTranspose(64 << level, 2, strides=2, name=f"{name}_transpose")(x)
        x = twice(layers.Concatenate()([kept[level], x]), 64 << level, name)
    return keras.Model(start, layers.Conv2D(2, 1, name="predictions")(x))


def torch_unet(weights, batch):
    def twice(x, name):
        for number in [1, 2]:
            x = functional.conv2d(x, *torch_kernel(weights, f"{name}_conv{number}"), padding=1).relu()
        return x

    x, kept = batch.permute(0, 3, 1, 2), []
    for level in range(4):
        x = twice(x, f"down{level + 1}")
        kept.append(x)
        x = functional.max_pool2d(x, 2)
    x = twice(x, "bottom")
    for level in reversed(range(4)):
        name = f"up{level + 1}"
        kernel, bias = torch_kernel(weights, f"{name}_transpose")
        x = functional.conv_transpose2d(x, kernel, bias, stride=2)
        x = twice(torch.cat([kept[level], x], 1), name)
    return functional.conv2d(x, *torch_kernel(weights, "predictions")).permute(0, 2, 3, 1)


GPT_STEPS, GPT_TOKENS = 12, 10


def gpt_case():
    """The small GPT as PyTorch's encoder of blocks that normalize first, under a causal mask. Its
    tensors have our paths for names, so that both sides make the same numbers."""
    features, heads, blocks = 384, 6, 6
    layer = torch.nn.TransformerEncoderLayer(
        features, heads, 4 * features, 0.0, "gelu", batch_first=True, norm_first=True
    )
    norm = torch.nn.LayerNorm(features)
    encoder = torch.nn.TransformerEncoder(layer, blocks, norm, enable_nested_tensor=False).eval()

    def ours(path, shape, fan_in=None):
        fan_in = keras_fan_in(shape) if fan_in is None else fan_in
        return torch.tensor(values(path, shape, fan_in))

    state = {"norm.weight": ours("norm/gamma", [features]), "norm.bias": ours("norm/beta", [features])}
    for place in range(blocks):
        name, inner = f"block{place + 1}", f"layers.{place}"
        parts = {"weight": [], "bias": []}
        for part in ["query", "key", "value"]:
            kernel = ours(f"{name}_attention/{part}_kernel", [features, heads, features // heads])
            parts["weight"].append(kernel.reshape(features, features).T)
            bias = ours(f"{name}_attention/{part}_bias", [heads, features // heads])
            parts["bias"].append(bias.flatten())
        for part, pieces in parts.items():
            state[f"{inner}.self_attn.in_proj_{part}"] = torch.cat(pieces)
        out = ours(f"{name}_attention/output_kernel", [heads, features // heads, features])
        state[f"{inner}.self_attn.out_proj.weight"] = out.reshape(features, features).T
        state[f"{inner}.self_attn.out_proj.bias"] = ours(f"{name}_attention/output_bias", [features])
        for number in [1, 2]:
            state[f"{inner}.norm{number}.weight"] = ours(f"{name}_norm_{number}/gamma", [features])
            state[f"{inner}.norm{number}.bias"] = ours(f"{name}_norm_{number}/beta", [features])
        for number, part, shape in [
            (1, "hidden", [features, 4 * features]), (2, "output", [4 * features, features])
        ]:  # fmt: skip
            state[f"{inner}.linear{number}.weight"] = ours(f"{name}_{part}/kernel", shape).T
            state[f"{inner}.linear{number}.bias"] = ours(f"{name}_{part}/bias", shape[1:])
    encoder.load_state_dict(state)

    tokens = np.arange(GPT_STEPS) * 7 % GPT_TOKENS
    table = ours("tokens/embeddings", [GPT_TOKENS, features])
    x = table[tokens] + ours("positions/embeddings", [GPT_STEPS, features])
    mask = torch.nn.Transformer.generate_square_subsequent_mask(GPT_STEPS, dtype=torch.float64)
    with torch.no_grad():
        seen = encoder(x[None], mask=mask, is_causal=True)
        scores = seen @ ours("predictions/kernel", [features, GPT_TOKENS])
    description = {"class_name": "GPTSmall", "config": {"definition": "paper", "shape": [GPT_STEPS]}}
    tensors = {"scores": scores.numpy(), "input": tokens[None].astype(np.int32)}
    return Case("zoo/GPTSmall.paper.safetensors", description, tensors)


KERAS = {
    "VGG16": 32, "InceptionV3": 75, "ResNet50": 64, "ResNet50V2": 64, "Xception": 71,
    "MobileNet": 75, "MobileNetV2": 75, "MobileNetV3Small": 75, "MobileNetV3Large": 64,
    "DenseNet121": 64, "EfficientNetB0": 75, "EfficientNetB1": 64, "EfficientNetV2S": 64,
    "ConvNeXtTiny": 64,
}  # fmt: skip

TORCHVISION = {
    "AlexNet": ("alexnet", 64), "VGG16": ("vgg16", 32), "InceptionV3": ("inception_v3", 75),
    "ResNet18": ("resnet18", 64), "ResNet50": ("resnet50", 64), "MobileNetV2": ("mobilenet_v2", 64),
    "MobileNetV3Small": ("mobilenet_v3_small", 64), "MobileNetV3Large": ("mobilenet_v3_large", 64),
    "SqueezeNet": ("squeezenet1_0", 64), "SqueezeNet1_1": ("squeezenet1_1", 75),
    "DenseNet121": ("densenet121", 64), "EfficientNetB0": ("efficientnet_b0", 64),
    "EfficientNetB5": ("efficientnet_b5", 32), "EfficientNetV2S": ("efficientnet_v2_s", 64),
    "ConvNeXtTiny": ("convnext_tiny", 64),
}  # fmt: skip


def vit_case(kind, heads, features):
    build = torchvision.models.vision_transformer.VisionTransformer
    torchvision.models.__dict__["vit"] = lambda weights, num_classes, **options: build(
        num_classes=num_classes, **options
    )
    return torch_case(
        kind, "vit", 48, image_size=48, patch_size=16, num_layers=12, num_heads=heads,
        hidden_dim=features, mlp_dim=4 * features,
    )  # fmt: skip


def keras_counts(kind):
    """Numbers that gradients change, and others; statistics of the pixels are left out, which are no
    weights of ours."""
    model = getattr(keras.applications, kind)(weights=None)

    def count(weights):
        return sum(
            int(np.prod(weight.shape))
            for weight in weights
            if not keras_name(weight).startswith("normalization/")
        )

    return count(model.trainable_weights), count(model.non_trainable_weights)


def counts():
    """How many weights every network has at its published size, and torchvision's figure of 10⁶
    multiply-adds."""
    keras_kinds = [
        "VGG16", "VGG19", "InceptionV3", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2",
        "ResNet101V2", "ResNet152V2", "Xception", "MobileNet", "MobileNetV2", "MobileNetV3Small",
        "MobileNetV3Large", "DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetV2S",
        "ConvNeXtTiny", *(f"EfficientNetB{number}" for number in range(8)),
    ]  # fmt: skip
    torch_kinds = {
        "alexnet": "AlexNet", "vgg16": "VGG16", "vgg19": "VGG19", "inception_v3": "InceptionV3",
        "resnet18": "ResNet18", "resnet34": "ResNet34", "resnet50": "ResNet50",
        "resnet101": "ResNet101", "resnet152": "ResNet152", "mobilenet_v2": "MobileNetV2",
        "mobilenet_v3_small": "MobileNetV3Small", "mobilenet_v3_large": "MobileNetV3Large",
        "squeezenet1_0": "SqueezeNet", "squeezenet1_1": "SqueezeNet1_1",
        "densenet121": "DenseNet121", "densenet169": "DenseNet169", "densenet201": "DenseNet201",
        "efficientnet_v2_s": "EfficientNetV2S", "convnext_tiny": "ConvNeXtTiny",
        "vit_b_16": "ViT_B16",
        **{f"efficientnet_b{number}": f"EfficientNetB{number}" for number in range(8)},
    }  # fmt: skip
    tensors = {}
    for kind in keras_kinds:
        tensors[f"keras.{kind}"] = np.array(keras_counts(kind), np.int32)
        keras.backend.clear_session()
    for constructor, kind in torch_kinds.items():
        meta = torchvision.models.get_model_weights(constructor).IMAGENET1K_V1.meta
        parameters, operations = meta["num_params"], round(1000 * meta["_ops"])
        tensors[f"torchvision.{kind}"] = np.array([parameters, operations], np.int32)
    return Case("zoo/counts.safetensors", {"class_name": "counts", "config": {}}, tensors)


def preprocessed():
    """A picture of bytes as `preprocess_input` leaves it in each of its modes."""
    bytes_ = np.floor(256 * uniform("bytes", 4 * 5 * 3)).reshape(1, 4, 5, 3)
    tensors = {"input": bytes_}
    for mode in ["caffe", "tf", "torch"]:
        tensors[mode] = imagenet_utils.preprocess_input(bytes_.copy(), mode=mode).astype(np.float64)
    return Case("zoo/preprocessing.safetensors", {"class_name": "preprocessing", "config": {}}, tensors)


def cases():
    keras.backend.clear_session()
    for kind, size in KERAS.items():
        # These divide by 255 themselves, whatever they are told.
        factor = 255 if kind.startswith("EfficientNetB") else 1
        has_option = kind.startswith(("MobileNetV3", "EfficientNetV2", "ConvNeXt"))
        yield keras_case(kind, size, factor, **({"include_preprocessing": False} if has_option else {}))
        keras.backend.clear_session()
    for kind, (constructor, size) in TORCHVISION.items():
        options = {"aux_logits": True, "init_weights": False} if kind == "InceptionV3" else {}
        yield torch_case(kind, constructor, size, **options)
    yield vit_case("ViT_S16", 6, 384)
    yield vit_case("ViT_B16", 12, 768)
    yield paper_case("LeNet5", lenet(), picture([32, 32, 1])[None].astype(np.float64), torch_lenet)
    yield paper_case("UNet", unet(32), picture([32, 32, 1])[None].astype(np.float64), torch_unet)
    yield gpt_case()
    yield preprocessed()
    yield counts()
