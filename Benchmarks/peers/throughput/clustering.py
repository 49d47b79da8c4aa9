"""K-means and principal components, by scikit-learn."""

import warnings

import numpy as np

from . import Row

TITLE = "Clusters and components"


def points_of(folder, width):
    return np.fromfile(folder / "points", np.float32).reshape(-1, width)


def write_groups(count, width, clusters):
    """Records of groups that overlap, and centers to start from."""

    def write(folder):
        generator = np.random.default_rng(1)
        centers = generator.normal(0, 1, (clusters, width))
        labels = generator.integers(clusters, size=count)
        points = (centers[labels] + generator.normal(0, 1, (count, width))).astype(np.float32)
        points.tofile(folder / "points")
        points[:clusters].tofile(folder / "start")

    return write


def write_mixed(count, width):
    """Records whose features depend on one another, with variances that fall off."""

    def write(folder):
        generator = np.random.default_rng(1)
        hidden = min(width, 100)
        scales = 1 / (1 + np.arange(hidden))
        mixing = generator.normal(0, 1, (hidden, width))
        points = (generator.normal(0, 1, (count, hidden)) * scales) @ mixing
        points += generator.normal(0, 0.05, points.shape)
        points.astype(np.float32).tofile(folder / "points")

    return write


def k_means(algorithm, rounds, width):
    def prepare(folder):
        from sklearn.cluster import KMeans

        points = points_of(folder, width)
        start = np.fromfile(folder / "start", np.float32).reshape(-1, width)
        warnings.simplefilter("ignore")
        return lambda: KMeans(
            len(start), init=start, n_init=1, tol=0, max_iter=rounds, algorithm=algorithm
        ).fit(points).inertia_

    return prepare


def seeds(clusters, width):
    def prepare(folder):
        from sklearn.cluster import KMeans

        points = points_of(folder, width)
        warnings.simplefilter("ignore")
        return lambda: KMeans(clusters, n_init=1, max_iter=1, random_state=0).fit(points).inertia_

    return prepare


def components(count, width):
    def prepare(folder):
        from sklearn.decomposition import PCA

        points = points_of(folder, width)

        def work():
            model = PCA(count, random_state=0)
            model.fit_transform(points)
            return float(model.explained_variance_ratio_.sum())

        return work

    return prepare


def k_means_row(count, width, clusters, rounds, title):
    return Row(
        f"k-means {count:,} × {width}, {clusters} clusters, {title}", count, "records",
        write_groups(count, width, clusters),
        {
            "scikit-learn": k_means("lloyd", rounds, width),
            "scikit-learn (elkan)": k_means("elkan", rounds, width),
        },
    )  # fmt: skip


PASSES = (
    "passes over memory take as long as products; those of few features are one piece of work, which "
    "a second processor does not help."
)


def pca_row(count, width, kept):
    return Row(
        f"PCA {count:,} × {width:,}, {kept} components", count, "records",
        write_mixed(count, width), {"scikit-learn": components(kept, width)},
        remark=PASSES if width < 100 else "products of large matrices, at which both are good.",
    )  # fmt: skip


ROWS = [
    k_means_row(10_000, 16, 8, 20, "20 rounds"),
    k_means_row(100_000, 16, 8, 20, "20 rounds"),
    k_means_row(1_000_000, 16, 8, 20, "20 rounds"),
    k_means_row(100_000, 16, 8, 1000, "to the end"),
    k_means_row(100_000, 64, 100, 20, "20 rounds"),
    k_means_row(60_000, 784, 10, 20, "20 rounds"),
    Row(
        "k-means++ 100,000 × 16, 20 clusters", 100_000, "records", write_groups(100_000, 16, 20),
        {"scikit-learn": seeds(20, 16)}, tolerance=0.2,
    ),  # fmt: skip
    pca_row(100_000, 64, 10),
    pca_row(20_000, 784, 50),
    pca_row(2_000, 3_000, 20),
]
