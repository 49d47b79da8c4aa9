"""Trains the MNIST recipes in PyTorch and reports accuracy and time.

python mnist_pytorch.py mlp --data DIR [--seed N] [--epochs N] [--json]
"""

import time

import torch
from idx import read_mnist
from recipes import RECIPES, RMSPROP_DECAY, RMSPROP_EPSILON, parse_options, report
from torch import nn
from torch.nn import functional


def make_model(recipe_name):
    if recipe_name == "mlp":
        model = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 512), nn.ReLU(),
            nn.Linear(512, 10),
        )  # fmt: skip
    else:
        model = nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3), nn.ReLU(),
            nn.Flatten(),
            nn.Linear(576, 64), nn.ReLU(),
            nn.Linear(64, 10),
        )  # fmt: skip
    for layer in model:
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight)  # Keras's defaults: the recipe is the same
            nn.init.zeros_(layer.bias)
    return model.to(memory_format=torch.channels_last)


def make_optimizer(recipe, parameters):
    if recipe.optimizer == "rmsprop":
        # PyTorch adds epsilon outside the root, Keras inside; no fused form exists.
        return torch.optim.RMSprop(
            parameters, recipe.learning_rate, RMSPROP_DECAY, RMSPROP_EPSILON, foreach=True
        )
    return torch.optim.Adam(parameters, recipe.learning_rate, eps=1e-7, fused=True)


def main():
    options = parse_options(__doc__)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    arrays = read_mnist(options.data)
    train_images, train_labels, test_images, test_labels = map(torch.from_numpy, arrays)
    train_images, test_images = (x.permute(0, 3, 1, 2) for x in (train_images, test_images))

    recipe = RECIPES[options.recipe]
    batches = -(-len(train_images) // recipe.batch_size)
    model = make_model(options.recipe)
    optimizer = make_optimizer(recipe, model.parameters())
    schedule = None
    if recipe.cosine_decay:
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, batches * options.epochs)
    forward = torch.compile(model) if options.compile else model

    seconds = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(train_images))
        for chosen in order.split(recipe.batch_size):
            images = train_images.index_select(0, chosen)  # a fifth faster than [chosen]
            loss = functional.cross_entropy(forward(images), train_labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if schedule:
                schedule.step()
        seconds.append(time.perf_counter() - start)

    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(batch) for batch in test_images.split(1000)])
        loss = functional.cross_entropy(logits, test_labels).item()
        accuracy = (logits.argmax(1) == test_labels).double().mean().item()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    report(options, "pytorch", {"torch": torch.__version__}, seconds, accuracy, loss, parameters)


if __name__ == "__main__":
    main()
