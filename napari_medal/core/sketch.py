"""Lines and points that explain a figure, drawn over a case."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sketch:
    """One drawing over a case.

    Positions are (z, y, x) in millimetres on the case's canonical axes: index times spacing, the middle of the first
    voxel being 0.

    Args:
        name: Identifier, such as "ellipsoid".
        title: A few words.
        tip: A sentence: what is to be seen.
        color: "#rrggbb".
        paths: Polylines, each (n, 3).
        points: (n, 3) marks.
    """

    name: str
    title: str
    tip: str
    color: str
    paths: tuple[Points, ...] = ()
    points: Points | None = None
