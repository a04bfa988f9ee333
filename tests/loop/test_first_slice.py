"""Where a reader begins."""

import numpy as np

from napari_medal.core.score import CaseScore
from napari_medal.loop.first_slice import first_slice

_SCORE = CaseScore(0.5, (0.5,), (0.1, 0.1, 0.2, 0.8, 0.1, 0.9), "")


def _mask(**areas: int) -> np.ndarray:
    mask = np.zeros((6, 8, 8), np.uint8)
    for name, area in areas.items():
        mask[int(name[1:])].reshape(-1)[:area] = 2
    return mask


def test_the_most_uncertain_slice_that_holds_more_than_a_speck_comes_first():
    assert first_slice(_SCORE, _mask(z2=10, z3=8, z5=1), 6) == 3


def test_without_a_label_every_slice_counts():
    assert first_slice(_SCORE, _mask(), 6) == 5
    assert first_slice(_SCORE, None, 6) == 5


def test_without_scores_the_middle_of_the_label_comes_first():
    assert first_slice(None, _mask(z1=3, z2=3, z4=3), 6) == 2


def test_without_anything_the_middle_of_the_volume_comes_first():
    assert first_slice(None, _mask(), 6) == 3
