import numpy as np

from napari_medal.loop.reading_time import class_seconds, mask_seconds
from tests.small import grid

SHAPE = (12, 20, 20)


def _box(first: int, last: int) -> np.ndarray:
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[first:last, 4:16, 4:16] = 1
    return mask


def test_a_right_mask_only_takes_a_look() -> None:
    assert mask_seconds(_box(2, 6), _box(2, 6), grid(SHAPE)) == mask_seconds(_box(0, 0), _box(0, 0), grid(SHAPE)) > 0


def test_more_to_draw_takes_longer() -> None:
    nothing = np.zeros(SHAPE, dtype=np.uint8)
    times = [mask_seconds(_box(2, 2 + wrong), _box(2, 10), grid(SHAPE)) for wrong in (8, 6, 2)]
    times.append(mask_seconds(nothing, _box(2, 10), grid(SHAPE)))
    assert times == sorted(times)
    assert len(set(times)) == 4


def test_long_contours_take_longer_than_short_ones() -> None:
    coarse, fine = grid(SHAPE, (1.0, 2.0, 2.0)), grid(SHAPE, (1.0, 0.5, 0.5))
    nothing = np.zeros(SHAPE, dtype=np.uint8)
    assert mask_seconds(nothing, _box(2, 10), coarse) > mask_seconds(nothing, _box(2, 10), fine)


def test_a_class_is_chosen_quickly() -> None:
    assert 0 < class_seconds() < mask_seconds(np.zeros(SHAPE, np.uint8), _box(2, 10), grid(SHAPE))
