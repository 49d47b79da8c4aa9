"""Telling anomalies: Mahalanobis distances and blurred pictures by SciPy, path lengths by scikit-learn, and
by NumPy what no library has in so small a form: greedy centers, distances from a memory, overlap of regions,
thresholds by rank."""

import numpy as np
import scipy.ndimage
import scipy.spatial.distance
import scipy.stats
from sklearn.ensemble._iforest import _average_path_length

from .files import Case
from .gradients import Draw


def case(name, class_name, tensors, **config):
    arrays = {
        key: np.asarray(value, np.int32 if np.asarray(value).dtype.kind in "iub" else np.float64)
        for key, value in tensors.items()
    }
    return Case(f"anomaly/{name}.safetensors", {"class_name": class_name, "config": config}, arrays)


def mahalanobis(draw):
    """Distances from the samples of each place; 0.01 on the diagonals, as PaDiM has it."""
    good = draw.normal(9, 6, 4) * draw.uniform(6, 4, low=0.2, high=2) + draw.normal(6, 4)
    good = good.astype(np.float32).astype(np.float64)
    good[:, 2, 1] = 0.5  # a feature that never changes
    probe = draw.normal(3, 6, 4, scale=2)
    distances = np.zeros((3, 6))
    for place in range(6):
        covariance = np.cov(good[:, place].T) + 0.01 * np.eye(4)
        inverse = np.linalg.inv(covariance)
        for sample in range(3):
            distances[sample, place] = scipy.spatial.distance.mahalanobis(
                probe[sample, place], good[:, place].mean(0), inverse
            )
    return case(
        "mahalanobis", "PaDiM", {"good": good, "probe": probe, "distances": distances},
        regularization=0.01,
    )  # fmt: skip


def k_centers(draw):
    points = draw.normal(60, 5)
    points[17] = points[3]
    chosen = [7]
    nearest = np.full(60, np.inf)
    while len(chosen) < 12:
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
        chosen.append(int(nearest.argmax()))
    return case("k_centers", "KCenterGreedy", {"points": points, "chosen": chosen})


def patch_memory(draw, name, patches, neighbors):
    memory = draw.normal(patches, 3)
    pictures = draw.normal(2, 4, 5, 3, scale=1.5)
    distances = np.linalg.norm(pictures[..., None, :] - memory, axis=-1)
    maps = distances.min(-1)
    among = np.linalg.norm(memory[:, None] - memory, axis=-1)
    nearest = among.argsort(1, kind="stable")[:, :neighbors]
    scores = []
    for picture in range(2):
        worst = np.unravel_index(maps[picture].argmax(), maps[picture].shape)
        star = distances[picture][worst].argmin()
        around = np.exp(distances[picture][worst][nearest[star]])
        weight = 1 - around[0] / around.sum() if neighbors > 1 else 1
        scores.append(weight * maps[picture][worst])
    return case(
        name, "PatchMemory",
        {
            "memory": memory, "nearest": nearest, "pictures": pictures, "maps": maps,
            "scores": scores,
        },
    )  # fmt: skip


def blurred(draw, name, height, width, sigma):
    pictures = draw.normal(2, height, width, 2)
    found = scipy.ndimage.gaussian_filter(pictures, (0, sigma, sigma, 0), mode="reflect")
    return case(name, "GaussianFilter", {"input": pictures, "output": found}, sigma=sigma)


def region_overlap(draw):
    """The mean overlap of regions over the share of good pixels, integrated up to 0.3."""
    masks = np.zeros((3, 12, 10), bool)
    masks[0, 2:5, 2:4] = True
    masks[0, 5, 4] = True  # touches at a corner: one region
    masks[0, 9:11, 6:9] = True
    masks[1, 0:2, 0:10] = True
    scores = np.round(draw.normal(3, 12, 10) + 1.2 * masks, 1)  # with ties
    regions = []
    for picture in range(3):
        labels, count = scipy.ndimage.label(masks[picture], np.ones((3, 3)))
        regions += [(picture, labels == region + 1) for region in range(count)]
    shares, overlaps = [0.0], [0.0]
    for threshold in np.unique(scores)[::-1]:
        found = scores >= threshold
        shares.append((found & ~masks).sum() / (~masks).sum())
        overlaps.append(np.mean([found[picture][region].mean() for picture, region in regions]))
    shares, overlaps = np.array(shares), np.array(overlaps)
    inside = shares < 0.3
    x = np.append(shares[inside], 0.3)
    y = np.append(overlaps[inside], np.interp(0.3, shares, overlaps))
    return case(
        "region_overlap", "PRO",
        {
            "masks": masks, "scores": scores, "regions": [len(regions)],
            "results": [np.trapezoid(y, x) / 0.3, np.trapezoid(overlaps, shares)],
        },
    )  # fmt: skip


def thresholds(draw):
    results = []
    settings = [(19, 0.05), (99, 0.01), (100, 0.05), (250, 0.013), (40, 0.3)]
    scores = draw.normal(250)
    for count, rate in settings:
        above = int(np.floor((count + 1) * rate + 1e-9))
        rank = count + 1 - above
        results.append(
            [
                np.sort(scores[:count])[rank - 1],
                above / (count + 1),
                *scipy.stats.beta.ppf([0.025, 0.975], above, rank),
            ]
        )
    return case(
        "thresholds", "FalseAlarmThreshold",
        {"scores": scores, "settings": np.array(settings), "results": np.array(results)},
    )  # fmt: skip


def cases():
    draw = Draw("anomaly")
    yield mahalanobis(draw)
    yield k_centers(draw)
    yield patch_memory(draw, "patch_memory", 20, 4)
    yield patch_memory(draw, "patch_memory_single", 5, 1)
    yield blurred(draw, "gaussian_filter", 7, 9, 1.3)
    yield blurred(draw, "gaussian_filter_wide", 3, 5, 4.0)
    yield region_overlap(draw)
    yield thresholds(draw)
    counts = np.array([1, 2, 3, 10, 256])
    yield case(
        "path_lengths", "IsolationForest",
        {"counts": counts, "results": _average_path_length(counts)},
    )  # fmt: skip
