"""Correlation of cases that count more than once."""

import numpy as np

from napari_medal.metrics.paired_bootstrap import Values


def correlation(first: Values, second: Values, counts: Values) -> Values:
    """Return the product-moment correlation (R,) for each row of counts (R, N); nan where one side never changes.

    Args:
        first: (R, N) or (N,).
        second: Likewise.
        counts: (R, N), how often each case counts.
    """
    weight = counts.sum(axis=1, keepdims=True)
    ours = first - (counts * first).sum(axis=1, keepdims=True) / weight
    theirs = second - (counts * second).sum(axis=1, keepdims=True) / weight
    squares = (counts * ours**2).sum(axis=1), (counts * theirs**2).sum(axis=1)
    scale = np.sqrt(squares[0] * squares[1])
    flat = _is_flat(squares[0], first, weight) | _is_flat(squares[1], second, weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (counts * ours * theirs).sum(axis=1) / scale
    return np.asarray(np.where(flat, np.nan, np.clip(found, -1.0, 1.0)))


def _is_flat(squares: Values, values: Values, weight: Values) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Tell where what is left of the squares is rounding."""
    size = np.abs(values).max(axis=-1)
    return np.asarray(squares <= weight[:, 0] * (1e-13 * size) ** 2)
