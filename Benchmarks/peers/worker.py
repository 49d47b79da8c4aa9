"""What all peers share: the conversation with the runner, line by line in JSON.

The runner says what to do next: `prepare` a row in all ways that might be the fastest, `tune`, that
is keep the one that is, `measure` it for some seconds, tell the `peak` of memory, `release` it.
"""

import os
import time
from pathlib import Path

import numpy as np
from answering import answer_all
from catalogue import ROWS

THREADS = len(os.sched_getaffinity(0))


class Session:
    """A row that is ready: `work` returns the milliseconds of one or more pieces of work."""

    def __init__(self, work, parameters=None):
        self.work = work
        self.parameters = parameters

    def measure(self, seconds):
        end = time.perf_counter() + seconds
        times = list(self.work())
        while time.perf_counter() < end:
            times += self.work()
        return times


def timed(function, repetitions=1):
    """Work that times `function`, many calls at a time if it is short."""

    def work():
        start = time.perf_counter()
        for _ in range(repetitions):
            function()
        return [(time.perf_counter() - start) * 1e3 / repetitions]

    return work


def per_step(work, steps):
    return lambda: [milliseconds / steps for milliseconds in work()]


def repetitions(row):
    """Calls for each look at the clock: many if a call is short."""
    return 10 if row.flops < 1e8 else 1


def training_data(row):
    """One epoch's samples and their classes."""
    generator = np.random.default_rng(0)
    count = row.steps * row.batch
    shape = (count, *row.network.input)
    if row.network.takes_bytes:
        samples = generator.integers(256, size=shape, dtype=np.uint8)
    else:
        samples = generator.random(shape, dtype=np.float32)
    return samples, np.arange(count) % 10


def batch(row):
    return np.random.default_rng(0).random((row.batch, *row.network.input), dtype=np.float32)


class Memory:
    """The growth of this process's resident memory since `mark`, at its peak."""

    baseline = 0

    @classmethod
    def mark(cls):
        cls.baseline = cls.read("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far

    @classmethod
    def growth(cls):
        return cls.read("VmHWM") - cls.baseline

    @staticmethod
    def read(name):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
        raise KeyError(name)


def fastest(sessions, seconds=0.3):
    """The name of the fastest of several sessions that do the same in different ways."""
    if len(sessions) == 1:
        return next(iter(sessions))
    return min(sessions, key=lambda name: min(sessions[name].measure(seconds)))


def serve(prepare):
    """Answers until standard input ends.

    - prepare: takes a row and returns functions that make it ready, by the name of the variant; the
      first is the one that is fastest as a rule, all that --quick tries.
    """
    sessions, session = {}, None

    def answer(request):
        nonlocal sessions, session
        match request["command"]:
            case "prepare":
                makers = prepare(ROWS[request["row"]])
                wanted = request.get("variants", list(makers))
                if request.get("is_quick"):
                    wanted = wanted[:1]
                sessions = {name: makers[name]() for name in wanted}
                session = next(iter(sessions.values()))
                return {"parameters": session.parameters}
            case "tune":
                variant = fastest(sessions)
                session = sessions[variant]
                sessions = {}
                return {"variant": variant}
            case "measure":
                return {"milliseconds": session.measure(request["seconds"])}
            case "peak":
                return {"bytes": Memory.growth()}
            case "release":
                sessions, session = {}, None
                return {}

    answer_all(answer)
