"""How far away the next cases are."""

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.feature_space import Points

_ROWS = 512
"""So many points are compared with all others at a time, for the sake of memory."""


def neighbour_distance(points: Points, neighbours: int = 20) -> npt.NDArray[np.float64]:
    """Return the mean distance of each point to its nearest others, (N,); 0 for a single point.

    Args:
        points: (N, D).
        neighbours: How many others; all there are, if there are fewer.
    """
    from scipy.spatial.distance import cdist

    nearest = min(neighbours, len(points) - 1)
    if nearest < 1:
        return np.zeros(len(points))
    means = []
    for start in range(0, len(points), _ROWS):
        distances = cdist(points[start : start + _ROWS], points)
        # The nearest of all is the point itself, at 0.
        means.append(np.partition(distances, nearest, axis=1)[:, : nearest + 1].sum(axis=1) / nearest)
    return np.concatenate(means)
