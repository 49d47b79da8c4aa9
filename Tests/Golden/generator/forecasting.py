"""Figures of forecasts by NumPy in plain steps, with scikit-learn's pinball loss; Diebold and Mariano's test
by NumPy and SciPy's Student distribution; the bootstrap of circular blocks by NumPy, its variance in closed
form; and the bases of N-BEATS by NumPy."""

import numpy as np
from scipy import stats
from sklearn.metrics import mean_pinball_loss

from .files import Case, require_agreement
from .gradients import Draw


def case(kind, name, tensors, **config):
    arrays = {key: np.asarray(value, np.float64) for key, value in tensors.items()}
    description = {"class_name": kind, "config": config}
    return Case(f"forecasting/{kind}_{name}.safetensors", description, arrays)


def figures_of(truth, predicted, quantiles, scales):
    """MAE, RMSE, MASE, sMAPE, pinball loss, coverage and width."""
    point = predicted[int(np.argmin(np.abs(np.asarray(quantiles) - 0.5)))]
    error = np.abs(truth - point)
    pinball = np.mean(
        [mean_pinball_loss(truth.ravel(), p.ravel(), alpha=q) for p, q in zip(predicted, quantiles)]
    )
    low, high = predicted[0], predicted[-1]
    return [
        error.mean(),
        np.sqrt((error**2).mean()),
        (error / scales[:, None]).mean(),
        200 * (error / (np.abs(truth) + np.abs(point))).mean(),
        pinball,
        ((low <= truth) & (truth <= high)).mean(),
        (high - low).mean(),
    ]


def figures(name, count, horizon, quantiles):
    draw = Draw(f"forecast figures {name}")
    truth = draw.normal(count, horizon, scale=3, shift=10)
    steps = np.sort(draw.normal(len(quantiles), count, horizon, scale=2), axis=0)
    predicted = truth + steps + 0.5
    scales = draw.uniform(count, low=0.5, high=3)
    by_step = [
        figures_of(truth[:, [step]], predicted[:, :, [step]], quantiles, scales)
        for step in range(horizon)
    ]
    tensors = {
        "truth": truth,
        "predicted": predicted,
        "scales": scales,
        "overall": figures_of(truth, predicted, quantiles, scales),
        "steps": by_step,
    }
    return case("figures", name, tensors, quantiles=list(quantiles))


def naive_error(name, period):
    draw = Draw(f"naive error {name}")
    values = draw.normal(40, scale=2)
    error = np.abs(values[period:] - values[:-period]).mean()
    return case("scale", name, {"values": values, "error": error}, period=period)


def diebold_mariano(name, count, lags):
    draw = Draw(f"diebold mariano {name}")
    # Neighbours hang together, as losses of forecasts that overlap do.
    noise = draw.normal(2, count + 3)
    first, second = np.abs(noise[:, 3:] + noise[:, 2:-1] + noise[:, 1:-2] + noise[:, :-3])
    second = second + 0.3
    d = first - second
    n, h = count, lags + 1
    gamma = [((d[k:] - d.mean()) * (d[: n - k] - d.mean())).sum() / n for k in range(h)]
    statistic = d.mean() / np.sqrt((gamma[0] + 2 * sum(gamma[1:])) / n)
    statistic *= np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    p = 2 * stats.t.sf(abs(statistic), n - 1)
    if lags == 0:
        plain = stats.ttest_1samp(d, 0)
        require_agreement("Diebold-Mariano without lags", statistic, plain.statistic)
        require_agreement("its p-value", p, plain.pvalue)
    tensors = {"first": first, "second": second, "statistic": statistic, "p": p}
    return case("dieboldmariano", name, tensors, lags=lags)


def block_bootstrap(name, count, length):
    """The mean of a series whose neighbours hang together over resampled circular blocks."""
    noise = Draw(f"block bootstrap {name}").normal(count + 3)
    values = noise[3:] + noise[2:-1] + noise[1:-2] + noise[:-3]
    starts = np.random.default_rng(5).integers(count, size=(100_000, count // length))
    blocks = (starts[..., None] + np.arange(length)) % count
    means = values[blocks.reshape(len(starts), -1)].mean(1)
    # Politis & Romano 1992: blocks are drawn independently, each as likely as any other.
    sums = np.array([np.roll(values, -start)[:length].mean() for start in range(count)])
    variance = sums.var() / (count // length)
    require_agreement("variance of resampled means", means.var() / variance, 1, 0.02)
    interval = np.quantile(means, [0.025, 0.975])
    tensors = {"values": values, "variance": variance, "interval": interval}
    return case("blocks", name, tensors, length=length)


def basis(name, curves, order, length):
    draw = Draw(f"basis {name}")
    t = np.arange(length) / length
    if curves == "trend":
        rows = np.stack([t**power for power in range(order + 1)])
    else:
        waves = [np.cos(2 * np.pi * i * t) for i in range(order + 1)]
        waves += [np.sin(2 * np.pi * i * t) for i in range(1, order + 1)]
        rows = np.stack(waves)
    x = draw.normal(3, 2, len(rows))
    return case(
        "basis", name, {"input": x, "output": x @ rows}, curves=curves, order=order, length=length
    )


def normalization(name, level, scales):
    """A window through the normalization, a layer that sums it by known weights, and back."""
    draw = Draw(f"normalization {name}")
    x = draw.normal(4, 6, 3, scale=2, shift=5)
    center, scale = draw.normal(3, shift=4), draw.uniform(3, low=0.5, high=3)
    kernel = draw.normal(18, 2)
    z = (x - center) / scale
    target = z[:, :, 0]
    base = {"none": 0, "last": target[:, -1:], "mean": target.mean(1, keepdims=True)}[level]
    target = target - base
    width = np.maximum(np.abs(target).mean(1, keepdims=True), 0.01) if scales else 1
    z = np.concatenate([(target / width)[:, :, None], z[:, :, 1:]], axis=2)
    output = (z.reshape(4, 18) @ kernel * width + base) * scale[0] + center[0]
    tensors = {"input": x, "center": center, "scale": scale, "kernel": kernel, "output": output}
    return case("normalization", name, tensors, level=level, scalesWindows=scales)


def ordered(name):
    x = Draw(f"ordered {name}").normal(3, 4, 5, scale=3)
    output = np.cumsum(np.concatenate([x[..., :1], np.logaddexp(x[..., 1:], 0)], -1), -1)
    return case("ordered", name, {"input": x, "output": output})


def cases():
    yield figures("interval", 17, 5, [0.05, 0.5, 0.95])
    yield figures("one_step", 9, 1, [0.1, 0.5, 0.9])
    yield figures("five", 12, 3, [0.1, 0.25, 0.5, 0.75, 0.9])
    for period in (1, 7):
        yield naive_error(f"period_{period}", period)
    for lags in (0, 3, 11):
        yield diebold_mariano(f"lags_{lags}", 60, lags)
    for length in (1, 4, 12):
        yield block_bootstrap(f"of_{length}", 96, length)
    yield basis("trend", "trend", 3, 8)
    yield basis("constant", "trend", 0, 5)
    yield basis("seasonality", "seasonality", 4, 12)
    for level in ("none", "last", "mean"):
        yield normalization(level, level, False)
        yield normalization(f"{level}_scaled", level, True)
    yield ordered("five")
