import numpy as np
import pytest

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume, require_same_grid
from napari_medal.errors import GeometryError


def _volume(spacing: float = 1.0) -> Volume:
    return Volume(np.zeros((2, 3, 4)), Grid((2, 3, 4), np.diag([spacing, 1.0, 1.0, 1.0])))


def test_array_and_grid_must_have_the_same_shape() -> None:
    with pytest.raises(GeometryError, match=r"shape \(3, 2, 4\); its grid has shape \(2, 3, 4\)"):
        Volume(np.zeros((3, 2, 4)), _volume().grid)


def test_equal_grids_pass() -> None:
    require_same_grid(_volume(), "image", _volume(), "mask")


def test_other_grids_are_refused_with_both_in_the_message() -> None:
    with pytest.raises(GeometryError) as caught:
        require_same_grid(_volume(), "image.nii", _volume(2.0), "mask.nii")
    message = str(caught.value)
    assert "image.nii has 2x3x4 voxels of 1x1x1 mm" in message
    assert "mask.nii has 2x3x4 voxels of 2x1x1 mm" in message
