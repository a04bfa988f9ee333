import numpy as np
from scipy import ndimage

from napari_medal.loop.unsteady_hand import unsteady


def _balls() -> np.ndarray:
    z, y, x = np.mgrid[:24, :40, :40]
    mask = np.zeros((24, 40, 40), dtype=np.uint8)
    mask[(z - 12) ** 2 + (y - 20) ** 2 + (x - 12) ** 2 < 64] = 1
    mask[(z - 12) ** 2 + (y - 20) ** 2 + (x - 27) ** 2 < 49] = 2
    return mask


def test_boundaries_move_by_about_what_is_asked_and_no_voxel_far_away_changes() -> None:
    mask = _balls()
    moved = unsteady(mask, np.random.default_rng(0), 0.5)
    wrong = moved != mask
    distance = np.maximum(ndimage.distance_transform_edt(mask != 0), ndimage.distance_transform_edt(mask == 0))
    assert 0.05 < wrong.sum() / (mask != 0).sum() < 0.25
    assert distance[wrong].max() < 3.0
    assert set(np.unique(moved)) == {0, 1, 2}


def test_a_steady_hand_draws_what_is_there() -> None:
    mask = _balls()
    assert (unsteady(mask, np.random.default_rng(0), 1e-6) == mask).all()
    nothing = np.zeros_like(mask)
    assert (unsteady(nothing, np.random.default_rng(0), 0.5) == nothing).all()


def test_the_same_luck_gives_the_same_hand() -> None:
    first, second = (unsteady(_balls(), np.random.default_rng(seed), 0.5) for seed in (4, 4))
    assert (first == second).all()
    assert (first != unsteady(_balls(), np.random.default_rng(5), 0.5)).any()
