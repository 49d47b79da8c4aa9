"""What both peers share: the two recipes' numbers, the options and the report."""

import argparse
import json
import os
import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """One textbook recipe. Both train on all 60,000 pictures."""

    optimizer: str
    batch_size: int
    cosine_decay: bool
    learning_rate: float = 1e-3


RECIPES = {
    "mlp": Recipe(optimizer="rmsprop", batch_size=128, cosine_decay=False),
    "cnn": Recipe(optimizer="adam", batch_size=64, cosine_decay=True),
}

# Keras's RMSprop defaults, set explicitly so that both peers run the same recipe.
RMSPROP_DECAY = 0.9
RMSPROP_EPSILON = 1e-7


def parse_options(description):
    """Parses the options that both peers understand."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--data", required=True, help="folder with MNIST's four IDX files")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", action="store_true", help="print one JSON object only")
    parser.add_argument(
        "--compile",
        action="store_true",
        help="compile the step (XLA in Keras, Inductor in PyTorch); slower on few cores",
    )
    return parser.parse_args()


def report(options, framework, versions, seconds, accuracy, loss, parameters):
    """Prints the result: one line for people, or one JSON object for machines."""
    result = {
        "framework": framework,
        "recipe": options.recipe,
        "seed": options.seed,
        "epochs": options.epochs,
        "test": {"accuracy": round(accuracy, 6), "loss": loss},
        "parameters": parameters,
        "seconds_per_epoch": [round(value, 3) for value in seconds],
        "threads": options.threads,
        "compiled": options.compile,
        "versions": {"python": platform.python_version(), **versions},
    }
    if options.json:
        print(json.dumps(result))
    else:
        times = ", ".join(f"{value:.2f}" for value in seconds)
        print(
            f"{framework} {options.recipe} seed {options.seed}: "
            f"accuracy {accuracy:.4f}, loss {loss:.4f}, seconds per epoch {times}"
        )
