import math

import numpy as np
import pytest
import SimpleITK
from hypothesis import given

from napari_medal.metrics.volume_error import volume_error
from tests.metrics.blobs import SPACINGS, pairs


@given(pairs(), SPACINGS)
def test_agrees_with_simpleitk(masks, spacing):
    found = volume_error(*masks, float(np.prod(spacing)))
    for mask, ml in zip(masks, (found.predicted_ml, found.truth_ml), strict=True):
        image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
        image.SetSpacing(spacing[::-1])
        shape = SimpleITK.LabelShapeStatisticsImageFilter()
        shape.Execute(image)
        assert ml == pytest.approx(shape.GetPhysicalSize(1) / 1000.0, rel=1e-6)
    assert found.percent == pytest.approx(100.0 * (found.predicted_ml / found.truth_ml - 1.0), abs=1e-9)


def test_empty_masks():
    empty, full = np.zeros((2, 3, 4), dtype=bool), np.ones((2, 3, 4), dtype=bool)
    both = volume_error(empty, empty, 1.0)
    assert both.ml == 0.0
    assert math.isnan(both.percent)
    assert math.isnan(volume_error(full, empty, 1.0).percent)
    missed = volume_error(empty, full, 1000.0)
    assert (missed.ml, missed.percent) == (-24.0, -100.0)
