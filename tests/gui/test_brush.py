"""napari's brush in millimetres, as napari paints it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.gui.brush import brush_mm, brush_size
from napari_medal.gui.label_layer import LabelLayer

SPACINGS = st.sampled_from([0.4, 0.7, 1.0, 2.5])


@settings(max_examples=25)
@given(
    wanted_mm=st.floats(0.5, 15.0), spacing_mm=st.tuples(SPACINGS, SPACINGS, SPACINGS), across=st.sampled_from([2, 3])
)
def test_what_is_painted_is_as_wide_as_wanted(wanted_mm, spacing_mm, across):
    layer = LabelLayer(np.zeros((41, 41, 41), np.uint8), scale=spacing_mm)
    layer.n_edit_dimensions = across
    painted_mm = spacing_mm[3 - across :]
    layer.brush_size = brush_size(wanted_mm, painted_mm)
    layer.paint((20, 20, 20), 1)
    places = np.argwhere(layer.data)[:, 3 - across :]
    finest = int(np.argmin(painted_mm))
    width_mm = (np.ptp(places[:, finest]) + 1) * painted_mm[finest]
    limit_mm = 41 * painted_mm[finest]
    assert abs(width_mm - min(max(wanted_mm, painted_mm[finest]), limit_mm)) <= painted_mm[finest] + 1e-9
    if width_mm < limit_mm:
        assert np.isclose(brush_mm(layer.brush_size, painted_mm), width_mm)


def test_a_brush_has_a_largest_size():
    assert brush_size(1e9, (1.0, 1.0)) == 401
    assert brush_size(0.0, (1.0, 1.0)) == 1
