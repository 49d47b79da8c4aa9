"""CSV files read into memory, by Polars and pandas."""

import numpy as np

from . import Row

TITLE = "Tables"

WORDS = ["정상", "긁힘", "찍힘", "변색", "bent", "scratch", "서울특별시", "부산광역시"]


def write_numbers(count, width, form, draw):
    def write(folder):
        numbers = draw(np.random.default_rng(6), (count, width))
        header = ",".join(f"x{place}" for place in range(width))
        np.savetxt(
            folder / "table.csv", numbers, delimiter=",", fmt=form, comments="", header=header
        )

    return write


def write_texts(count, line):
    def write(folder):
        random = np.random.default_rng(6)
        places = random.integers(0, len(WORDS), (count, 3))
        numbers = random.normal(size=(count, 2))
        with open(folder / "table.csv", "w") as file:
            file.write("번호,공정,결함,도시,온도,압력,메모\n")
            for place, ((a, b, c), (t, p)) in enumerate(zip(places, numbers)):
                words = f"{WORDS[a]},{WORDS[b]},{WORDS[c]}"
                file.write(f"{place},{words},{t:.4f},{p:.6f},{line(place, a)}\n")

    return write


def polars(folder):
    import polars

    return lambda: polars.read_csv(folder / "table.csv", infer_schema_length=10_000)


def pandas(folder):
    import pandas

    return lambda: pandas.read_csv(folder / "table.csv")


def size(table):
    """The number of cells, and the sum of the first column, which holds numbers."""
    return float(table.shape[0] * table.shape[1] + table[table.columns[0]].sum())


NUMBERS = (
    "turning digits into numbers takes most of the time, and Moru's loop for that is only somewhat "
    "faster; besides, Moru finds out the encoding and keeps the line of each row."
)
TEXTS = (
    "while it reads, Moru finds the different texts of each column and the first row of each, which "
    "categories need and Polars leaves for later; it also checks that all bytes are text."
)


def row(name, count, width, write, remark=NUMBERS):
    return Row(
        f"CSV {name}", count * width, "cells", write, {"polars": polars, "pandas": pandas}, size,
        tolerance=1e-9, remark=remark,
    )  # fmt: skip


def normal(random, shape):
    return random.normal(size=shape)


ROWS = [
    row("reals of 17 digits, 200,000 × 16", 200_000, 16, write_numbers(200_000, 16, "%.17g", normal)),
    row(
        "reals of 3 decimals, 200,000 × 16", 200_000, 16,
        write_numbers(200_000, 16, "%.3f", lambda random, shape: 100 * random.normal(size=shape)),
    ),
    row(
        "whole numbers, 400,000 × 20", 400_000, 20,
        write_numbers(
            400_000, 20, "%d", lambda random, shape: random.integers(-1000, 1_000_000, shape)
        ),
    ),
    row(
        "numbers and words, 800,000 × 7", 800_000, 7,
        write_texts(800_000, lambda place, kind: WORDS[kind] if place % 3 else ""), TEXTS,
    ),
    row(
        "numbers, words and texts of their own, 800,000 × 7", 800_000, 7,
        write_texts(
            800_000, lambda place, kind: f'"lot {place}, line {kind}"' if place % 3 else ""
        ),
        TEXTS,
    ),
]  # fmt: skip
