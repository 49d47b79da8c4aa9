"""Texts and strings as numbers: Keras's own layers, which have no counterpart in PyTorch.

Strings are in the description: `adapt` (what the vocabulary is learned from), `input`, and
`vocabulary` (what was learned); of inverted lookups also `output`.
"""

import keras
import numpy as np

from .files import Case

REVIEWS = [
    "A wonderful, wonderful film!", "not wonderful", "a film. A FILM?", "", "  \t\n ",
    "재미있는 영화, 정말 재미있는 영화!", "영화가 … 「재미」 없다", "Ça va; ÉTÉ été",
    "it's well-made_and (very) good #1 ~90%", "a\u00a0b\u3000c\u0085d\x0be\x0cf\x1cg",
]  # fmt: skip
NEW = [
    "a wonderful film", "unknown words only here", "", " ", "WONDERFUL!!! film film film",
    "정말 재미있는 영화", "영화 Ça été 재미", "it's a film",
]  # fmt: skip
HANGUL = ["가나다 가", "나다", "\u1100\u1161 가", "👩‍🚀 é e\u0301", "\ufeffa\x01b", "", "나 나"]
# Around the lengths at which the hash changes its course.
STRINGS = ["", "a", "ab", "abcd", "가나다", "서울특별시", *("x" * n + "끝" for n in (7, 13, 14, 29, 30, 60,
           61, 62, 125, 126, 189, 300))]  # fmt: skip


def description(name, config, **texts):
    return {"class_name": name, "config": config, **texts}


def numbers(values):
    values = np.asarray(values)
    return values.astype(np.int32 if values.dtype.kind == "i" else np.float64)


def vectorized(name, adapt, texts, **config):
    layer = keras.layers.TextVectorization(**config)
    if adapt is not None:
        layer.adapt(np.array(adapt)[:, None])
    # Counts are whole numbers in Keras, and Float32 with us.
    output = numbers(layer(np.array(texts)[:, None]))
    if config.get("output_mode", "int") != "int":
        output = output.astype(np.float64)
    return Case(
        f"text/{name}.safetensors",
        description(
            "TextVectorization", config, adapt=adapt, input=texts,
            vocabulary=[str(token) for token in layer.get_vocabulary()],
        ),
        {"output": output},
    )  # fmt: skip


def looked_up(name, adapt, strings, **config):
    layer = keras.layers.StringLookup(**config)
    if adapt is not None:
        layer.adapt(np.array(adapt))
    texts = {"adapt": adapt, "vocabulary": [str(token) for token in layer.get_vocabulary()]}
    path = f"text/{name}.safetensors"
    if config.get("invert"):
        places = np.array(strings, np.int32)
        output = [string.decode() for string in layer(places).numpy().ravel()]
        texts["output"] = output
        return Case(path, description("StringLookup", config, **texts), {"input": places})
    output = numbers(layer(np.array(strings)))
    if config.get("output_mode", "int") != "int":
        output = output.astype(np.float64)
    texts["input"] = strings
    return Case(path, description("StringLookup", config, **texts), {"output": output})


