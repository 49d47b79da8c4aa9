"""Makes a CSV file of 5 GB, streams it with Moru, and prints time and the most memory that was in use.

Usage: Benchmarks/large_csv.py PROGRAM FOLDER [GIGABYTES]
PROGRAM is the built .build/release/CSVBenchmark. The file is removed afterwards.
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np


def make(path, byte_count):
    """Measurements with a class and a remark; the same block of 100,000 rows again and again."""
    random = np.random.default_rng(7)
    words = ["정상", "긁힘", "찍힘", "변색"]
    block = "".join(
        f"{i},{','.join(f'{v:.5f}' for v in random.normal(size=8))},{words[i % 4]},"
        + (f'"lot {i}, 비고"' if i % 5 == 0 else "") + "\n"
        for i in range(100_000)
    ).encode()
    with open(path, "wb") as file:
        file.write(("번호," + ",".join(f"x{i}" for i in range(8)) + ",결함,메모\n").encode())
        while file.tell() < byte_count:
            file.write(block)


def main():
    program, folder = sys.argv[1:3]
    gigabytes = float(sys.argv[3]) if len(sys.argv) > 3 else 5
    path = Path(folder) / "large.csv"
    try:
        make(path, gigabytes * 1e9)
        output = subprocess.run(
            [program, path], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.split()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        print(f"{path.stat().st_size / 1e9:.2f} GB, {output[1]} cells, {float(output[0]):.1f} s, "
              f"{peak / 1e6:.0f} MB of memory at most")
    finally:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
