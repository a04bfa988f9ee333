from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.particulars import HistogramWindow
from napari_medal.engine.histogram_window import cut_off, ends
from napari_medal.types import FloatArray

WINDOW = astuple(HistogramWindow())
REACH = HistogramWindow().reach


def head(air: float = 0.0, seed: int = 0) -> FloatArray:
    """A ball of tissue about 100 with a lesion of 180, in air that is 0 or has some noise."""
    random = np.random.default_rng(seed)
    z, y, x = np.ogrid[-1:1:24j, -1:1:48j, -1:1:48j]
    inside = z**2 + y**2 + x**2 < 0.5
    values = np.abs(random.normal(0.0, air, inside.shape)) if air else np.zeros(inside.shape)
    values[inside] = random.normal(100.0, 6.0, int(inside.sum()))
    values[10:13, 20:26, 20:26] = 180.0
    return values.astype(np.float32)


def test_the_window_ends_where_the_paper_puts_it() -> None:
    """The tissue's peak of an image without air's noise comes to lie at 100 of 255 grey levels."""
    values = head()
    low, high = ends(values, *WINDOW)
    above = values[values > 0]
    assert low == pytest.approx(np.percentile(above, 2.0))
    peak = low + (high - low) / REACH
    assert peak == pytest.approx(100.0, abs=3.0)
    assert (peak - low) / (high - low) * 255 == pytest.approx(100.0, abs=0.1)


def test_noise_of_the_air_does_not_take_the_place_of_the_tissue() -> None:
    values = head(air=3.0)
    low, high = ends(values, *WINDOW)
    assert low < 5.0
    assert low + (high - low) / REACH == pytest.approx(100.0, abs=4.0)


def test_what_is_cut_off_lies_between_0_and_1_and_keeps_its_order() -> None:
    before = head(air=2.0)
    before[12, 24, 24] = 400.0
    after = cut_off(before.copy(), *WINDOW)
    assert (after.min(), after.max()) == (0.0, 1.0)
    order = np.argsort(before, axis=None)
    assert (np.diff(after.reshape(-1)[order]) >= 0).all()


@given(scale=st.floats(0.01, 1000.0), offset=st.floats(-500.0, 500.0))
def test_the_unit_of_the_scanner_does_not_matter(scale: float, offset: float) -> None:
    values = head()
    again = (values.astype(np.float64) * scale + offset).astype(np.float32)
    np.testing.assert_allclose(cut_off(again, *WINDOW), cut_off(values, *WINDOW), atol=0.03)


@pytest.mark.parametrize("values", [np.full((2, 3, 4), 7.0), np.zeros((1, 2, 2)), np.eye(4)[None]])
def test_even_images_and_images_of_two_values_have_no_broken_values(values: FloatArray) -> None:
    cut = cut_off(values.astype(np.float32), *WINDOW)
    assert np.isfinite(cut).all()
    assert 0.0 <= cut.min() <= cut.max() <= 1.0
