import pytest

from napari_medal.engine.fingerprint import fingerprint
from napari_medal.errors import ModelError
from tests.small import grid


def test_the_median_and_the_largest_are_taken_axis_by_axis() -> None:
    grids = [
        grid((10, 50, 30), (1.0, 0.5, 0.5)),
        grid((20, 40, 30), (2.0, 0.5, 0.7)),
        grid((90, 41, 10), (3.0, 0.6, 0.9)),
    ]
    found = fingerprint(grids, 2)
    assert (found.cases, found.channels, found.planar) == (3, 2, False)
    assert found.median_shape == (20, 41, 30)
    assert found.largest_shape == (90, 50, 30)
    assert found.spacing_mm == pytest.approx((2.0, 0.5, 0.7))


def test_only_single_slices_are_planar() -> None:
    assert fingerprint([grid((1, 50, 30))], 1).planar
    assert not fingerprint([grid((1, 50, 30)), grid((2, 50, 30))], 1).planar


def test_no_case_makes_no_fingerprint() -> None:
    with pytest.raises(ModelError, match="at least one usable case"):
        fingerprint([], 1)
