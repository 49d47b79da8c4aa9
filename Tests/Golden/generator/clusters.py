"""Clusters and few dimensions by scikit-learn alone: k-means from given centers, the records that
k-means++ takes, steps of mini-batch k-means, principal components, Gaussian mixtures, DBSCAN and
t-SNE from a given start."""

import numpy as np
from sklearn import cluster, decomposition, mixture
from sklearn.manifold import _t_sne
from scipy.spatial.distance import pdist, squareform

from .files import TOLERANCE, Case
from .gradients import Draw


def case(name, class_name, tensors, *, tolerance=TOLERANCE, **config):
    arrays = {
        key: np.asarray(value, np.int32 if np.asarray(value).dtype.kind in "iub" else np.float64)
        for key, value in tensors.items()
    }
    description = {"class_name": class_name, "config": config}
    return Case(f"clusters/{name}.safetensors", description, arrays, tolerance)


def blobs(draw, count, features, centers, spread=1.0):
    """Records around centers, in no order."""
    places = draw.normal(centers, features, scale=4)
    labels = draw.integers(count, below=centers)
    points = places[labels] + draw.normal(count, features, scale=spread)
    return points.astype(np.float32).astype(np.float64)


def k_means(name, points, start, weights=None):
    model = cluster.KMeans(len(start), init=start, n_init=1, tol=0, algorithm="lloyd")
    model.fit(points, sample_weight=weights)
    tensors = {
        "points": points, "start": start, "centers": model.cluster_centers_,
        "labels": model.labels_, "inertia": [model.inertia_],
    }  # fmt: skip
    if weights is not None:
        tensors["weights"] = weights
    return case(name, "KMeans", tensors, iterations=model.n_iter_)


def k_means_plus_plus(name, points, count, weights=None):
    seed = 7
    _, chosen = cluster.kmeans_plusplus(
        points, count, sample_weight=weights, random_state=np.random.RandomState(seed)
    )
    draws = np.random.RandomState(seed).random_sample(count * (2 + int(np.log(count))))
    tensors = {"points": points, "draws": draws, "chosen": chosen}
    if weights is not None:
        tensors["weights"] = weights
    return case(name, "kmeans_plusplus", tensors)


def mini_batches(name, batches, start):
    model = cluster.MiniBatchKMeans(
        len(start), init=start, n_init=1, reassignment_ratio=0, random_state=0
    )
    centers = []
    for batch in batches:
        model.partial_fit(batch)
        centers.append(model.cluster_centers_.copy())
    tensors = {"batches": batches, "start": start, "centers": np.stack(centers)}
    return case(name, "MiniBatchKMeans", tensors)


def components(name, points, count, whiten=False):
    model = decomposition.PCA(count, whiten=whiten, svd_solver="full").fit(points)
    projections = model.transform(points)
    tensors = {
        "points": points, "mean": model.mean_, "components": model.components_,
        "variances": model.explained_variance_, "shares": model.explained_variance_ratio_,
        "projections": projections, "back": model.inverse_transform(projections),
    }  # fmt: skip
    return case(name, "PCA", tensors, whiten=whiten, count=count)


class Mixture(mixture.GaussianMixture):
    """A mixture that starts from the groups of its records."""

    def _initialize_parameters(self, X, random_state, xp=None):
        self._initialize(X, np.eye(self.n_components)[self.groups])


def gaussian_mixture(covariance, points, count, iterations=100):
    model = Mixture(count, covariance_type=covariance, max_iter=iterations)
    model.groups = np.arange(len(points)) % count
    model.fit(points)
    tensors = {
        "points": points, "groups": model.groups, "weights": model.weights_,
        "means": model.means_, "covariances": model.covariances_,
        "probabilities": model.predict_proba(points), "log_densities": model.score_samples(points),
        "criteria": [model.bic(points), model.aic(points)],
    }  # fmt: skip
    return case(
        f"mixture_{covariance}", "GaussianMixture", tensors, covariance_type=covariance,
        iterations=model.n_iter_, converged=bool(model.converged_),
    )  # fmt: skip


