from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.nifti import READER
from napari_medal.io.nifti_stack import write_stack
from tests.small import grid, write_image

TYPES = (np.uint8, np.int8, np.int16, np.uint16, np.int32, np.float32, np.float64)


def volumes(*types: Any, shape: tuple[int, int, int] = (3, 4, 5)) -> list[Volume]:
    rng = np.random.default_rng(1)
    return [Volume(rng.integers(0, 100, shape).astype(kind), grid(shape, (2.0, 0.5, 0.7))) for kind in types]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(TYPES), min_size=1, max_size=3),
    axes=st.permutations(range(3)),
    flips=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_every_value_lies_where_it_lay(
    tmp_path: Path, kinds: list[Any], axes: list[int], flips: tuple[bool, bool, bool]
) -> None:
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[list(axes)] * np.where(flips, -1.0, 1.0) * (0.5, 0.7, 2.0)
    affine[:3, 3] = 3.0, -4.0, 5.0
    image = write_image(tmp_path / "image.nii.gz", np.zeros((5, 4, 3), np.int16), affine)
    base = READER.read(image)[0].grid
    rng = np.random.default_rng(2)
    found = [Volume(rng.integers(0, 100, base.shape).astype(kind), base) for kind in kinds]
    write_stack(tmp_path / "stack.nii.gz", found, image)
    stack = nibabel.load(tmp_path / "stack.nii.gz")
    assert np.array_equal(stack.affine, nibabel.load(image).affine)
    assert stack.get_data_dtype() == np.result_type(*kinds)
    assert stack.shape == ((5, 4, 3) if len(kinds) == 1 else (5, 4, 3, len(kinds)))
    for channel, volume in enumerate(found):
        one = stack.slicer[..., channel] if len(kinds) > 1 else stack
        again = READER.read(write_image(tmp_path / "one.nii.gz", np.asarray(one.dataobj), one.affine))[0]
        assert again.grid.matches(base)
        assert np.array_equal(again.array, volume.array)


def test_without_an_image_the_axes_are_those_of_the_canonical_frame(tmp_path: Path) -> None:
    (volume,) = volumes(np.int16)
    write_stack(tmp_path / "a.nii.gz", [volume])
    again = READER.read(tmp_path / "a.nii.gz")[0]
    assert again.grid.matches(volume.grid)
    assert np.array_equal(again.array, volume.array)


def test_one_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    (volume,) = volumes(np.int16)
    other = Volume(volume.array, grid((3, 4, 5), (2.0, 0.5, 0.8)))
    with pytest.raises(GeometryError, match="do not lie on the same grid"):
        write_stack(tmp_path / "a.nii.gz", [volume, other])
    image = write_image(tmp_path / "image.nii.gz", np.zeros((5, 4, 3), np.int16))
    with pytest.raises(GeometryError, match="do not lie on the same grid"):
        write_stack(tmp_path / "a.nii.gz", [volume], image)


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    (volume,) = volumes(np.complex64)
    with pytest.raises(FormatError, match="complex64"):
        write_stack(tmp_path / "a.nii.gz", [volume])
    assert list(tmp_path.iterdir()) == []
