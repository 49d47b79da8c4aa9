"""Writes the fixtures of MoruDataTests: small files, and what Python's libraries read in them.

Run in this folder with Pillow 13.0.0, NumPy 2.4.6 and scikit-learn 1.9.1:
    python make_fixtures.py
"""

import csv
import gzip
import io
import json
import struct

import numpy as np
from PIL import Image, ImageOps
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder

random = np.random.default_rng(20)
expected = {"pictures": {}, "resized": {}}


def note(name, array):
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[:, :, None]
    expected["pictures"][name] = {"shape": list(array.shape), "pixels": array.ravel().tolist()}


def smooth(height, width, channels):
    """Few frequencies, so that JPEG and resizing have something to get right."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 120 * np.sin(x / 3 + c) * np.cos(y / 4 - c) for c in range(channels)]
    return np.stack(planes, -1).round().astype(np.uint8)


# PNG
rgb = random.integers(0, 256, (5, 7, 3), np.uint8)
rgba = random.integers(0, 256, (5, 7, 4), np.uint8)
grey = random.integers(0, 256, (5, 7), np.uint8)
Image.fromarray(rgb).save("rgb.png")
note("rgb.png", rgb)
Image.fromarray(grey).save("grey.png")
note("grey.png", grey)
Image.fromarray(rgba).save("rgba.png")
alpha = rgba[:, :, 3:].astype(int)
note("rgba.png", (alpha * rgba[:, :, :3] + (255 - alpha) * 255 + 127) // 255)
palette = Image.fromarray(rgb).quantize(6)
palette.save("palette.png")
note("palette.png", palette.convert("RGB"))
wide = random.integers(0, 65536, (5, 7)).astype(np.uint16)
Image.fromarray(wide).save("grey16.png")
note("grey16.png", np.floor(wide / 65535 * 255 + 0.5).astype(int))
bits = Image.fromarray(grey).convert("1")
bits.save("bits.png")
note("bits.png", bits.convert("L"))

# JPEG; Pillow decodes with libjpeg-turbo as well
picture = Image.fromarray(smooth(12, 20, 3))
for name, options in [("rgb.jpg", {}), ("progressive.jpg", {"progressive": True})]:
    picture.save(name, quality=90, **options)
    note(name, Image.open(name))
Image.fromarray(smooth(12, 20, 1)[:, :, 0]).save("grey.jpg", quality=90)
note("grey.jpg", Image.open("grey.jpg"))
picture.convert("CMYK").save("cmyk.jpg")
y, x = np.mgrid[0:120, 0:168]
waves = [128 + 100 * np.sin(x / (9 + c) + c) * np.cos(y / (7 + 2 * c)) for c in range(3)]
Image.fromarray(np.stack(waves, axis=-1).astype(np.uint8)).save("waves.jpg", quality=90)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"orientation{orientation}.jpg"
    Image.fromarray(smooth(8, 16, 1)[:, :, 0]).save(name, quality=90, exif=exif)
    note(name, ImageOps.exif_transpose(Image.open(name)))
    for name, options in [("png", {}), ("webp", {"lossless": True}), ("tiff", {})]:
        name = f"orientation{orientation}.{name}"
        Image.fromarray(smooth(4, 6, 3)).save(name, exif=exif, **options)
        note(name, ImageOps.exif_transpose(Image.open(name)))

# Resizing
for name in ["rgb.png", "grey.jpg"]:
    for height, width in [(3, 4), (10, 9), (1, 1), (5, 14)]:
        for word, kind in [("bilinear", Image.BILINEAR), ("area", Image.BOX)]:
            resized = Image.open(name).resize((width, height), kind)
            expected["resized"][f"{name} {height} {width} {word}"] = np.asarray(
                resized
            ).ravel().tolist()

# CSV: quoting, CRLF, byte-order mark, blank line, newline inside a field, Korean
text = (
    '\ufeffname,"a ""quoted"" one",수량,note\r\n'
    '"Kim, Min-su",1.5,3,plain\r\n'
    '"two\r\nlines",-2e-3,,""\r\n'
    "\r\n"
    '모루,NA,12," spaced "\r\n'
    '"say ""hi""",.5,-7,"NA"'
)
with open("messy.csv", "w", newline="", encoding="utf-8") as file:
    file.write(text)
rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
expected["messy"] = [row for row in rows if row]
spellings = ["0", "-0", "1", "+7", "3.14159265358979", "1e-5", "1E5", "-2.5e+3", ".5", "5.",
             "123456789012345678901234567890", "0.1", "1e22", "1e23", "9007199254740993",
             "2.2250738585072014e-308", "4.9e-324", "1.7976931348623157e308", "  42 ",
             "0.000000000000000000000000123456789", "8.41e21", "179769313486231580793728971405301"]
expected["numbers"] = [[s, struct.pack(">d", float(s)).hex()] for s in spellings]

# CSV in Korean Windows' encoding, with syllables that EUC-KR lacks
rows = [["이름", "불량 유형", "값"], ["똠방각하", "긁힘", "1"], ["펲시콜라", "쀍", "2"],
        ["김, 민수", "찍힘 \"깊음\"", "3"]]
with open("cp949.csv", "w", newline="", encoding="cp949") as file:
    csv.writer(file).writerows(rows)
with open("cp949.json", "w") as file:
    json.dump(rows, file, ensure_ascii=False)

# IDX
idx = random.integers(0, 256, (4, 3, 2), np.uint8)
labels = np.array([3, 0, 9, 3], np.uint8)
for part in ["train", "t10k"]:
    with gzip.GzipFile(f"{part}-images-idx3-ubyte.gz", "wb", mtime=0) as file:
        file.write(struct.pack(">BBBBIII", 0, 0, 8, 3, *idx.shape) + idx.tobytes())
    with open(f"{part}-labels-idx1-ubyte", "wb") as file:
        file.write(struct.pack(">BBBBI", 0, 0, 8, 1, len(labels)) + labels.tobytes())
expected["idx"] = idx.ravel().tolist()
shorts = np.array([[-1, 2], [300, -32768]], ">i2")
with open("int16.idx", "wb") as file:
    file.write(struct.pack(">BBBBII", 0, 0, 0x0B, 2, 2, 2) + shorts.tobytes())
doubles = np.array([0.1, -1e300], ">f8")
with open("float64.idx", "wb") as file:
    file.write(struct.pack(">BBBBI", 0, 0, 0x0E, 1, 2) + doubles.tobytes())

# Encoding of a table: one-hot and imputing
with open("mixed.csv", "w", newline="") as file:
    file.write(
        "age,city,rooms,price\n31,Seoul,2,1.5\n,Busan,3,2.5\n47,,3,0.5\n18,Seoul,,4\n"
        "29,Ansan,2,3.5\n47,Busan,1,2\n"
    )
ages = np.array([[31], [np.nan], [47], [18], [29], [47]])
cities = np.array([["Seoul"], ["Busan"], [None], ["Seoul"], ["Ansan"], ["Busan"]], dtype=object)
rooms = np.array([[2], [3], [3], [np.nan], [2], [1]])
for word, strategy in [("mean", "mean"), ("mostFrequent", "most_frequent")]:
    filled = SimpleImputer(strategy="most_frequent", missing_values=None).fit_transform(cities)
    hot = OneHotEncoder(sparse_output=False).fit_transform(filled)
    columns = [SimpleImputer(strategy=strategy).fit_transform(c) for c in (ages, rooms)]
    expected[word] = np.hstack([columns[0], hot, columns[1]]).ravel().tolist()

# The digits that ship with the examples
with gzip.open("../../../Examples/data/digits.csv.gz", "rt") as file:
    digits = np.loadtxt(file, delimiter=",", skiprows=1)
y = digits[:, -1].astype(int)
_, test = train_test_split(y, test_size=0.2, stratify=y, random_state=0)
expected["digits"] = {
    "rows": len(digits),
    "sum": digits[:, :-1].sum(),
    "minimum": digits.min(0).tolist(),
    "mean": digits.mean(0).tolist(),
    "maximum": digits.max(0).tolist(),
    "distinct": [len(np.unique(c)) for c in digits.T],
    "duplicates": len(digits) - len(np.unique(digits, axis=0)),
    "classes": np.bincount(y).tolist(),
    "stratifiedTest": np.bincount(test).tolist(),
}
with open("expected.json", "w") as file:
    json.dump(expected, file, separators=(",", ":"), ensure_ascii=False)
