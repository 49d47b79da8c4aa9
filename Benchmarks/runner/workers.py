"""The programs that are measured: one process each, spoken to line by line in JSON."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent / "peers"

# How threads wait for each other stays as each library has it.
SETTINGS = {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONWARNINGS": "ignore"}
# What makes glibc keep large blocks instead of giving them back to the system at every step.
TUNED_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}

SCRIPTS = {
    "pytorch": ["pytorch.py"],
    "pytorch-compile": ["pytorch.py", "--compile"],
    "keras": ["tensorflow_keras.py"],
    "jax": ["jax_numpy.py"],
    "onnxruntime": ["onnx_runtime.py"],
    "openvino": ["openvino_runtime.py"],
}


class WorkerError(Exception):
    pass


class Worker:
    """A running program."""

    def __init__(
        self, name, moru, *, is_malloc_tuned=True, script=None, environment=None, processors=None
    ):
        """- script: what the peer runs, if not what its name stands for
        - environment: variables that it gets besides
        - processors: those that it may run on; all if nothing"""
        self.name = name
        if name == "moru":
            command = [moru]
            malloc = {}
        else:
            command = [sys.executable, *(script or SCRIPTS[name])]
            malloc = TUNED_MALLOC if is_malloc_tuned else {}
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            env={**os.environ, **SETTINGS, **malloc, **(environment or {})}, text=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, processors)) if processors else None,
        )  # fmt: skip

    def ask(self, command, **options):
        """The program's answer; raises WorkerError if it fails or dies."""
        try:
            self.process.stdin.write(json.dumps({"command": command, **options}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process.wait()
            self.log.seek(0)
            tail = self.log.read().decode(errors="replace")[-1000:]
            raise WorkerError(f"{self.name} ended with status {self.process.returncode}: {tail}")
        answer = json.loads(line)
        if answer.get("error"):
            raise WorkerError(f"{self.name}: {answer['error']}")
        return answer

    @property
    def is_running(self):
        return self.process.poll() is None

    @property
    def processor_seconds(self):
        """Time that its threads have worked so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
