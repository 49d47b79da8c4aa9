"""Measures work on data - learners, files, pictures, figures - beside its peers, on one processor and on
all, and prints a table.

    Benchmarks/throughput [--only NAME…] [--rounds N] [--seconds S] [--json FILE]

Programs take turns, round after round; times are the least of all rounds. A ratio is the peer's time
over Moru's: above 1 Moru is faster. Each number of processors has processes of its own, which may run
on those only and are told so by OMP_NUM_THREADS and the like.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(BENCHMARKS / "peers")]

import throughput
from workers import Worker, WorkerError

# Between two programs: longer than threads of any of them spin after their work.
SETTLING_SECONDS = 0.25
THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"]


def parse_options():
    parser = argparse.ArgumentParser(prog="Benchmarks/throughput", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="rows whose names begin so")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a program in a round")
    parser.add_argument("--processors", type=int, nargs="+", help="default: 1 and all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--list", action="store_true", help="print the rows' names")
    parser.add_argument("--moru", type=os.path.abspath, help=argparse.SUPPRESS)
    options = parser.parse_args()
    rows = throughput.rows()
    names = options.only or [""]
    options.rows = [
        row for row in rows.values()
        if any(row.name.lower().startswith(name.lower()) for name in names)
    ]  # fmt: skip
    if not options.rows:
        parser.error("no row begins so; --list prints them")
    if options.processors is None:
        options.processors = sorted({1, len(os.sched_getaffinity(0))})
    return options


def start(name, options, processors, folder):
    """A program that has `processors` processors."""
    environment = {key: str(processors) for key in THREADS}
    environment["MORU_BENCHMARK_DATA"] = str(folder)
    return Worker(
        name, options.moru, environment=environment,
        script=None if name == "moru" else ["throughput_worker.py", name],
        processors=sorted(os.sched_getaffinity(0))[:processors],
    )  # fmt: skip


def measure(row, options, processors, folder):
    """Each program's times, in milliseconds, and figure."""
    workers, found = {}, {}
    for name in ["moru", *row.peers]:
        workers[name] = start(name, options, processors, folder)
        try:
            found[name] = {"figure": workers[name].ask("prepare", row=row.name)["figure"], "ms": []}
        except WorkerError as error:
            print(f"  {error}", file=sys.stderr)
    for _ in range(options.rounds):
        for name in found:
            time.sleep(SETTLING_SECONDS)
            answer = workers[name].ask("measure", seconds=options.seconds)
            found[name]["ms"].append(min(answer["milliseconds"]))
    for worker in workers.values():
        worker.close()
    return found


def report(row, processors, found):
    """One line for each peer."""
    if "moru" not in found:
        return []
    own = found["moru"]
    least = min(own["ms"])
    lines = []
    for name in [name for name in found if name != "moru"]:
        peer = found[name]
        difference = abs(peer["figure"] - own["figure"])
        if not difference <= row.tolerance * abs(own["figure"]):
            print(
                f"  {row.name}: Moru comes to {own['figure']:.6g}, {name} to {peer['figure']:.6g}",
                file=sys.stderr,
            )  # fmt: skip
        ratio = min(peer["ms"]) / least
        spread = max(own["ms"]) / least
        per_unit = least * 1e6 / row.amount
        lines.append(
            f"| {row.name} | {processors} | {least:.4g} | {per_unit:.3g} ns/{row.unit.rstrip('s')} "
            f"| {name} {min(peer['ms']):.4g} | {ratio:.2f} | {spread:.2f} |"
        )
    return lines


def main():
    options = parse_options()
    if options.list:
        print("\n".join(row.name for row in options.rows))
        return
    print("| Work | Processors | Moru, ms | | Peer, ms | Ratio | Spread |")
    print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
    results = []
    for row in options.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            row.write(folder)
            for processors in options.processors:
                found = measure(row, options, processors, folder)
                print("\n".join(report(row, processors, found)), flush=True)
                results.append({"name": row.name, "processors": processors, "programs": found})
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
