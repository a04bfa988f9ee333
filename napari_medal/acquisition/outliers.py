"""The cases that look unlike all others."""

import numpy as np

from napari_medal.acquisition.feature_space import FeatureSpace
from napari_medal.acquisition.neighbour_distance import neighbour_distance


def outliers(space: FeatureSpace, share: float) -> tuple[str, ...]:
    """Return the names of that share of the waiting cases, the least odd first.

    A case is odd by its mean distance to its 20 nearest neighbours, labelled or not (Ramaswamy et al. 2000, Efficient
    algorithms for mining outliers). Cases that all lie equally far apart have no outliers.
    """
    count = round(share * len(space.candidates))
    if count == 0:
        return ()
    distance = neighbour_distance(space.everything)[: len(space.candidates)]
    if np.ptp(distance) <= 1e-9 * distance.max():
        return ()
    return tuple(space.candidates[index].case for index in np.argsort(distance, kind="stable")[-count:])
