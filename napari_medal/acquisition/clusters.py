"""Groups of cases that look alike."""

import warnings

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.draw import draw
from napari_medal.acquisition.feature_space import Points


def clusters(points: Points, count: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the cluster of each point by k-means, (N,) from 0.

    Args:
        points: (N, D).
        count: How many clusters; points that lie in one place make no more than one.
        seed: Where k-means begins.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    count = min(count, len(np.unique(points, axis=0)))
    if count <= 1:
        return np.zeros(len(points), dtype=np.intp)
    means = KMeans(count, n_init=3, random_state=int(draw("clusters", seed) * 2**31))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # points that differ by a rounding error only
        return np.asarray(means.fit_predict(points), dtype=np.intp)
