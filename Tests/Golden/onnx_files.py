"""Models in ONNX's format, what ONNX itself says of operators, and ONNX Runtime on what Moru wrote.

python onnx_files.py             write onnx/: NAME.onnx as PyTorch and ONNX's helpers make them, and what
                                 ONNX Runtime predicts with them in NAME.safetensors
python onnx_files.py nodes DIR   write the node tests of the onnx package into a folder: NAME.onnx, values
                                 in NAME.safetensors and a list, cases.tsv
python onnx_files.py check DIR   run each model in a folder with ONNX Runtime and compare its predictions
                                 with those in NAME.safetensors

Node tests of operator sets before 13 and after 21 are taken to 13 and 21 where ONNX's own checker accepts
them there: most later sets add only element types.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx

FOLDER = Path(__file__).resolve().parent / "onnx"
KNOWN = {
    np.dtype(kind) for kind in ("float32", "float64", "int32", "int64", "int8", "uint8", "bool", "float16")
}


def in_range(model):
    """The model within operator sets 13 to 21, or None."""
    standard = [entry for entry in model.opset_import if entry.domain == ""]
    if not standard or len(standard) != len(model.opset_import):
        return None
    model.ir_version = min(model.ir_version, 10)
    version = standard[0].version
    moved = min(max(version, 13), 21)
    if moved != version:
        standard[0].version = moved
        try:
            onnx.checker.check_model(model)
        except Exception:
            return None
    return model


def arrays_of(values):
    """Values as arrays, also those that come as messages."""
    return [
        onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
        for value in values
    ]


def nodes(folder):
    warnings.filterwarnings("ignore")
    from onnx.backend.test.case.node import collect_testcases
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for case in collect_testcases(None):
        operators = sorted({node.op_type for node in case.model.graph.node})
        operator = next((o for o in operators if o.lower() in case.name.lower()), operators[0])
        if case.name.endswith("_expanded") or "_expanded_" in case.name:
            operator = "(functions expanded)"
        model = in_range(case.model)
        if model is None:
            continue
        inputs, outputs = case.data_sets[0]
        inputs, outputs = arrays_of(inputs), arrays_of(outputs)
        values = inputs + outputs
        reason = ""
        if not all(isinstance(value, (np.ndarray, np.generic)) for value in values):
            reason = "values that are no arrays"
        elif not all(np.asarray(value).dtype in KNOWN for value in values):
            kinds = {str(np.asarray(v).dtype) for v in values if np.asarray(v).dtype not in KNOWN}
            reason = "elements of the type " + ", ".join(sorted("text" if k[0] in "<O" or k == "object" else k for k in kinds))
        else:
            onnx.save(model, folder / f"{case.name}.onnx")
            arrays = {f"input.{i}": np.asarray(v) for i, v in enumerate(inputs)}
            arrays |= {f"output.{i}": np.asarray(v) for i, v in enumerate(outputs)}
            arrays = {k: v.astype(np.float32) if v.dtype == np.float16 else v for k, v in arrays.items()}
            save_file({k: np.array(v, order="C") for k, v in arrays.items()}, folder / f"{case.name}.safetensors")
        half = any(getattr(v, "dtype", None) == np.float16 for v in values)
        tolerance = max(case.rtol, 5e-3 if half else 0)
        lines.append("\t".join([case.name, operator, str(tolerance), str(max(case.atol, 2e-3 if half else 0)), reason]))
    (folder / "cases.tsv").write_text("\n".join(sorted(lines)) + "\n")


def check(folder):
    import onnxruntime
    from safetensors.numpy import load_file

    onnxruntime.set_default_logger_severity(3)
    for path in sorted(folder.glob("*.onnx")):
        try:
            onnx.checker.check_model(str(path))
            values = load_file(folder / f"{path.stem}.safetensors")
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
            feed = {x.name: values[f"input.{i}"] for i, x in enumerate(session.get_inputs())}
            worst = 0.0
            for i, found in enumerate(session.run(None, feed)):
                wanted = values[f"output.{i}"]
                assert found.shape == wanted.shape, (found.shape, wanted.shape)
                assert found.dtype == wanted.dtype, (found.dtype, wanted.dtype)
                scale = max(np.abs(wanted.astype(np.float64)).max(), 1e-30)
                worst = max(worst, float(np.abs(found.astype(np.float64) - wanted).max() / scale))
            print(path.name, worst, sep="\t")
        except Exception as error:
            print(path.name, str(error).replace("\n", " ").replace("\t", " ")[:400], sep="\t")


def modules():
    import torch
    from torch import nn

    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(11, 6)
            self.lstm = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
            self.head = nn.Linear(10, 3)

        def forward(self, x):
            return torch.softmax(self.head(self.lstm(self.embed(x))[0][:, -1]), -1)

    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(4, 5, num_layers=2, batch_first=True)

        def forward(self, x):
            return self.gru(x)[0].mean(1)

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
            self.second = nn.Conv2d(8, 8, 3, padding=1, groups=4)
            self.skip = nn.Conv2d(3, 8, 1, stride=2)
            self.head = nn.Linear(8, 4)

        def forward(self, x):
            y = torch.relu(self.second(torch.relu(self.first(x))) + self.skip(x))
            y = nn.functional.max_pool2d(y, 3, 2, 1)
            y = nn.functional.interpolate(y, scale_factor=2, mode="bilinear")
            return torch.softmax(self.head(y.mean((2, 3))), -1)

    class Shapes(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1)

        def forward(self, x):
            y = nn.functional.pad(self.up(x), (1, 0, 2, 1))
            y = y.view(y.size(0), y.size(1), -1).permute(0, 2, 1)
            return torch.cat([y.max(1).values, y.std(1), nn.functional.gelu(y[:, 3])], 1)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(8)
            self.parts = nn.Linear(8, 24)
            self.out = nn.Linear(8, 8)

        def forward(self, x):
            batch, time, _ = x.shape
            parts = self.parts(self.norm(x)).view(batch, time, 3, 2, 4).permute(2, 0, 3, 1, 4)
            q, k, v = parts[0], parts[1], parts[2]
            scores = q @ k.transpose(-1, -2) / 2.0
            later = torch.ones(time, time).triu(1).bool()
            mixed = torch.softmax(scores.masked_fill(later, -1e9), -1) @ v
            return x + self.out(mixed.transpose(1, 2).reshape(batch, time, 8))

    mlp = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 3))
    cnn = nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.ReLU(), nn.AvgPool2d(2, ceil_mode=True), nn.Hardswish(),
        nn.Conv2d(6, 4, 3, dilation=2), nn.Flatten(), nn.Linear(4, 2), nn.Sigmoid())
    numbers = lambda *shape: torch.randn(*shape)
    return {
        "mlp": (mlp, numbers(2, 5), True),
        "cnn": (cnn, numbers(2, 1, 12, 12), True),
        "lstm": (Last(), torch.randint(0, 11, (2, 6)), True),
        "gru": (Gated(), numbers(2, 6, 4), True),
        "residual": (Residual(), numbers(2, 3, 10, 10), True),
        "shapes": (Shapes(), numbers(1, 2, 5, 4), False),
        "attention": (Block(), numbers(2, 5, 8), True),
    }


def write():
    """PyTorch's models, with a symbolic batch size or for one sample, and what ONNX Runtime says."""
    import onnxruntime
    import torch
    from safetensors.numpy import save_file

    warnings.filterwarnings("ignore")
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(3)
    for name, (module, sample, is_open) in modules().items():
        path = FOLDER / f"{name}.onnx"
        module.eval()
        axes = {"x": {0: "batch"}, "y": {0: "batch"}} if is_open else None
        torch.onnx.export(
            module, sample, str(path), dynamo=False, opset_version=17, input_names=["x"],
            output_names=["y"], dynamic_axes=axes)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        batch = [sample.numpy()] if is_open else [torch.randn_like(sample).numpy() for _ in range(3)]
        outputs = [session.run(None, {"x": x})[0] for x in batch]
        save_file(
            {"input.0": np.concatenate(batch), "output.0": np.concatenate(outputs)},
            FOLDER / f"{name}.safetensors")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        write()
    if len(sys.argv) == 3 and sys.argv[1] == "nodes":
        nodes(Path(sys.argv[2]))
    elif len(sys.argv) == 3 and sys.argv[1] == "check":
        check(Path(sys.argv[2]))