def vectorizations():
    yield vectorized("vectorization", REVIEWS, NEW)
    yield vectorized("vectorization_length", REVIEWS, NEW, output_sequence_length=3)
    yield vectorized("vectorization_padded", REVIEWS, NEW, output_sequence_length=9, max_tokens=7)
    yield vectorized("vectorization_given", None, NEW, vocabulary=["film", "영화", "a"])
    yield vectorized(
        "vectorization_given_whole", None, NEW, vocabulary=["", "[UNK]", "film", "영화", "a"],
        max_tokens=5,
    )  # fmt: skip
    for standardize in (None, "lower", "strip_punctuation"):
        yield vectorized(f"vectorization_{standardize}".lower(), REVIEWS, NEW + REVIEWS,
                         standardize=standardize)  # fmt: skip
    yield vectorized("vectorization_character", HANGUL, HANGUL[::-1] + NEW, split="character")
    yield vectorized("vectorization_unsplit", HANGUL + HANGUL[:2], HANGUL, split=None)
    yield vectorized("vectorization_unsplit_length", HANGUL, HANGUL, split=None,
                     output_sequence_length=4)  # fmt: skip
    yield vectorized("vectorization_ngrams", REVIEWS, NEW, ngrams=2)
    yield vectorized("vectorization_ngrams_apart", REVIEWS, NEW, ngrams=(3, 2),
                     output_sequence_length=5)  # fmt: skip
    yield vectorized("vectorization_ngrams_characters", HANGUL, NEW + HANGUL, ngrams=(2,),
                     split="character", output_mode="count")  # fmt: skip
    for mode in ("multi_hot", "count", "tf_idf"):
        yield vectorized(f"vectorization_{mode}", REVIEWS, NEW, output_mode=mode)
        yield vectorized(f"vectorization_{mode}_limited", REVIEWS, NEW, output_mode=mode, max_tokens=6)
        yield vectorized(f"vectorization_{mode}_padded", REVIEWS, NEW, output_mode=mode,
                         max_tokens=40, pad_to_max_tokens=True, ngrams=1)  # fmt: skip
    weights = {"output_mode": "tf_idf", "idf_weights": [0.25, 0.75, 0.5]}
    yield vectorized("vectorization_tf_idf_given", None, NEW, vocabulary=["film", "영화", "a"],
                     **weights)  # fmt: skip
    yield vectorized("vectorization_tf_idf_given_whole", None, NEW,
                     vocabulary=["[UNK]", "film", "영화"], **weights)  # fmt: skip


def lookups():
    cities = ["서울", "부산", "서울", "b", "a", "서울", "부산", "[UNK]", "", "B", "é", "e\u0301"]
    rows = [["서울", "a", "?"], ["부산", "부산", ""], ["b", "가평", "é"]]
    yield looked_up("lookup", cities, rows)
    yield looked_up("lookup_vector", cities, rows[0])
    yield looked_up("lookup_mask", cities, rows, mask_token="", max_tokens=6)
    yield looked_up("lookup_known_only", None, [["a", "b"], ["b", "b"]], num_oov_indices=0,
                    vocabulary=["b", "a"])  # fmt: skip
    yield looked_up("lookup_hashed", None, [[string] for string in STRINGS], num_oov_indices=1000,
                    vocabulary=["ab"])  # fmt: skip
    yield looked_up("lookup_hashed_mask", None, [[string, "ab"] for string in STRINGS],
                    num_oov_indices=7, vocabulary=["ab"], mask_token="a")  # fmt: skip
    yield looked_up("lookup_one_hot", cities, rows, output_mode="one_hot")
    yield looked_up("lookup_one_hot_column", cities, [row[:1] for row in rows],
                    output_mode="one_hot", mask_token="b")  # fmt: skip
    for mode in ("multi_hot", "count"):
        yield looked_up(f"lookup_{mode}", cities, rows, output_mode=mode, num_oov_indices=2)
        yield looked_up(f"lookup_{mode}_row", cities, rows[1], output_mode=mode, mask_token="",
                        max_tokens=9, pad_to_max_tokens=True)  # fmt: skip
    yield looked_up("lookup_tf_idf", rows, rows[::-1], output_mode="tf_idf")
    yield looked_up("lookup_tf_idf_strings", cities, rows, output_mode="tf_idf", num_oov_indices=3)
    yield looked_up("lookup_tf_idf_given", None, rows, output_mode="tf_idf", mask_token="?",
                    vocabulary=["a", "서울"], idf_weights=[0.25, 1.5], max_tokens=5,
                    pad_to_max_tokens=True)  # fmt: skip
    yield looked_up("lookup_invert", cities, [[0, 1, 2], [3, 9, -1]], invert=True)
    yield looked_up("lookup_invert_mask", None, [0, 1, 2, 3, 4, 5], invert=True, mask_token="·",
                    oov_token="모름", num_oov_indices=2, vocabulary=["a", "서울"])  # fmt: skip


def cases():
    yield from vectorizations()
    yield from lookups()
