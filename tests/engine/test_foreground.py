import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_medal.engine.foreground import Foreground
from napari_medal.engine.mask_loss import IGNORED

SIDES = st.integers(1, 7)
MASKS = hnp.arrays(np.uint8, st.tuples(SIDES, SIDES, SIDES), elements=st.sampled_from([0, 0, 1, 2, 7, IGNORED]))


@given(MASKS)
@settings(max_examples=60)
def test_every_labelled_voxel_of_a_small_mask_is_found(mask: np.ndarray) -> None:
    found = Foreground.of(mask)
    wanted = [np.flatnonzero(mask == value) for value in np.unique(mask) if value not in (0, IGNORED)]
    assert len(found.voxels) == len(wanted)
    assert all((a == b).all() for a, b in zip(found.voxels, wanted, strict=True))
    slices = np.flatnonzero((mask != IGNORED).any(axis=(1, 2)))
    assert (found.known is None) == (not (mask == IGNORED).any())
    assert found.known is None or (found.known == slices).all()


def test_of_a_large_mask_a_sample_is_kept_spread_over_all_of_it() -> None:
    mask = np.zeros((40, 50, 60), dtype=np.uint8)
    mask[5:35] = 1
    mask[20, 10:12, 10] = 2
    first, again = Foreground.of(mask), Foreground.of(mask)
    many, few = first.voxels
    assert len(many) == 10_000
    assert len(np.unique(many)) == 10_000
    assert (mask.ravel()[many] == 1).all()
    assert (many == again.voxels[0]).all()
    assert (np.bincount(many // 3000, minlength=40)[5:35] > 200).all()
    assert (few == np.flatnonzero(mask == 2)).all()


def test_a_mask_without_labels_has_no_place_to_go_to() -> None:
    assert Foreground.of(np.zeros((3, 4, 5), np.uint8)).voxels == ()
