from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.contributions.readers import get_reader
from napari_medal.errors import FormatError

RAS_AFFINE = np.array([[0, 0, 2.0, 5], [-0.5, 0, 0, 6], [0, 3.0, 0, 7], [0, 0, 0, 1]])


@pytest.fixture
def brain(tmp_path: Path) -> Path:
    path = tmp_path / "brain.01.nii.gz"
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(array, RAS_AFFINE), path)
    return path


def test_a_file_becomes_a_layer_in_the_canonical_frame(brain: Path) -> None:
    read = get_reader(str(brain))
    assert read is not None
    ((array, options, kind),) = read(str(brain))
    assert kind == "image"
    assert options["name"] == "brain.01"
    # Source axis 1 runs to the head in steps of 3 mm, axis 0 to the back in steps of 0.5, axis 2 sideways in 2.
    assert options["scale"] == pytest.approx((3.0, 0.5, 2.0))
    assert array.shape == (3, 2, 4)
    # In RAS the last source axis grows to the right; LPS grows to the left.
    np.testing.assert_array_equal(array[0, 0], [3, 2, 1, 0])


@pytest.mark.parametrize("name", ["a.nii", "a.NII.GZ", "a.mha", "a.nrrd"])
def test_the_promised_endings_are_claimed(name: str) -> None:
    assert get_reader(name) is not None


def test_stacks_and_unknown_endings_are_left_to_others(brain: Path) -> None:
    assert get_reader([str(brain), str(brain)]) is None
    assert get_reader("notes.txt") is None


def test_a_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "page.nii.gz"
    path.write_text("<html>Not found</html>")
    read = get_reader(str(path))
    assert read is not None
    with pytest.raises(FormatError, match=r"page\.nii\.gz"):
        read(str(path))
