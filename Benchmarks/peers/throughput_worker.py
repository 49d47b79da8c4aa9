"""A peer of Benchmarks/throughput: answers the runner line by line in JSON.

python throughput_worker.py PEER: `prepare` a row, `measure` it for some seconds. The row's data lie in
the folder that MORU_BENCHMARK_DATA names.
"""

import os
import sys
import time
from pathlib import Path

import throughput
from answering import answer_all


def main():
    peer = sys.argv[1]
    folder = Path(os.environ["MORU_BENCHMARK_DATA"])
    rows = throughput.rows()
    work = None

    def answer(request):
        nonlocal work
        if request["command"] == "prepare":
            row = rows[request["row"]]
            work = row.peers[peer](folder)
            return {"figure": row.figure(work())}
        milliseconds = []
        end = time.perf_counter() + request["seconds"]
        while not milliseconds or time.perf_counter() < end:
            start = time.perf_counter()
            work()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return {"milliseconds": milliseconds}

    answer_all(answer)


if __name__ == "__main__":
    main()
