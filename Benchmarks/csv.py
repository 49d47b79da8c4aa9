"""Measures reading CSV files into memory: Moru, Polars and pandas, in turn, on one processor or two.

Usage: Benchmarks/csv.py PROGRAM [ROUNDS]
PROGRAM is the built .build/release/CSVBenchmark; ROUNDS how often each reads each file (5).
Needs pandas and Polars.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROUNDS = 5


def make(folder):
    """Four files of about 60 MB: measurements, whole numbers, Korean words, and texts of their own."""
    random = np.random.default_rng(6)
    rows = 200_000
    floats = random.normal(size=(rows, 16))
    np.savetxt(folder / "reals.csv", floats, delimiter=",", fmt="%.17g", comments="",
               header=",".join(f"x{i}" for i in range(16)))
    np.savetxt(folder / "sensors.csv", floats * 100, delimiter=",", fmt="%.3f", comments="",
               header=",".join(f"x{i}" for i in range(16)))
    whole = random.integers(-1000, 1_000_000, (400_000, 20))
    np.savetxt(folder / "whole.csv", whole, delimiter=",", fmt="%d", comments="",
               header=",".join(f"n{i}" for i in range(20)))
    words = ["정상", "긁힘", "찍힘", "변색", "bent", "scratch", "서울특별시", "부산광역시"]
    with open(folder / "mixed.csv", "w") as file:
        file.write("번호,공정,결함,도시,온도,압력,메모\n")
        city = random.integers(0, 8, (800_000, 3))
        number = random.normal(size=(800_000, 2))
        for i, ((a, b, c), (t, p)) in enumerate(zip(city, number)):
            memo = f'"lot {i}, line {a}"' if i % 3 else ""
            file.write(f"{i},{words[a]},{words[b]},{words[c]},{t:.4f},{p:.6f},{memo}\n")


PEERS = {
    "polars": "import polars, sys; read = lambda f: polars.read_csv(f, infer_schema_length=10_000)",
    "pandas": "import pandas, sys; read = lambda f: pandas.read_csv(f)",
}
LOOP = """
import time
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    table = read(sys.argv[1])
    print(time.perf_counter() - start, table.shape[0] * table.shape[1])
"""


def measure(command, file, processors):
    environment = os.environ | {"POLARS_MAX_THREADS": str(len(processors.split(",")))}
    result = subprocess.run(
        ["taskset", "-c", processors, *command, str(file), str(ROUNDS)], env=environment,
        stdout=subprocess.PIPE, text=True, check=True,
    )
    lines = [line.split() for line in result.stdout.splitlines()]
    return [float(seconds) for seconds, _ in lines], {cells for _, cells in lines}


def main():
    global ROUNDS
    program = sys.argv[1]
    ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    readers = {"moru": [program]}
    readers |= {name: [sys.executable, "-c", code + LOOP] for name, code in PEERS.items()}
    print("file         processors  reader  seconds (median, spread)     MB/s  moru is faster by")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make(folder)
        for file in sorted(folder.iterdir()):
            for processors in ("0", "0,1"):
                medians, cells = {}, set()
                for name, command in readers.items():
                    seconds, found = measure(command, file, processors)
                    cells |= found
                    medians[name] = statistics.median(seconds)
                    rate = file.stat().st_size / medians[name] / 1e6
                    ratio = medians[name] / medians["moru"]
                    print(f"{file.name:12} {processors:10}  {name:7} {medians[name]:8.3f}"
                          f"  ({min(seconds):.3f}–{max(seconds):.3f})  {rate:8.0f}"
                          f"  {'' if name == 'moru' else f'{ratio:.2f} ×'}", flush=True)
                assert len(cells) == 1, "the readers found different numbers of cells"


if __name__ == "__main__":
    main()
