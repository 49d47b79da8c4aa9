"""Stateful recurrent layers over several batches, as Keras predicts them.

Keras alone is the judge: the layers have files of their own that PyTorch agreed to. What these files
show is that states go on from batch to batch, and from one call of `predict` to the next.
"""

import keras

from .files import Case
from .gradients import Draw

BATCH = 2
layers = keras.layers


def weight_path(variable):
    """The path in our models: the model, a layer's only cell and a stack have no name there."""
    parts = variable.path.split("/")[1:]
    return "/".join(part for part in parts if part != "stack" and not part.endswith("_cell"))


def recurrent_layers(layer):
    """The layers that have states, with their paths."""
    if isinstance(layer, layers.Bidirectional):
        return [(f"{layer.name}/{each.name}", each)
                for each in (layer.forward_layer, layer.backward_layer)]  # fmt: skip
    return [(layer.name, layer)]


def case(name, layer, input_shape):
    """A stateful layer over three batches, then over three more."""
    draw = Draw(name)
    model = keras.Sequential([keras.Input(batch_shape=(BATCH, *input_shape)), layer])
    tensors = {}
    for variable in model.weights:
        value = draw.normal(*variable.shape, scale=0.5)
        variable.assign(value)
        tensors["weight." + weight_path(variable)] = value
    for part in ("first", "second"):
        x = draw.normal(3 * BATCH, *input_shape)
        tensors["input." + part] = x
        tensors["output." + part] = model.predict(x, batch_size=BATCH, verbose=0)
        for path, each in recurrent_layers(layer):
            for place, state in enumerate(keras.tree.flatten(each.states)):
                tensors[f"state.{part}.{path}/state_{place}"] = state.numpy()
    return Case(f"stateful/{name}.safetensors", {"class_name": type(layer).__name__}, tensors)


def cases():
    yield case("lstm", layers.LSTM(4, stateful=True, name="layer"), (5, 3))
    yield case(
        "gru", layers.GRU(3, stateful=True, return_sequences=True, name="layer"), (4, 2)
    )
    yield case(
        "simple_rnn", layers.SimpleRNN(3, stateful=True, go_backwards=True, name="layer"), (4, 2)
    )
    cells = [layers.LSTMCell(4, name="one"), layers.GRUCell(3, name="two")]
    stack = layers.StackedRNNCells(cells, name="stack")
    yield case("rnn", layers.RNN(stack, stateful=True, name="layer"), (3, 2))
    yield case(
        "conv_lstm", layers.ConvLSTM2D(2, 3, padding="same", stateful=True, name="layer"),
        (3, 4, 5, 2),
    )  # fmt: skip
    lstm = layers.LSTM(2, stateful=True, name="lstm")
    yield case("bidirectional", layers.Bidirectional(lstm, name="layer"), (4, 3))
