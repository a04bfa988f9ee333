"""How far many points lie from each other."""

import numpy as np
import numpy.typing as npt


def point_distances(points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the distance (N, N) between every two points (N, D), each feature divided by its deviation.

    A feature that is the same for all counts for nothing.
    """
    numbers = np.asarray(points, dtype=np.float64)
    spread = numbers.std(axis=0)
    varying = spread > 1e-12 * np.maximum(np.abs(numbers).max(axis=0), 1e-12)
    scaled = (numbers[:, varying] - numbers[:, varying].mean(axis=0)) / spread[varying]
    squares = (scaled**2).sum(axis=1)
    found = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2.0 * scaled @ scaled.T, 0.0))
    np.fill_diagonal(found, 0.0)
    return np.asarray(found, dtype=np.float64)