def dbscan(name, points, eps, min_samples):
    model = cluster.DBSCAN(eps=eps, min_samples=min_samples).fit(points)
    tensors = {"points": points, "labels": model.labels_, "core": model.core_sample_indices_}
    return case(name, "DBSCAN", tensors, eps=eps, min_samples=min_samples)


def moons(draw, count):
    angle = np.pi * draw.uniform(count)
    upper = draw.integers(count, below=2)
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], 1) + draw.normal(count, 2, scale=0.06)
    return points.astype(np.float32).astype(np.float64)


def t_sne(draw):
    points, perplexity, exaggeration = blobs(draw, 40, 5, 3), 9.0, 12.0
    start = draw.normal(40, 2, scale=1e-2)
    distances = squareform(pdist(points, "sqeuclidean"))
    joint = _t_sne._joint_probabilities(distances, perplexity, 0)

    def descend(params, joint, iterations, momentum):
        arguments = dict(
            it=0, max_iter=iterations, momentum=momentum, learning_rate=20.0, n_iter_check=1000,
            args=[joint, 1, len(points), 2], kwargs={"skip_num_points": 0},
        )  # fmt: skip
        return _t_sne._gradient_descent(_t_sne._kl_divergence, params, **arguments)

    early, _, _ = descend(start.ravel(), joint * exaggeration, 20, 0.5)
    final, _, _ = descend(early, joint, 30, 0.8)
    divergence, _ = _t_sne._kl_divergence(final, joint, 1, len(points), 2)
    tensors = {
        "points": points, "start": start, "joint": squareform(joint),
        "early": early.reshape(start.shape), "final": final.reshape(start.shape),
        "divergence": [divergence],
    }  # fmt: skip
    return case(
        "t_sne", "TSNE", tensors, perplexity=perplexity, exaggeration=exaggeration,
        learning_rate=20.0, tolerance=1e-8,  # what rounding grows to in 50 steps
    )  # fmt: skip


def cases():
    draw = Draw("clusters")
    points = blobs(draw, 150, 3, 5)
    yield k_means("k_means", points, points[:5])
    # No record is near the last center.
    yield k_means("k_means_empty", points, np.concatenate([points[:3], [[90.0, 90, 90]]]))
    weights = draw.uniform(150, high=3)
    weights[::7] = 0
    yield k_means("k_means_weighted", points, points[1:5], weights)
    yield k_means("k_means_one", points[:9], points[:1])
    yield k_means("k_means_all", points[:6], points[:6])
    yield k_means_plus_plus("k_means_plus_plus", points, 6)
    yield k_means_plus_plus("k_means_plus_plus_weighted", points, 4, weights)
    yield mini_batches("mini_batches", draw.normal(6, 20, 3, scale=2), points[:4])

    scales = np.array([5.0, 3, 2, 1, 0.5, 0.25])
    tall = (draw.normal(40, 6) * scales + 2).astype(np.float32).astype(np.float64)
    yield components("pca", tall, 2)
    yield components("pca_whitened", tall, 4, whiten=True)
    yield components("pca_share", tall, 0.95)
    yield components("pca_tall", draw.normal(90, 6) * scales, 3)
    yield components("pca_wide", draw.normal(5, 64), 3, whiten=True)

    for covariance in ("full", "tied", "diag", "spherical"):
        yield gaussian_mixture(covariance, blobs(draw, 90, 2, 3, spread=1.5), 3)

    yield dbscan("dbscan_moons", moons(draw, 200), 0.2, 5)
    yield dbscan("dbscan_noise", blobs(draw, 120, 3, 4), 1.1, 4)
    # Points on a lattice: many lie at the very distance, and border points between clusters.
    lattice = np.stack(np.meshgrid(np.arange(12.0), np.arange(3.0)), -1).reshape(-1, 2)
    yield dbscan("dbscan_lattice", lattice[draw.generator.permutation(36)[:26]], 1.0, 4)
    yield t_sne(draw)
