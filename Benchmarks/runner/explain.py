"""Prints what a row's program does, slowest steps first: where its time goes."""

import json
import subprocess

COLUMNS = "{:>9} {:>7} {:>8} {:>6}  {:<26} {:<22} {}"


def explain(moru, name):
    answer = subprocess.run([moru, "--explain", name], check=True, stdout=subprocess.PIPE)
    found = json.loads(answer.stdout)
    steps, ceiling = found["program"]["steps"], found["ceiling"]
    print(name)
    print(COLUMNS.format("µs", "share", "GFLOP/s", "GB/s", "kind", "kernel", "what"))
    whole = sum(step["seconds"] for step in steps)
    for step in sorted(steps, key=lambda step: -step["seconds"]):
        print_line(step, step["seconds"], whole, step["implementation"], step["detail"])
    print()
    for kind in sorted({step["kind"] for step in steps}):
        own = [step for step in steps if step["kind"] == kind]
        total = {
            key: sum(step[key] for step in own) for key in ("flopCount", "bytesRead", "bytesWritten")
        }
        seconds = sum(step["seconds"] for step in own)
        print_line({"kind": kind, **total}, seconds, whole, "", f"{len(own)} steps")
    print(
        f"\n{found['program']['seconds'] * 1e3:.3f} ms a run, {whole * 1e3:.3f} ms in"
        f" {len(steps)} steps; the machine reaches {ceiling['gigaflops']:.0f} GFLOP/s,"
        f" {ceiling['gigabytesPerSecond']:.0f} GB/s"
    )


def print_line(step, seconds, whole, implementation, detail):
    moved = step["bytesRead"] + step["bytesWritten"]
    print(
        COLUMNS.format(
            f"{seconds * 1e6:.1f}",
            f"{seconds / whole:.1%}",
            f"{step['flopCount'] / seconds / 1e9:.0f}",
            f"{moved / seconds / 1e9:.0f}",
            step["kind"],
            implementation,
            detail,
        )
    )
