import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.mask_meaning import AS_STORED, MaskMeaning
from napari_medal.core.slice_ranges import as_flags
from napari_medal.errors import GeometryError
from napari_medal.io.meant_mask import meant_mask

SCHEME = LabelScheme(tuple(LabelClass(value, f"label {value}", "#ff0000") for value in (2, 3, 250)))
PAIRS = ((1, 250), (2, 3), (3, 2))
MASKS = arrays(np.uint8, (5, 2, 3), elements=st.sampled_from([0, 1, 2, 3]))


@given(MASKS)
def test_values_are_turned_all_at_once(stored: np.ndarray) -> None:
    found = meant_mask(stored, MaskMeaning(PAIRS), SCHEME, "a")
    assert np.array_equal(found.values, np.array([0, 250, 3, 2], np.uint8)[stored])
    assert found.confirmed is None


@given(MASKS)
def test_slices_with_unknown_voxels_are_not_confirmed(stored: np.ndarray) -> None:
    meaning = MaskMeaning(PAIRS[1:], unknown=1)
    labelled = ~(stored == 1).any(axis=(1, 2))
    if not labelled.any():
        with pytest.raises(GeometryError, match="a: found voxels that nobody has labelled in every slice"):
            meant_mask(stored, meaning, SCHEME, "a")
        return
    found = meant_mask(stored, meaning, SCHEME, "a")
    assert np.array_equal(as_flags(found.confirmed, 5), labelled)
    assert np.array_equal(found.values, np.array([0, 0, 3, 2], np.uint8)[stored])


def test_slices_that_are_named_are_confirmed_but_for_unknown_voxels() -> None:
    stored = np.zeros((5, 2, 3), np.uint8)
    assert meant_mask(stored, MaskMeaning(confirmed=((1, 3),)), SCHEME, "a").confirmed == ((1, 3),)
    assert meant_mask(stored, MaskMeaning(confirmed=((0, 4),)), SCHEME, "a").confirmed is None
    stored[2, 0, 0] = 9
    assert meant_mask(stored, MaskMeaning(unknown=9, confirmed=((1, 3),)), SCHEME, "a").confirmed == ((1, 1), (3, 3))
    with pytest.raises(GeometryError, match="wanted slices from 1 to 5"):
        meant_mask(stored, MaskMeaning(unknown=9, confirmed=((1, 5),)), SCHEME, "a")


def test_values_that_the_folder_does_not_know_are_refused() -> None:
    stored = np.full((1, 1, 1), 4, np.uint8)
    with pytest.raises(GeometryError, match="a: found the value 4"):
        meant_mask(stored, MaskMeaning(PAIRS), SCHEME, "a")
    with pytest.raises(GeometryError, match="a: found the label values 4"):
        meant_mask(stored, AS_STORED, SCHEME, "a")
