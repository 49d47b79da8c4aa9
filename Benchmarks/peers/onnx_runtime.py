"""ONNX Runtime's side: networks exported from PyTorch, all graph optimizations, all processors."""

import onnxruntime
from exported import exported_network, input_layout
from worker import THREADS, Session, batch, repetitions, serve, timed


def new_session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def infer(row):
    session = new_session(exported_network(row))
    x = input_layout(batch(row))
    session.run(None, {"input": x})
    return Session(timed(lambda: session.run(None, {"input": x}), repetitions(row)))


def compile(row):
    """From a network in memory to the first answer."""
    model = exported_network(row)
    x = input_layout(batch(row))
    return Session(timed(lambda: new_session(model).run(None, {"input": x})))


TASKS = {"infer": infer, "compile": compile}

if __name__ == "__main__":
    serve(lambda row: {"": lambda: TASKS[row.task](row)})
