"""From the start of a process to the first answer: the CNN's, to one picture."""

import os
import subprocess
import sys
import time

from workers import PEERS, SETTINGS, WorkerError


class StartUp:
    """Model and picture on disk, and the programs that read them."""

    def __init__(self, folder, moru, command):
        self.folder = folder
        self.command = command
        self.prepared = set()
        self.call([moru, "--export", folder])

    def milliseconds(self, name):
        if name == "moru":
            model, picture = self.folder / "cnn.moru", self.folder / "picture.json"
            program = [self.command, "predict", model, picture]
        else:
            program = [sys.executable, "answer.py", name, self.folder]
            if name not in self.prepared:
                self.call([*program, "--prepare"])
                self.prepared.add(name)
        start = time.perf_counter()
        self.call(program)
        return [(time.perf_counter() - start) * 1e3]

    def call(self, program):
        try:
            done = subprocess.run(
                program, cwd=PEERS, capture_output=True, env={**os.environ, **SETTINGS}
            )
        except OSError as error:
            raise WorkerError(str(error)) from error
        if done.returncode:
            raise WorkerError(f"{program[0]}: {done.stderr.decode(errors='replace')[-1000:]}")
