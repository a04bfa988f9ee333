import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from napari_medal.core.edit_size import EditSize
from napari_medal.metrics.added_path_length import added_path_length
from napari_medal.metrics.edit_size import edit_size, expected_edit

MASKS = hnp.arrays(np.uint8, (4, 6, 5), elements=st.integers(0, 2))


@given(MASKS, MASKS)
def test_what_is_measured_in_a_box_is_what_the_whole_volume_says(shown: np.ndarray, wanted: np.ndarray) -> None:
    spacing = (2.0, 0.5, 1.5)
    wrong = shown != wanted
    found = edit_size(shown, wanted, spacing)
    assert found.length_mm == pytest.approx(added_path_length(shown, wanted, spacing).sum())
    assert found.slices == np.count_nonzero(wrong.any(axis=(1, 2)))
    assert found.components == ndimage.label(wrong)[1]


def test_nothing_wrong_is_nothing_to_do() -> None:
    mask = np.ones((3, 4, 4), dtype=np.uint8)
    assert edit_size(mask, mask, (1.0, 1.0, 1.0)) == EditSize(0.0, 0, 0)


def test_members_that_lie_apart_promise_work() -> None:
    shown = np.zeros((6, 12, 12), dtype=np.uint8)
    shown[1:5, 3:9, 3:9] = 1
    near, far = shown.copy(), shown.copy()
    near[1, 3:9, 3] = 0
    far[1:5, 3:9, 3:6] = 0
    little = expected_edit([shown, near], shown, (1.0, 1.0, 1.0))
    much = expected_edit([shown, far], shown, (1.0, 1.0, 1.0))
    assert little is not None
    assert much is not None
    assert 0 < little.length_mm < much.length_mm
    assert (little.slices, much.slices) == (0, 2)


def test_a_single_member_cannot_tell() -> None:
    shown = np.zeros((2, 3, 3), dtype=np.uint8)
    assert expected_edit([shown], shown, (1.0, 1.0, 1.0)) is None
