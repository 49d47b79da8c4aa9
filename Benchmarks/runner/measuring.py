"""Measures rows in rounds, one program after the other, so that all see the same machine."""

import contextlib
import fcntl
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from startup import StartUp
from workers import Worker, WorkerError

# Between two programs: longer than threads of any of them spin after their work.
SETTLING_SECONDS = 0.25


@dataclass
class Plan:
    """How thoroughly to measure."""

    rounds: int  # at most; at least two
    seconds: float  # of a program in a round
    row_seconds: float  # after which no further round begins
    fresh_rounds: int  # of rows whose rounds take new processes
    peers: list
    is_quick: bool = False

    def only(self, peers):
        return replace(self, peers=peers)


FULL = Plan(rounds=7, seconds=1.0, row_seconds=90, fresh_rounds=5, peers=[
    "pytorch", "pytorch-compile", "keras", "jax", "onnxruntime", "openvino",
])  # fmt: skip
# Without Inductor, whose C++ takes minutes to be compiled.
QUICK = Plan(rounds=4, seconds=0.25, row_seconds=5, fresh_rounds=2, peers=[
    "pytorch", "keras", "jax", "onnxruntime", "openvino",
], is_quick=True)  # fmt: skip


@dataclass
class Times:
    """What a program took, in milliseconds: the pieces of work of each round."""

    rounds: list = field(default_factory=list)
    variant: str = ""
    bare: list = field(default_factory=list)  # the same of Moru's step without `fit` around it

    @property
    def least(self):
        return min(min(times) for times in self.rounds)

    @property
    def least_bare(self):
        return min((time for times in self.bare for time in times), default=None)

    @property
    def median(self):
        return statistics.median(statistics.median(times) for times in self.rounds)

    @property
    def spread(self):
        """How far the rounds lie apart: the greatest of their minima, over the least."""
        minima = [min(times) for times in self.rounds]
        return max(minima) / min(minima)


def report(text):
    print(text, file=sys.stderr, flush=True)


class Measurement:
    """The programs under way, and what they have come to."""

    def __init__(self, moru, command, plan, lock=None):
        self.moru = moru
        self.command = command
        self.plan = plan
        self.lock = open(lock, "w") if lock else None
        self.workers = {}

    def close(self):
        for worker in self.workers.values():
            worker.close()
        self.workers = {}

    @contextlib.contextmanager
    def alone(self):
        """Keeps programs that heed the same lock from working meanwhile."""
        if self.lock:
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            if self.lock:
                fcntl.flock(self.lock, fcntl.LOCK_UN)

    def programs(self, row):
        left_out = row.tiresome if self.plan.is_quick else ()
        peers = [peer for peer in row.peers if peer in self.plan.peers and peer not in left_out]
        return ["moru", *peers]

    def measure(self, row):
        """Times of each program that can do the row, by name."""
        if row.task == "start_up":
            times = self.measure_start_up(row)
        elif row.is_fresh:
            times = self.measure_fresh(row)
        else:
            times = self.measure_warm(row)
        return {name: found for name, found in times.items() if found.rounds}

    def measure_warm(self, row):
        """Times of what a process does again and again."""
        times = {}
        for name in self.programs(row):
            self.attempt(name, lambda: self.prepare(name, row), times)
        start = time.perf_counter()
        for place in range(self.plan.rounds):
            if place >= 2 and time.perf_counter() - start > self.plan.row_seconds:
                break
            with self.alone():
                for name in list(times):
                    self.attempt(name, lambda: self.round(name), times)
                    # At once, so that both see the machine at the same speed.
                    if name == "moru" and row.kind == "train":
                        times[name].bare.append(self.bare_round())
        for name in list(times):
            self.attempt(name, lambda: self.worker(name).ask("release"), times)
        return times

    def attempt(self, name, action, times):
        """Does something with a program; one that fails drops out of the row."""
        try:
            found = action()
        except WorkerError as error:
            report(f"  {error}")
            times.pop(name, None)
            return
        if isinstance(found, Times):
            times[name] = found
        elif isinstance(found, list):
            times[name].rounds.append(found)

    def worker(self, name):
        if name in self.workers and not self.workers[name].is_running:
            self.workers.pop(name).close()
        if name not in self.workers:
            self.workers[name] = Worker(name, self.moru)
        return self.workers[name]

    def prepare(self, name, row):
        worker = self.worker(name)
        answer = worker.ask("prepare", row=row.name, is_quick=self.plan.is_quick)
        expected = row.parameters
        found = answer.get("parameters")
        if found is not None and expected is not None and found != expected:
            raise WorkerError(f"{name} has {found} parameters in {row.name}, not {expected}")
        with self.alone():
            time.sleep(SETTLING_SECONDS)
            return Times(variant=worker.ask("tune").get("variant") or "")

    def round(self, name):
        time.sleep(SETTLING_SECONDS)
        others = [
            worker for worker in self.workers.values() if worker.name != name and worker.is_running
        ]
        worked = {other.name: other.processor_seconds for other in others}
        start = time.perf_counter()
        times = self.worker(name).ask("measure", seconds=self.plan.seconds)["milliseconds"]
        elapsed = time.perf_counter() - start
        for other in others:
            # The clock of processor time has ticks of 10 ms.
            if other.processor_seconds - worked[other.name] > 0.02 + 0.02 * elapsed:
                report(f"  {other.name} worked while {name} was measured")
        return times

    def bare_round(self):
        """Times of Moru's step alone; nothing if it was not trained by `fit`."""
        time.sleep(SETTLING_SECONDS)
        answer = self.worker("moru").ask("measure_bare", seconds=self.plan.seconds)
        return answer.get("milliseconds") or []

    def measure_fresh(self, row):
        """Times of what a process does once."""
        times = {name: Times() for name in self.programs(row)}

        def once(name):
            worker = Worker(name, self.moru)
            try:
                worker.ask("prepare", row=row.name)
                with self.alone():
                    time.sleep(SETTLING_SECONDS)
                    return worker.ask("measure", seconds=0)["milliseconds"]
            finally:
                worker.close()

        for _ in range(self.plan.fresh_rounds):
            for name in list(times):
                self.attempt(name, lambda: once(name), times)
        return times

    def measure_start_up(self, row):
        """Times from the start of a process to its answer."""
        with tempfile.TemporaryDirectory() as folder:
            start_up = StartUp(Path(folder), self.moru, self.command)
            times = {name: Times() for name in self.programs(row)}
            for place in range(self.plan.fresh_rounds + 1):
                for name in list(times):
                    with self.alone():
                        self.attempt(name, lambda: start_up.milliseconds(name), times)
                        # The first start reads the program's files into memory.
                        if place == 0 and name in times:
                            times[name].rounds.clear()
            return times

    def peak_bytes(self, row, variants):
        """Growth of memory at its peak in training, each program in a process of its own."""
        peaks = {}
        for name in ["moru", "pytorch"]:
            if name not in variants:
                continue
            worker = Worker(name, self.moru, is_malloc_tuned=False)
            try:
                worker.ask("prepare", row=row.name, variants=[variants[name]])
                worker.ask("measure", seconds=0)
                peaks[name] = worker.ask("peak")["bytes"]
            except WorkerError as error:
                report(f"  {error}")
            finally:
                worker.close()
        return peaks
