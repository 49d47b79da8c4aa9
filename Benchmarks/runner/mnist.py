"""Measures the MNIST recipes: Moru, Keras and PyTorch in turn, seed by seed, and writes
docs/results.md and Benchmarks/results/mnist.json.

    Benchmarks/mnist --data DIR [--seeds N]
    python3 Benchmarks/runner/mnist.py --table    # writes the page again from the figures that are there
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import sections

ROOT = Path(__file__).resolve().parents[2]
RECIPES = {"mlp": "MLP 784-512-10, RMSprop, batch 128", "cnn": "CNN, Adam with cosine decay, batch 64"}
PROGRAMS = ["moru", "keras", "pytorch"]
RESULTS = ROOT / "Benchmarks/results/mnist.json"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def run(program, recipe, seed, options):
    if program == "moru":
        with tempfile.TemporaryDirectory() as workspace:
            command = [
                options.moru, "train", ROOT / f"Examples/mnist_{recipe}.yaml", "--data", options.data,
                "--workspace", workspace, "--seed", str(seed), "--json",
            ]  # fmt: skip
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    else:
        script = ROOT / f"Benchmarks/peers/mnist_{program}.py"
        command = [sys.executable, script, recipe, "--data", options.data, "--seed", str(seed), "--json"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(output.strip().splitlines()[-1])
    seconds = result["seconds_per_epoch"]
    seconds = seconds if isinstance(seconds, list) else [seconds]
    return {
        "program": program, "recipe": recipe, "seed": seed,
        "accuracy": result["test"]["accuracy"],
        # The least of the epochs' times where each is told: the first may hold some compiling.
        "seconds_per_epoch": min(seconds),
        "versions": result.get("versions", {}),
    }  # fmt: skip


def table(rows, recipe, seeds):
    lines = [
        "| | " + " | ".join(f"seed {seed}" for seed in seeds) + " | median | seconds per epoch |",
        "|---|" + "---|" * (len(seeds) + 2),
    ]
    for program in PROGRAMS:
        own = [row for row in rows if row["program"] == program and row["recipe"] == recipe]
        accuracies = [row["accuracy"] for row in own]
        times = [row["seconds_per_epoch"] for row in own]
        name = {"moru": "**Moru**", "keras": "Keras (TensorFlow)", "pytorch": "PyTorch"}[program]
        lines.append(
            f"| {name} | " + " | ".join(f"{accuracy:.4f}" for accuracy in accuracies)
            + f" | **{statistics.median(accuracies):.4f}**"
            + f" | {min(times):.2f} (median {statistics.median(times):.2f}, most {max(times):.2f}) |"
        )  # fmt: skip
    return "\n".join(lines)


def measure(options):
    rows = []
    for recipe in RECIPES:
        for seed in range(options.seeds):
            for program in PROGRAMS:
                rows.append(run(program, recipe, seed, options))
                print(json.dumps(rows[-1]), file=sys.stderr)
    versions = {}
    for row in rows:
        versions.update(row["versions"])
    machine = f"{processor()}, {os.cpu_count()} processors"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps({"machine": machine, "versions": versions, "rows": rows}, indent=1) + "\n"
    )


def write_page():
    results = json.loads(RESULTS.read_text())
    rows = results["rows"]
    seeds = sorted({row["seed"] for row in rows})
    named = ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items()))
    parts = [
        "## MNIST beside Keras and PyTorch",
        "",
        "`Benchmarks/mnist --data DIR` runs the three programs in turn, seed by seed.",
        "",
        f"Machine: {results['machine']}. Peers: {named}.",
        "",
        "Test accuracy on MNIST's 10,000 test pictures after 5 epochs on all 60,000 training pictures.",
        "Seconds per epoch: over the seeds the least, the median and the most. For Keras and PyTorch a",
        "run counts with its fastest epoch, for Moru with the mean of its five.",
    ]
    for recipe, title in RECIPES.items():
        parts += ["", f"### {title}", "", table(rows, recipe, seeds)]
    sections.write_result("mnist", "\n".join(parts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--moru")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if not options.table:
        if not (options.data and options.moru):
            parser.error("--data and --moru are needed to measure")
        measure(options)
    write_page()


if __name__ == "__main__":
    main()
