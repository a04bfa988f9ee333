from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from napari_medal.core.labels import LabelScheme
from napari_medal.core.reader import Reader
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.read import VolumeFiles, check_reader_protocol
from napari_medal.registry import Registry

ODD_THAT_READ = {
    *("shear.nii.gz", "standard.nii.gz", "FLAIR.nrrd", "CT_pitch.nii.gz", "mha.mha", "anatomical.nii"),
    *("avg152T1_RL_nifti.nii.gz", "AIL.nii.gz"),
}


def save(path: Path, array: Any, affine: Any = None) -> Path:
    nib.save(nib.Nifti1Image(array, np.eye(4) if affine is None else affine), path)
    return path


def test_readers_come_from_the_registry() -> None:
    group = "napari_medal.readers"
    points = [EntryPoint(name, f"napari_medal.io.{name}:READER", group) for name in ("nifti", "itk", "picture")]
    registry: Registry[Reader] = Registry(group, check_reader_protocol, points)
    assert registry.broken() == []
    files = VolumeFiles.of(registry)
    assert files.reader_for(Path("A.NII.GZ")).name == "nifti"
    assert files.reader_for(Path("a.nrrd")).name == "itk"
    assert files.reader_for(Path("a.JPG")).name == "picture"


def test_longest_ending_wins(files: VolumeFiles) -> None:
    class GzReader:
        name = "gz"
        suffixes = (".gz",)

        def read(self, path: Path) -> tuple[()]:
            return ()

    assert VolumeFiles((GzReader(), *files.readers)).reader_for(Path("a.nii.gz")).name == "nifti"


def test_unknown_ending(files: VolumeFiles) -> None:
    with pytest.raises(FormatError, match=r"report\.pdf.*\.mha.*\.nii\.gz"):
        files.reader_for(Path("report.pdf"))


@pytest.mark.parametrize("candidate", [object(), "nifti"])
def test_what_is_no_reader(candidate: object) -> None:
    assert "wanted name, suffixes and read" in str(check_reader_protocol(candidate))


def test_endings_in_capitals_are_refused() -> None:
    class Shouting:
        name = "shouting"
        suffixes = (".NII",)

        def read(self, path: Path) -> tuple[()]:
            return ()

    assert "lower-case" in str(check_reader_protocol(Shouting()))


def test_channels_of_a_case_stay_in_order(tmp_path: Path, files: VolumeFiles) -> None:
    paths = [save(tmp_path / f"{value}.nii.gz", np.full((2, 3, 4), value, np.uint8)) for value in (3, 1, 2)]
    assert [int(volume.array.max()) for volume in files.read_case(paths)] == [3, 1, 2]


def test_channels_on_other_grids_are_refused(tmp_path: Path, files: VolumeFiles) -> None:
    first = save(tmp_path / "t1.nii.gz", np.zeros((2, 3, 4), np.uint8))
    second = save(tmp_path / "t2.nii.gz", np.zeros((2, 3, 4), np.uint8), np.diag([1, 1, 2.5, 1]))
    with pytest.raises(GeometryError) as caught:
        files.read_case([first, second])
    for wanted in (str(first), str(second), "4x3x2 voxels of 1x1x1 mm", "4x3x2 voxels of 2.5x1x1 mm"):
        assert wanted in str(caught.value)


def test_mask_on_another_grid_is_refused(tmp_path: Path, files: VolumeFiles, parts: LabelScheme) -> None:
    image = save(tmp_path / "t1.nii.gz", np.zeros((2, 3, 4), np.uint8))
    shifted = np.eye(4)
    shifted[0, 3] = 0.5
    mask = save(tmp_path / "mask.nii.gz", np.zeros((2, 3, 4), np.uint8), shifted)
    (volume,) = files.read(image)
    with pytest.raises(GeometryError, match=r"mask\.nii\.gz.*origin \(-1\.5, .*origin \(-1, "):
        files.read_mask(mask, volume.grid, parts)


def test_strange_labels_are_refused(tmp_path: Path, files: VolumeFiles, parts: LabelScheme) -> None:
    mask = save(tmp_path / "mask.nii.gz", np.full((2, 3, 4), 7, np.uint8))
    with pytest.raises(GeometryError, match=r"mask\.nii\.gz: found the label values 7"):
        files.read_mask(mask, files.read(mask)[0].grid, parts)


def test_mask_in_colours_is_refused(tmp_path: Path, files: VolumeFiles, parts: LabelScheme) -> None:
    path = tmp_path / "mask.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 9, (4, 5, 3), dtype=np.uint8)).save(path)
    with pytest.raises(FormatError, match=r"mask\.png: found 3 channels"):
        files.read_mask(path, files.read(path)[0].grid, parts)


@pytest.mark.real_data
def test_real_image_and_mask(medal_data: Path, files: VolumeFiles, parts: LabelScheme) -> None:
    folder = medal_data / "hippocampus"
    for image in sorted((folder / "images").iterdir())[:5]:
        (volume,) = files.read_case([image])
        mask = files.read_mask(folder / "labels" / image.name, volume.grid, parts)
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) == {0, 1, 2}
        heads, tails = np.argwhere(mask == 1).mean(0), np.argwhere(mask == 2).mean(0)
        assert heads[1] < tails[1], "the head of the hippocampus lies in front: axis 1 grows to the back"


@pytest.mark.real_data
@pytest.mark.parametrize("name", sorted(ODD_THAT_READ))
def test_odd_files_that_read(medal_data: Path, files: VolumeFiles, name: str) -> None:
    for volume in files.read(medal_data / "odd" / name):
        assert volume.grid.orientation == "SPL"
        assert np.isfinite(volume.array).all()


@pytest.mark.real_data
def test_all_other_odd_files_say_why_not(medal_data: Path, files: VolumeFiles) -> None:
    others = [path for path in (medal_data / "odd").iterdir() if path.is_file() and path.name not in ODD_THAT_READ]
    assert others
    for path in others:
        with pytest.raises(FormatError, match=path.stem.split(".")[0].split("+")[0]):
            files.read(path)


@pytest.mark.real_data
def test_left_handed_lesion_mask_lies_on_its_image(medal_data: Path, files: VolumeFiles) -> None:
    image, mask = (files.read(medal_data / "lesions" / f"brain1_{kind}.nrrd")[0] for kind in ("image", "label"))
    assert image.grid.matches(mask.grid)
