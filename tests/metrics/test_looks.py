import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.volume import Volume
from napari_medal.metrics.looks import looks
from tests.small import grid


def _volume(array: np.ndarray) -> Volume:
    return Volume(array, grid(array.shape))


def _scene(seed: int, shape: tuple[int, int, int] = (14, 20, 17)) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 2.0).astype(np.float32)


@given(st.floats(0.01, 1000), st.floats(-500, 500))
def test_neither_unit_nor_scale_counts(scale: float, offset: float) -> None:
    scene = _scene(0)
    assert np.allclose(looks([_volume(scene)]), looks([_volume(scene * scale + offset)]), atol=2e-2)


def test_one_exam_looks_more_like_itself_than_like_another() -> None:
    random = np.random.default_rng(1)
    first, noisy = _scene(0), _scene(0) + 0.02 * random.standard_normal((14, 20, 17)).astype(np.float32)
    one, same, other = (np.array(looks([_volume(scene)])) for scene in (first, noisy, _scene(3)))
    assert np.linalg.norm(one - same) < 0.3 * np.linalg.norm(one - other)


@pytest.mark.parametrize(
    ("shape", "numbers"), [((30, 40, 20), 2 * 6**3), ((1, 40, 50), 2 * 6**2), ((2, 3, 1), 2 * 6**2), ((1, 1, 1), 2)]
)
def test_every_size_is_told_in_a_few_numbers(shape: tuple[int, int, int], numbers: int) -> None:
    found = looks([_volume(_scene(2, shape))])
    assert len(found) == numbers
    assert np.isfinite(found).all()


def test_channels_stand_one_after_the_other() -> None:
    first, second = _volume(_scene(0)), _volume(_scene(1))
    assert looks([first, second]) == looks([first]) + looks([second])


def test_an_even_image_and_one_with_holes_are_told_too() -> None:
    even = np.full((5, 6, 7), 9.0, dtype=np.float32)
    torn = _scene(0)
    torn[3, 4, 5], torn[0, 0, 0] = np.nan, np.inf
    assert set(looks([_volume(even)])) == {0.0}
    assert np.isfinite(looks([_volume(torn)])).all()
