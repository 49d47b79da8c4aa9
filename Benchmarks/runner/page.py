"""The tables of docs/performance.md, between two markers."""

import sections
from catalogue import ROWS

PAGE = "performance.md"
BEGIN = "<!-- Benchmarks/run writes from here -->"

TITLES = {
    "train": "Training, milliseconds per step",
    "infer": "Inference, milliseconds per call",
    "latency": "Latency, milliseconds",
}
NAMES = {
    "moru": "Moru", "pytorch": "PyTorch", "pytorch-compile": "torch.compile",
    "keras": "Keras/TF", "jax": "JAX", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO",
}  # fmt: skip


def number(value):
    """Three digits: 0.0123, 1.23, 12.3, 123."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.3g}" if value < 1 else f"{value:.2f}"


def percent(value):
    return "" if value is None else f"{100 * value:.0f} %"


def mebibytes(value):
    return "" if value is None else number(value / 2**20)


def bounds(row):
    """What must hold, in words."""
    parts = []
    for peer, most in ROWS[row["name"]].at_most.items():
        parts.append(f"{most:.2f}" + ("" if peer == "best" else f" of {NAMES[peer]}"))
    least = ROWS[row["name"]].ceiling_at_least
    if least is not None:
        parts.append(f"{100 * least:.0f} % of ceiling")
    return ", ".join(parts)


def holds(row):
    """Whether all bounds hold; None if there are none."""
    known = ROWS[row["name"]]
    found = []
    for peer, most in known.at_most.items():
        name = row["best_peer"] if peer == "best" else peer
        if name in row["peers"]:
            found.append(row["moru_ms"] / row["peers"][name] <= most)
    if known.ceiling_at_least is not None and row["ceiling_fraction"] is not None:
        found.append(row["ceiling_fraction"] >= known.ceiling_at_least)
    return all(found) if found else None


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def summary(rows):
    header = [
        "Row", "Moru", "best peer", "ratio", "GFLOP/s", "of ceiling", "bounds", "hold",
    ]  # fmt: skip
    has_memory = any(row["peak_bytes"] is not None for row in rows)
    if has_memory:
        header += ["of bare step", "peak MiB", "PyTorch's"]
    body = []
    for row in rows:
        best = row["best_peer"]
        cells = [
            row["name"], number(row["moru_ms"]),
            f"{NAMES[best]} {number(row['peers'][best])}" if best else "",
            f"{row['ratio']:.2f}" if best else "", number(row["gflops"]),
            percent(row["ceiling_fraction"]), bounds(row),
            {True: "yes", False: "no", None: ""}[holds(row)],
        ]  # fmt: skip
        if has_memory:
            peaks = row["peak_bytes"], row["peer_peak_bytes"].get("pytorch")
            bare = row["bare_ms"]
            cells += [f"{row['moru_ms'] / bare:.2f}" if bare else "", *map(mebibytes, peaks)]
        body.append(cells)
    return table(header, body)


def details(rows):
    programs = [name for name in NAMES if any(name in row["median_ms"] for row in rows)]
    body = []
    for row in rows:
        least = {"moru": row["moru_ms"], **row["peers"]}
        cells = [
            f"{number(least[name])} / {number(row['median_ms'][name])} / {row['spread'][name]:.2f}"
            if name in least else ""
            for name in programs
        ]  # fmt: skip
        body.append([row["name"], *cells])
    return table(["Row", *(NAMES[name] for name in programs)], body)


def line(row):
    """A row in short, for those who watch."""
    times = {"moru": row["moru_ms"], **row["peers"]}
    found = ", ".join(f"{name} {number(value)}" for name, value in times.items())
    ratio = "" if row["ratio"] is None else f", ratio {row['ratio']:.2f}"
    return f"{found}{ratio}, {percent(row['ceiling_fraction'])} of ceiling"


def text(results):
    """Everything between the markers."""
    rows = results["rows"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    parts = [
        f"{results['machine']}. Ceiling: {number(results['ceiling_gflops'])} GFLOP/s in products "
        f"of Float32 matrices. Measured {results['date']} ({results['mode']}) beside {versions}."
    ]
    for kind, title in TITLES.items():
        if own := [row for row in rows if row["kind"] == kind]:
            parts += [f"## {title}", summary(own)]
    parts.append("## Every program")
    parts.append("Least, median, and how far the rounds' minima lie apart (greatest over least).")
    for kind, title in TITLES.items():
        if own := [row for row in rows if row["kind"] == kind]:
            parts += [f"### {title}", details(own)]
    return "\n\n".join(parts)


def write(results):
    sections.replace(PAGE, BEGIN, text(results))
