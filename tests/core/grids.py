"""Grids of every kind for hypothesis."""

from itertools import permutations

import numpy as np
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from napari_medal.core.grid import Grid

shapes = st.tuples(*[st.integers(1, 6)] * 3)
spacings = st.tuples(*[st.floats(0.2, 7.0)] * 3)
origins = st.tuples(*[st.floats(-300.0, 300.0)] * 3)
signs = st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3)


@st.composite
def grids(draw: st.DrawFn, tilt_degrees: float = 30.0) -> Grid:
    """Draw any axis order, flips, spacing, origin, and a tilt of up to `tilt_degrees` about each axis."""
    axes = list(draw(st.sampled_from(list(permutations(range(3))))))
    tilt = draw(st.tuples(*[st.floats(-tilt_degrees, tilt_degrees)] * 3)) if tilt_degrees else (0.0, 0.0, 0.0)
    direction = Rotation.from_euler("xyz", tilt, degrees=True).as_matrix()[:, axes] * draw(signs)
    affine = np.eye(4)
    affine[:3, :3] = direction * draw(spacings)
    affine[:3, 3] = draw(origins)
    return Grid(draw(shapes), affine)
