"""What the machine is, and what runs on it."""

import contextlib
import os
import platform
from importlib import metadata
from pathlib import Path


def describe():
    information = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        information.setdefault(key.strip(), value.strip())
    flags = information.get("flags", "").split()
    widest = next((name for name in ["avx512f", "avx2", "avx"] if name in flags), "none")
    vectors = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX"}.get(widest, widest)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    threads = len(os.sched_getaffinity(0))
    name = information.get("model name", platform.processor())
    return f"{name}, {threads} threads, {vectors}, {memory:.0f} GiB, {system()}"


def system():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.platform()


def versions(names):
    """Of those packages that are installed."""
    found = {}
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
