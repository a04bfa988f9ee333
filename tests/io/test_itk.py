from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK

from napari_medal.errors import FormatError
from napari_medal.io.itk import READER


def oblique_image(array: Any, vector: bool = False) -> Any:
    image = SimpleITK.GetImageFromArray(array, isVector=vector)
    angle = np.radians(20)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    image.SetDirection((turn @ np.eye(3)[[2, 0, 1]] @ np.diag([1.0, -1, 1])).ravel().tolist())
    image.SetSpacing((0.5, 1.5, 2.5))
    image.SetOrigin((10.0, -20.0, 30.0))
    return image


@pytest.mark.parametrize("name", ["image.mha", "image.mhd", "image.nrrd", "image.nhdr"])
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
def test_volume_is_what_itk_makes_of_it(tmp_path: Path, name: str, dtype: str) -> None:
    array = np.random.default_rng(0).integers(0, 99, (4, 5, 6)).astype(dtype)
    image = oblique_image(array)
    SimpleITK.WriteImage(image, str(tmp_path / name))
    (ours,) = READER.read(tmp_path / name)
    theirs = SimpleITK.DICOMOrient(image, "LPS")
    np.testing.assert_array_equal(ours.array, SimpleITK.GetArrayFromImage(theirs))
    assert ours.array.dtype == np.dtype(dtype)
    assert ours.grid.orientation == "SPL"
    point = theirs.TransformIndexToPhysicalPoint((1, 2, 3))
    np.testing.assert_allclose(ours.grid.to_world(np.array((3.0, 2, 1))), point, atol=1e-6)


def test_components_become_volumes(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 99, (4, 5, 6, 3)).astype(np.uint8)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(array, isVector=True), str(tmp_path / "rgb.nrrd"))
    channels = READER.read(tmp_path / "rgb.nrrd")
    assert len(channels) == 3
    for index, channel in enumerate(channels):
        np.testing.assert_array_equal(channel.array, array[..., index])
        assert channel.grid.matches(channels[0].grid)


def test_flat_image_is_one_slice(tmp_path: Path) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.eye(5, 7, dtype=np.uint8)), str(tmp_path / "flat.mha"))
    (volume,) = READER.read(tmp_path / "flat.mha")
    np.testing.assert_array_equal(volume.array, np.eye(5, 7)[None])


def complain_about(path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(FormatError) as caught:
        READER.read(path)
    assert path.name in str(caught.value)
    assert capfd.readouterr().err == ""
    return str(caught.value)


def test_too_many_components(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    image = SimpleITK.GetImageFromArray(np.zeros((2, 3, 4, 5), np.float32), isVector=True)
    SimpleITK.WriteImage(image, str(tmp_path / "tensor.nrrd"))
    assert "5 numbers in each voxel" in complain_about(tmp_path / "tensor.nrrd", capfd)


def test_several_volumes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    image = SimpleITK.GetImageFromArray(np.zeros((2, 3, 4, 5), np.int16), isVector=False)
    SimpleITK.WriteImage(image, str(tmp_path / "series.mha"))
    assert "found 2 volumes" in complain_about(tmp_path / "series.mha", capfd)


def test_a_last_axis_of_one_goes(tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(np.zeros((1, 3, 4, 5), np.int16), isVector=False)
    SimpleITK.WriteImage(image, str(tmp_path / "single.mha"))
    assert READER.read(tmp_path / "single.mha")[0].array.shape == (3, 4, 5)


@pytest.mark.parametrize("name", ["fake.mha", "fake.nrrd", "fake.nhdr", "fake.mhd"])
@pytest.mark.parametrize(("content", "found"), [(b"", "0 bytes"), (b"<html>no</html>", "an HTML page")])
def test_something_else(
    tmp_path: Path, name: str, content: bytes, found: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert found in complain_about(tmp_path / name, capfd)


@pytest.mark.parametrize("name", ["cut.mha", "cut.nrrd"])
def test_cut_off_files(tmp_path: Path, name: str) -> None:
    array = np.random.default_rng(0).integers(0, 99, (9, 9, 9)).astype(np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(array), str(tmp_path / name))
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(FormatError, match=rf"{name}.*voxels that ITK cannot read"):
        READER.read(tmp_path / name)


def test_header_without_its_voxels(tmp_path: Path) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.ones((2, 3, 4), np.uint8)), str(tmp_path / "lone.mhd"))
    (tmp_path / "lone.raw").unlink()
    with pytest.raises(FormatError, match=r"lone\.mhd.*voxels that ITK cannot read"):
        READER.read(tmp_path / "lone.mhd")


def test_values_that_are_not_finite(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    array = np.ones((2, 3, 4), np.float32)
    array[1, 1, 1] = np.nan
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(array), str(tmp_path / "nan.mha"))
    assert "found 1 values that are not finite" in complain_about(tmp_path / "nan.mha", capfd)
