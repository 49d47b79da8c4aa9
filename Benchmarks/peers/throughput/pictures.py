"""Pictures decoded and changed at random, by Pillow, OpenCV and torchvision, each with a thread or process
for each processor."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import Row

TITLE = "Pictures"

# Pixels of the result are random; their mean over all pictures is not.
TOLERANCE = 0.05


def write_pictures(count, size):
    """Parts of a photo that scikit-learn brings, as JPEG files of quality 90 in one class folder."""

    def write(folder):
        import numpy as np
        from PIL import Image
        from sklearn.datasets import load_sample_image

        photos = [Image.fromarray(load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
        random = np.random.default_rng(0)
        target = folder / "pictures" / "photo"
        target.mkdir(parents=True)
        for place in range(count):
            photo = photos[place % 2]
            side = int(random.integers(size if size > 100 else 60, 400))
            left = int(random.integers(photo.width - side + 1))
            top = int(random.integers(photo.height - side + 1))
            part = photo.resize((size, size), box=(left, top, left + side, top + side))
            part.save(target / f"{place:05}.jpg", quality=90)

    return write


def write_cifar10(count):
    """The first training pictures of each class of CIFAR-10, `train/CLASS/*.jpg` in the folder that
    MORU_BENCHMARK_CIFAR10 names."""

    def write(folder):
        classes = sorted((Path(os.environ["MORU_BENCHMARK_CIFAR10"]) / "train").iterdir())
        for kind in classes:
            target = folder / "pictures" / kind.name
            target.mkdir(parents=True)
            for path in sorted(kind.glob("*.jpg"))[:count // len(classes)]:
                shutil.copy(path, target)

    return write


def processors():
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def files(folder):
    return sorted(folder.glob("pictures/*/*.jpg"))


def mean_of(paths, one):
    """The mean over all pixels of pictures made on threads, in batches of 32."""
    import numpy as np

    pool = ThreadPoolExecutor(processors())

    def work():
        total, count = 0.0, 0
        for start in range(0, len(paths), 32):
            batch = np.stack(list(pool.map(one, paths[start:start + 32])))
            total, count = total + float(batch[:, 0].mean()), count + 1
        return total / count

    return work


def opencv(size, change):
    def prepare(folder):
        import cv2

        cv2.setNumThreads(1)  # the threads of the pool are the processors'
        return mean_of(files(folder), lambda path: change(cv2, cv2.imread(str(path))))

    return prepare


def pillow(size, change):
    def prepare(folder):
        import numpy as np
        from PIL import Image

        return mean_of(
            files(folder), lambda path: np.asarray(change(Image.open(path).convert("RGB")))
        )

    return prepare


class Folder:
    """A data set as torch's loader takes it."""

    def __init__(self, paths, transform, read):
        self.paths, self.transform, self.read = paths, transform, read

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, place):
        return self.transform(self.read(self.paths[place]))


def torchvision(make_transform):
    def prepare(folder):
        import torch
        from PIL import Image
        from torchvision.transforms import v2

        torch.set_num_threads(1)
        transform = v2.Compose([v2.PILToTensor(), *make_transform(v2)])
        count = processors()
        loader = torch.utils.data.DataLoader(
            Folder(files(folder), transform, lambda path: Image.open(path).convert("RGB")),
            batch_size=32, num_workers=count if count > 1 else 0, persistent_workers=count > 1,
        )  # fmt: skip

        def work():
            means = [float(batch[:, :, 0].float().mean()) for batch in loader]
            return sum(means) / len(means)

        return work

    return prepare


def small_opencv(cv2, picture):
    import random

    padded = cv2.copyMakeBorder(picture, 4, 4, 4, 4, cv2.BORDER_REFLECT)
    top, left = random.randrange(9), random.randrange(9)
    part = padded[top:top + 32, left:left + 32]
    return cv2.flip(part, 1) if random.random() < 0.5 else part


