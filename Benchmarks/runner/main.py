"""Runs the benchmarks and writes results/latest.json and the tables of docs/performance.md."""

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(BENCHMARKS / "peers")]

import explain
import json_file
import machine
import page
from catalogue import CEILING, INFERENCE, LATENCY, ROWS, TRAINING
from measuring import FULL, QUICK, Measurement, report

RESULTS = BENCHMARKS / "results/latest.json"
PEERS = ["torch", "keras", "tensorflow-cpu", "jax", "onnxruntime", "openvino", "numpy"]


def parse_options():
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and no torch.compile")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME",
        help="measure rows whose names begin so, and keep the other rows of the results",
    )  # fmt: skip
    parser.add_argument(
        "--resume", action="store_true", help="keep the rows that a broken run has measured already"
    )
    parser.add_argument("--peers", nargs="*", choices=FULL.peers, help="measure beside these only")
    parser.add_argument(
        "--explain", metavar="NAME", help="print where the time of one row's program goes"
    )
    parser.add_argument("--list", action="store_true", help="print the rows' names")
    parser.add_argument("--table", action="store_true", help="write the page from the results")
    parser.add_argument("--output", type=Path, default=RESULTS, help="default: %(default)s")
    parser.add_argument(
        "--lock", metavar="FILE", help="hold this lock (flock) while something is measured"
    )
    # Benchmarks/run passes what it has built: Moru's side, and the command.
    parser.add_argument("--moru", type=os.path.abspath, help=argparse.SUPPRESS)
    parser.add_argument("--command", type=os.path.abspath, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.rows = chosen_rows(parser, options)
    return options


def chosen_rows(parser, options):
    rows = [*TRAINING, *INFERENCE, *LATENCY]
    names = options.only
    for name in names or []:
        if not any(row.name.lower().startswith(name.lower()) for row in rows):
            parser.error(f'no row begins with "{name}"; --list prints them')
    if names is None:
        return [row for row in rows if row.in_quick or not options.quick]
    return [
        row for row in rows if any(row.name.lower().startswith(name.lower()) for name in names)
    ]


def result(row, times, peaks):
    """A row of the results, without what needs the machine's ceiling."""
    peers = {name: found.least for name, found in times.items() if name != "moru"}
    best = min(peers, key=peers.get) if peers else None
    least = times["moru"].least
    return {
        "name": row.name,
        "kind": row.kind,
        "moru_ms": least,
        "bare_ms": times["moru"].least_bare,
        "peers": peers,
        "best_peer": best,
        "ratio": least / peers[best] if best else None,
        "gflops": row.flops / least / 1e6 if row.flops else None,
        "ceiling_fraction": None,
        "peak_bytes": peaks.get("moru"),
        "peer_peak_bytes": {name: peak for name, peak in peaks.items() if name != "moru"},
        "median_ms": {name: found.median for name, found in times.items()},
        "spread": {name: found.spread for name, found in times.items()},
        "variants": {name: found.variant for name, found in times.items() if found.variant},
        "rounds": len(times["moru"].rounds),
    }


class Results:
    """What was measured so far, on disk after each row."""

    def __init__(self, options):
        self.path = options.output
        self.mode = "quick" if options.quick else "full"
        self.rows = {}
        self.measured = []
        self.ceiling = 0.0
        self.earlier_ceiling = None
        if (options.only or options.resume) and self.path.exists():
            earlier = json.loads(self.path.read_text())
            self.rows = {row["name"]: row for row in earlier["rows"]}
            self.earlier_ceiling = earlier["ceiling_gflops"]
        self.is_done = set(self.rows) if options.resume else set()

    def add_ceiling(self, times):
        """Takes the greatest speed of products that was seen in this run."""
        for found in times.values():
            self.ceiling = max(self.ceiling, CEILING.flops / found.least / 1e6)

    def add(self, row):
        self.rows[row["name"]] = row
        self.measured.append(row)
        self.write()

    def write(self):
        # Rows that are kept were measured when the machine had another speed.
        for row in self.measured:
            row["ceiling_gflops"] = self.ceiling
            if row["gflops"] is not None:
                row["ceiling_fraction"] = row["gflops"] / self.ceiling
        document = {
            "machine": machine.describe(),
            "date": datetime.date.today().isoformat(),
            "mode": self.mode,
            "versions": machine.versions(PEERS),
            "ceiling_gflops": self.earlier_ceiling or self.ceiling,
            "rows": [self.rows[name] for name in ROWS if name in self.rows],
        }
        json_file.write(self.path, document)


def measure(options):
    plan = QUICK if options.quick else FULL
    if options.peers is not None:
        plan = plan.only(options.peers)
    measurement = Measurement(options.moru, options.command, plan, options.lock)
    results = Results(options)
    kind = None
    try:
        for row in options.rows:
            if row.name in results.is_done:
                continue
            if row.kind != kind:
                # New processes, so that nothing is left of other work, and another look at how
                # fast the machine is just now.
                measurement.close()
                kind = row.kind
                results.add_ceiling(measurement.measure(CEILING))
            start = time.perf_counter()
            report(row.name)
            times = measurement.measure(row)
            if "moru" not in times:
                continue
            variants = {name: found.variant for name, found in times.items()}
            peaks = measurement.peak_bytes(row, variants) if row.kind == "train" else {}
            found = result(row, times, peaks)
            results.add(found)
            report(f"  {page.line(found)} ({time.perf_counter() - start:.0f} s)")
        results.add_ceiling(measurement.measure(CEILING))
        results.write()
    finally:
        measurement.close()


def main():
    options = parse_options()
    if options.list:
        print("\n".join(row.name for row in options.rows))
        return
    if options.explain:
        explain.explain(options.moru, options.explain)
        return
    if not options.table:
        try:
            measure(options)
        except KeyboardInterrupt:
            sys.exit(f"Broken off; {options.output} has what was measured, --resume goes on.")
    if options.output == RESULTS:
        page.write(json.loads(RESULTS.read_text()))


if __name__ == "__main__":
    main()
