"""How far each of many points lies from its neighbours."""

import numpy as np
import numpy.typing as npt

from napari_medal.metrics.point_distances import point_distances


def neighbour_distance(points: npt.NDArray[np.floating], neighbours: int = 5) -> npt.NDArray[np.float64]:
    """Return the mean distance (N,) of each of the points (N, D) to its nearest ones.

    Source: Sun et al. 2022, arXiv 2204.06507. Neighbours, rather than the one centre of Mahalanobis's distance (Lee et
    al. 2018, arXiv 1807.03888), because images of several kinds have several centres.

    Args:
        points: At least two.
        neighbours: How many, at most; fewer where there are fewer.
    """
    apart = point_distances(points)
    np.fill_diagonal(apart, np.inf)
    count = min(neighbours, len(points) - 1)
    return np.asarray(np.partition(apart, count - 1, axis=1)[:, :count].mean(axis=1), dtype=np.float64)