def small_pillow(picture):
    import random

    from PIL import Image, ImageOps

    # Pillow widens by one colour only; the mirrored border is pasted.
    padded = ImageOps.expand(picture, 4, fill=(128, 128, 128))
    top, left = random.randrange(9), random.randrange(9)
    part = padded.crop((left, top, left + 32, top + 32))
    return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else part


def part_of(height, width):
    import math
    import random

    while True:
        area = height * width * random.uniform(0.3, 1)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            return random.randint(0, height - h), random.randint(0, width - w), h, w


def photo_opencv(cv2, picture):
    import random

    import numpy as np

    top, left, height, width = part_of(*picture.shape[:2])
    part = picture[top:top + height, left:left + width]
    part = cv2.resize(part, (224, 224), interpolation=cv2.INTER_LINEAR)
    if random.random() < 0.5:
        part = cv2.flip(part, 1)
    part = cv2.convertScaleAbs(part, alpha=random.uniform(0.8, 1.2))
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    factor = random.uniform(0.8, 1.2)
    part = cv2.convertScaleAbs(part, alpha=factor, beta=(1 - factor) * float(grey.mean()))
    factor = random.uniform(0.8, 1.2)
    grey = cv2.cvtColor(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(part, factor, grey, 1 - factor, 0)


def photo_pillow(picture):
    import random

    from PIL import Image, ImageEnhance

    top, left, height, width = part_of(picture.height, picture.width)
    part = picture.resize(
        (224, 224), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height)
    )
    if random.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for kind in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        part = kind(part).enhance(random.uniform(0.8, 1.2))
    return part


def turned_opencv(cv2, picture):
    import random

    matrix = cv2.getRotationMatrix2D((111.5, 111.5), random.uniform(-20, 20), 1)
    part = cv2.warpAffine(picture, matrix, (224, 224), borderMode=cv2.BORDER_REFLECT)
    return cv2.GaussianBlur(part, (9, 9), 1.2, borderType=cv2.BORDER_REFLECT_101)


def turned_pillow(picture):
    import random

    from PIL import Image, ImageFilter

    part = picture.rotate(random.uniform(-20, 20), Image.Resampling.BILINEAR, fillcolor=(128,) * 3)
    return part.filter(ImageFilter.GaussianBlur(1.2))


def row(name, count, write, opencv, pillow, torchvision, **settings):
    peers = {"opencv": opencv, "pillow": pillow, "torchvision": torchvision}
    remark = "two fifths to half of the time is libjpeg-turbo's decoding, which all programs share."
    return Row(
        name, count, "pictures", write, peers, remark=remark,
        **{"tolerance": TOLERANCE, **settings},
    )  # fmt: skip


SMALL_PEERS = (
    opencv(32, small_opencv), pillow(32, small_pillow),
    torchvision(
        lambda v2: [v2.RandomCrop(32, 4, padding_mode="reflect"), v2.RandomHorizontalFlip()]
    ),
)  # fmt: skip

ROWS = [
    row(
        "CIFAR-10 pictures: decode, crop, flip", 2000, write_cifar10(2000), *SMALL_PEERS,
        needs_cifar10=True,
    ),
    row(
        "pictures 32 × 32: decode, crop, flip", 2048, write_pictures(2048, 32), *SMALL_PEERS
    ),
    row(
        "photos 224 × 224: decode, random resized crop, flip, colour", 256,
        write_pictures(256, 224), opencv(224, photo_opencv), pillow(224, photo_pillow),
        torchvision(
            lambda v2: [
                v2.RandomResizedCrop(224, (0.3, 1)), v2.RandomHorizontalFlip(),
                v2.ColorJitter(0.2, 0.2, 0.2),
            ]
        ),
    ),
    row(
        "photos 224 × 224: decode, rotate, blur", 256, write_pictures(256, 224),
        opencv(224, turned_opencv), pillow(224, turned_pillow),
        torchvision(
            lambda v2: [
                v2.RandomRotation(20, v2.InterpolationMode.BILINEAR, fill=128),
                v2.GaussianBlur(9, 1.2),
            ]
        ),
        tolerance=2 * TOLERANCE,
    ),
]  # fmt: skip
