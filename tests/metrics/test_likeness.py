import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.likeness import likeness


def _image(seed: int, shape: tuple[int, ...] = (17, 33, 20)) -> np.ndarray:
    return np.random.default_rng(seed).normal(100.0, 20.0, shape)


@given(st.integers(0, 999), st.floats(0.01, 100.0), st.floats(-1000.0, 1000.0))
def test_the_scale_of_intensities_changes_nothing(seed: int, scale: float, shift: float) -> None:
    image = _image(seed)
    assert likeness(image, image * scale + shift) > 0.999


def test_another_exam_is_not_the_same() -> None:
    assert abs(likeness(_image(1), _image(2))) < 0.2
    assert likeness(_image(1), _image(1)[::-1]) < 0.5
    assert likeness(_image(1), -_image(1)) < -0.999


def test_rounding_to_whole_numbers_hardly_matters() -> None:
    assert likeness(_image(1), _image(1).astype(np.int16)) > 0.999


def test_blocks_are_means() -> None:
    first = np.arange(32.0 * 2 * 2).reshape(32, 2, 2)
    second = np.repeat(first.reshape(16, 2, 2, 2).mean(axis=1), 2, axis=0)
    assert likeness(first, second) == pytest.approx(1.0)


def test_a_flat_image_is_seen_in_more_blocks() -> None:
    image = _image(3, (1, 64, 64))
    stripes = image + np.where(np.arange(64) % 2, 60.0, -60.0)
    assert likeness(image, image) == pytest.approx(1.0)
    assert likeness(image, stripes) < 0.5


def test_what_does_not_fit_or_shows_nothing_is_not_the_same() -> None:
    assert likeness(_image(1, (4, 5, 6)), _image(1, (5, 5, 6))) == 0.0
    assert likeness(np.zeros((3, 3, 3)), _image(1, (3, 3, 3))) == 0.0
