"""Where voxels lie, and what they hold, beside nibabel, SimpleITK and MONAI."""

import warnings
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from napari_medal.core.found_case import FoundImage
from napari_medal.core.volume import Volume
from napari_medal.io.itk import READER as ITK
from napari_medal.io.nifti import READER as NIFTI

TOLERANCE_MM = 1e-3
RAS = np.array((-1.0, -1.0, 1.0))


@st.composite
def headers(draw: Any) -> Any:
    """An image in one of the 48 axis orders, oblique or not, of scaled integers, with two to four axes."""
    axes = draw(st.integers(2, 4))
    shape = tuple(draw(st.integers(2, 5)) for _ in range(min(axes, 3))) + ((2,) if axes == 4 else ())
    order = list(draw(st.sampled_from(list(permutations(range(3))))))
    signs = np.array(draw(st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3)))
    tilt = draw(st.tuples(*[st.floats(-25, 25)] * 3)) if draw(st.booleans()) else (0.0, 0.0, 0.0)
    direction = Rotation.from_euler("xyz", tilt, degrees=True).as_matrix()[:, order] * signs
    affine = np.eye(4)
    affine[:3, :3] = direction * draw(st.tuples(*[st.floats(0.3, 5.0)] * 3))
    affine[:3, 3] = draw(st.tuples(*[st.floats(-200.0, 200.0)] * 3))
    count = int(np.prod(shape))
    kind = draw(st.sampled_from([np.int16, np.uint8, np.int32]))
    array = np.random.default_rng(draw(st.integers(0, 2**16))).permutation(count).reshape(shape).astype(kind)
    image = nib.Nifti1Image(array, None)
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    slope, inter = draw(st.sampled_from([(1.0, 0.0), (0.5, -10.0), (2.0, 3.0)]))
    content = bytearray(image.to_bytes())
    content[112:120] = np.array((slope, inter), "<f4").tobytes()
    return axes, bytes(content)


def sample_points(volume: Volume) -> tuple[Any, Any]:
    """Return the LPS positions of corners and random voxels, and what is there."""
    shape = np.array(volume.array.shape)
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in shape])).reshape(3, 8).T
    inner = np.random.default_rng(0).integers(0, shape, (64, 3))
    index = np.vstack((corners, inner))
    return volume.grid.to_world(index.astype(np.float64)), volume.array[tuple(index.T)]


def require_there(affine: Any, array: Any, world: Any, values: Any) -> None:
    """Check that an (x, y, z) array with its own affine has the values at the world positions, voxel by voxel."""
    inverse = np.linalg.inv(affine)
    index = world @ inverse[:3, :3].T + inverse[:3, 3]
    whole = np.rint(index).astype(int)
    off = (whole @ affine[:3, :3].T + affine[:3, 3]) - world
    assert np.abs(off).max() < TOLERANCE_MM
    np.testing.assert_allclose(array[tuple(whole.T)], values, rtol=1e-6)


def beside_nibabel(path: Path, volume: Volume, number: int) -> None:
    image = nib.load(path)
    array = np.asarray(image.dataobj)
    array = array.reshape(*(*array.shape, 1, 1)[:3], -1)[..., number]
    world, values = sample_points(volume)
    require_there(image.affine, array, world * RAS, values)


def beside_simple_itk(path: Path, volume: Volume, number: int) -> None:
    image = SimpleITK.ReadImage(str(path))
    if image.GetDimension() == 4:
        image = image[..., number]
    world, values = sample_points(volume)
    for point, value in zip(world, values, strict=True):
        index = image.TransformPhysicalPointToIndex(point.tolist())
        np.testing.assert_allclose(image.TransformIndexToPhysicalPoint(index), point, atol=TOLERANCE_MM)
        np.testing.assert_allclose(image[index], value, rtol=1e-6)


@cache
def load_with_monai() -> Any:
    from monai.transforms import LoadImage

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its readers of other formats miss their plugins
        return LoadImage(reader="NibabelReader", image_only=True, dtype=np.float64)


def beside_monai(path: Path, volume: Volume, number: int) -> None:
    image = load_with_monai()(str(path))
    array = np.asarray(image)
    array = array.reshape(*(*array.shape, 1, 1)[:3], -1)[..., number]
    world, values = sample_points(volume)
    require_there(np.asarray(image.affine), array, world * RAS, values)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=headers())
def test_every_voxel_lies_where_the_libraries_say(tmp_path: Path, drawn: tuple[int, bytes]) -> None:
    axes, content = drawn
    path = tmp_path / "drawn.nii"
    path.write_bytes(content)
    for number in range(2 if axes == 4 else 1):
        look = NIFTI.look(FoundImage((path,), volume=number if axes == 4 else None), repair=False)
        beside_nibabel(path, look.volumes[0], number)
        beside_monai(path, look.volumes[0], number)
        if axes > 2:  # ITK leaves the third direction of a flat image out
            beside_simple_itk(path, look.volumes[0], number)


@pytest.mark.real_data
def test_twelve_orientations_lie_where_the_libraries_say(medal_data: Path) -> None:
    files = sorted((medal_data / "odd" / "orientations").glob("*.nii.gz"))
    assert len(files) == 12
    for path in files:
        look = NIFTI.look(FoundImage((path,)), repair=False)
        assert look.orientation == path.name[:3]
        for compare in (beside_nibabel, beside_simple_itk, beside_monai):
            compare(path, look.volumes[0], 0)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["odd/FLAIR.nrrd", "odd/mha.mha", "lesions/brain1_image.nrrd"])
def test_other_formats_lie_where_itk_says(medal_data: Path, name: str) -> None:
    look = ITK.look(FoundImage((medal_data / name,)), repair=False)
    beside_simple_itk(medal_data / name, look.volumes[0], 0)
    direction = SimpleITK.ReadImage(str(medal_data / name)).GetDirection()
    assert look.orientation == SimpleITK.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(direction)
