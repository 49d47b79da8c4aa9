"""OpenVINO's side: networks exported from PyTorch, compiled for latency in Float32."""

import openvino
from exported import exported_network, input_layout
from worker import THREADS, Session, batch, repetitions, serve, timed

SETTINGS = {
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_NUM_THREADS": THREADS,
    "INFERENCE_PRECISION_HINT": "f32",  # else bf16 where the processor has it
}


def compiled(model):
    core = openvino.Core()
    return core.compile_model(core.read_model(model), "CPU", SETTINGS)


def infer(row):
    request = compiled(exported_network(row)).create_infer_request()
    x = openvino.Tensor(input_layout(batch(row)))
    request.set_input_tensor(x)
    request.infer()
    return Session(timed(request.infer, repetitions(row)))


def compile(row):
    """From a network in memory to the first answer."""
    model = exported_network(row)
    x = input_layout(batch(row))
    return Session(timed(lambda: compiled(model)(x)))


TASKS = {"infer": infer, "compile": compile}

if __name__ == "__main__":
    serve(lambda row: {"": lambda: TASKS[row.task](row)})
