"""Measures work on data - tables, pictures, figures, learners - beside its peers, on one processor and on
all, and writes results/throughput.json and the tables of docs/performance.md.

    Benchmarks/throughput [--only NAME…] [--rounds N] [--seconds S] [--cifar10 DIR]
    Benchmarks/throughput --table    # writes the tables again from the figures that are there

Programs take turns, round after round; times are the least of all rounds. A ratio is the best peer's time
over Moru's: above 1 Moru is faster. Each number of processors has processes of its own, which may run
on those only and are told so by OMP_NUM_THREADS and the like; malloc keeps large blocks in all of them.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(BENCHMARKS / "peers")]

import json_file
import machine
import throughput
import throughput_page
from workers import TUNED_MALLOC, Worker, WorkerError

RESULTS = BENCHMARKS / "results/throughput.json"
# Between two programs: longer than threads of any of them spin after their work.
SETTLING_SECONDS = 0.25
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"]
PEERS = [
    "scikit-learn", "polars", "pandas", "opencv-python-headless", "pillow", "torchvision", "torch",
    "numpy", "scipy",
]  # fmt: skip


def parse_options():
    parser = argparse.ArgumentParser(prog="Benchmarks/throughput", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="NAME",
        help="measure rows whose names begin so, and keep the other rows of the results",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a program in a round")
    parser.add_argument("--processors", type=int, nargs="+", help="default: 1 and all")
    parser.add_argument(
        "--cifar10", type=os.path.abspath, metavar="DIR", help="holds train/CLASS/*.jpg"
    )
    parser.add_argument("--list", action="store_true", help="print the rows' names")
    parser.add_argument("--table", action="store_true", help="write the page from the results")
    parser.add_argument("--output", type=Path, default=RESULTS, help="default: %(default)s")
    parser.add_argument("--moru", type=os.path.abspath, help=argparse.SUPPRESS)
    options = parser.parse_args()
    rows = throughput.rows()
    options.rows = [
        row for row in rows.values()
        if any(row.name.lower().startswith(name.lower()) for name in options.only or [""])
        and (options.cifar10 or not row.needs_cifar10)
    ]  # fmt: skip
    if not options.rows:
        parser.error("no row begins so, or it needs --cifar10; --list prints them")
    if options.cifar10:
        os.environ["MORU_BENCHMARK_CIFAR10"] = options.cifar10
    if options.processors is None:
        options.processors = sorted({1, len(os.sched_getaffinity(0))})
    return options


def start(name, options, processors, folder):
    """A program that has `processors` processors."""
    environment = TUNED_MALLOC | {key: str(processors) for key in THREADS}
    environment["MORU_BENCHMARK_DATA"] = str(folder)
    return Worker(
        name, options.moru, environment=environment,
        script=None if name == "moru" else ["throughput_worker.py", name],
        processors=sorted(os.sched_getaffinity(0))[:processors],
    )  # fmt: skip


def measure(row, options, processors, folder):
    """Each program's times of all rounds, in milliseconds, by name."""
    workers, figures, rounds = {}, {}, {}
    for name in ["moru", *row.peers]:
        workers[name] = start(name, options, processors, folder)
        try:
            figures[name] = workers[name].ask("prepare", row=row.name)["figure"]
            rounds[name] = []
        except WorkerError as error:
            print(f"  {error}", file=sys.stderr)
    for name, figure in figures.items():
        own = figures.get("moru", figure)
        if not abs(figure - own) <= row.tolerance * abs(own):
            print(
                f"  {row.name}: Moru comes to {own:.9g}, {name} to {figure:.9g}", file=sys.stderr
            )
            del rounds[name]
    for _ in range(options.rounds):
        for name, times in rounds.items():
            time.sleep(SETTLING_SECONDS)
            times.append(workers[name].ask("measure", seconds=options.seconds)["milliseconds"])
    for worker in workers.values():
        worker.close()
    return rounds


def result(row, processors, rounds):
    """A row of the results: least and median times, and how far the rounds' minima lie apart."""
    minima = {name: [min(times) for times in found] for name, found in rounds.items()}
    least = {name: min(found) for name, found in minima.items()}
    peers = {name: found for name, found in least.items() if name != "moru"}
    best = min(peers, key=peers.get) if peers else None
    return {
        "name": row.name,
        "processors": processors,
        "moru_ms": least["moru"],
        "peers": peers,
        "best_peer": best,
        "ratio": peers[best] / least["moru"] if best else None,
        "nanoseconds_each": least["moru"] * 1e6 / row.amount,
        "median_ms": {
            name: statistics.median(time for times in found for time in times)
            for name, found in rounds.items()
        },
        "spread": {name: max(found) / min(found) for name, found in minima.items()},
    }


def write(found, options):
    """Puts rows among those of the results that are there."""
    known = {}
    if options.output.exists():
        known = {
            (row["name"], row["processors"]): row
            for row in json.loads(options.output.read_text())["rows"]
        }
    known |= {(row["name"], row["processors"]): row for row in found}
    order = list(throughput.rows())
    rows = [row for key, row in known.items() if key[0] in order]
    rows.sort(key=lambda row: (order.index(row["name"]), row["processors"]))
    json_file.write(options.output, {
        "machine": machine.describe(),
        "date": datetime.date.today().isoformat(),
        "versions": machine.versions(PEERS),
        "rows": rows,
    })  # fmt: skip


def main():
    options = parse_options()
    if options.list:
        print("\n".join(throughput.rows()))
        return
    for row in [] if options.table else options.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            row.write(folder)
            for processors in options.processors:
                rounds = measure(row, options, processors, folder)
                if "moru" in rounds:
                    found = result(row, processors, rounds)
                    write([found], options)
                    print(throughput_page.line(found), flush=True)
    if options.output == RESULTS:
        throughput_page.write(json.loads(RESULTS.read_text()))


if __name__ == "__main__":
    main()
