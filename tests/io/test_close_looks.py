"""What readers of files tell of what is odd, and what they repair."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK

from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.core.straight_grid import skew_voxels
from napari_medal.errors import FormatError
from napari_medal.io.mgh import READER as MGH
from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.read import VolumeFiles

ARRAY = np.random.default_rng(0).integers(0, 100, (6, 7, 8)).astype(np.int16)


def look(files: VolumeFiles, path: Path, repair: bool = False, volume: int | None = None) -> CloseLook:
    return files.look(FoundImage((path,), volume=volume), repair)


def kinds(found: CloseLook) -> dict[NoteKind, Verdict]:
    assert all(note.words for note in found.notes)
    return {note.kind: note.verdict for note in found.notes}


def save(path: Path, array: Any, sform: Any, qform: Any = None, codes: tuple[int, int] = (1, 1)) -> Path:
    image = nib.Nifti1Image(array, None)
    image.set_sform(sform, codes[0])
    image.set_qform(sform if qform is None else qform, codes[1])
    nib.save(image, path)
    return path


def test_a_plain_image_has_no_notes(files: VolumeFiles, tmp_path: Path) -> None:
    assert look(files, save(tmp_path / "a.nii", ARRAY, np.diag([-2.0, 3, 4, 1]))).notes == ()


@pytest.mark.parametrize("degrees", [0.4, 12.0])
def test_oblique_is_noted(files: VolumeFiles, tmp_path: Path, degrees: float) -> None:
    a = np.radians(degrees)
    affine = np.array([[np.cos(a), -np.sin(a), 0, 0], [np.sin(a), np.cos(a), 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    found = look(files, save(tmp_path / "a.nii", ARRAY, affine))
    assert kinds(found) == ({NoteKind.OBLIQUE: Verdict.NOTED} if degrees > 1 else {})


@pytest.mark.parametrize(("moved_mm", "differ"), [(0.05, False), (0.3, True)])
def test_two_geometries_are_noted_and_the_sform_wins(
    files: VolumeFiles, tmp_path: Path, moved_mm: float, differ: bool
) -> None:
    sform, qform = np.diag([-2.0, 2, 2, 1]), np.diag([-2.0, 2, 2, 1])
    qform[0, 3] = moved_mm
    found = look(files, save(tmp_path / "a.nii", ARRAY, sform, qform))
    assert kinds(found) == ({NoteKind.TWO_GEOMETRIES: Verdict.NOTED} if differ else {})
    np.testing.assert_allclose(found.volumes[0].grid.origin_mm, (0, -12, 0), atol=1e-6)


def test_no_geometry_is_noted_and_a_spacing_below_nothing_refused(files: VolumeFiles, tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", ARRAY, np.diag([-2.0, 3, 4, 1]), codes=(0, 0))
    assert kinds(look(files, path)) == {NoteKind.NO_GEOMETRY: Verdict.NOTED}
    content = bytearray(path.read_bytes())
    content[80:84] = np.array(-2.0, "<f4").tobytes()
    path.write_bytes(content)
    found = look(files, path, repair=True)
    assert Verdict.REFUSED in {note.verdict for note in found.notes}
    assert found.volumes == ()
    content[80:84] = bytes(4)
    path.write_bytes(content)
    with pytest.raises(FormatError, match="geometry"):
        look(files, path)


def test_a_sheared_image_is_straightened_when_asked(files: VolumeFiles, tmp_path: Path) -> None:
    affine = np.diag([1.0, 1, 2, 1])
    affine[1, 2] = 0.8
    ramp = np.add.outer(np.add.outer(np.arange(6.0), np.arange(7.0)), 3 * np.arange(8.0)).astype(np.float32)
    path = save(tmp_path / "a.nii", ramp, affine, np.diag([1.0, 1, 2, 1]), codes=(1, 0))
    refused = look(files, path)
    assert kinds(refused)[NoteKind.SHEARED] is Verdict.REPAIRABLE
    assert refused.volumes == ()
    mended = look(files, path, repair=True)
    assert kinds(mended)[NoteKind.SHEARED] is Verdict.REPAIRED
    (volume,) = mended.volumes
    assert skew_voxels(volume.grid) < 1e-6
    (raw,) = NIFTI.read(path)
    inner = np.array((4.0, 3.0, 3.0))
    index = np.rint(volume.grid.to_index(raw.grid.to_world(inner))).astype(int)
    there = raw.grid.to_index(volume.grid.to_world(index.astype(float)))
    coefficients = [np.gradient(raw.array, axis=axis).mean() for axis in range(3)]
    wanted = raw.array[0, 0, 0] + there @ coefficients
    np.testing.assert_allclose(volume.array[tuple(index)], wanted, atol=1e-3)


def test_values_that_are_not_finite_are_mended_when_asked(files: VolumeFiles, tmp_path: Path) -> None:
    array = ARRAY.astype(np.float32) + 5
    array[0, 0, :3] = np.nan, np.inf, -np.inf
    path = save(tmp_path / "a.nii", array, np.diag([-1.0, -1, 1, 1]))
    refused = look(files, path)
    assert kinds(refused) == {NoteKind.NOT_FINITE: Verdict.REPAIRABLE}
    assert "3 values" in refused.notes[0].words
    assert refused.volumes == ()
    mended = look(files, path, repair=True)
    assert kinds(mended) == {NoteKind.NOT_FINITE: Verdict.REPAIRED}
    good = array[np.isfinite(array)]
    assert mended.volumes[0].array[:3, 0, 0].tolist() == [good.min(), good.max(), good.min()]
    unchanged = np.isfinite(array)
    np.testing.assert_array_equal(mended.volumes[0].array.transpose(2, 1, 0)[unchanged], array[unchanged])


def test_an_image_of_nothing_finite_is_refused_for_good(files: VolumeFiles, tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", np.full((2, 3, 4), np.nan, np.float32), np.eye(4))
    assert kinds(look(files, path, repair=True)) == {NoteKind.NOT_FINITE: Verdict.REFUSED}


def test_a_volume_of_several_is_chosen(files: VolumeFiles, tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", np.stack([ARRAY, ARRAY + 1, ARRAY * 2], axis=-1), np.diag([-1.0, -1, 1, 1]))
    for number, wanted in enumerate((ARRAY, ARRAY + 1, ARRAY * 2)):
        (volume,) = look(files, path, volume=number).volumes
        np.testing.assert_array_equal(volume.array, wanted.transpose(2, 1, 0))
    with pytest.raises(FormatError, match=r"a\.nii: found 3 volumes; wanted a single one"):
        look(files, path)
    with pytest.raises(FormatError, match="wanted volume 3"):
        look(files, path, volume=3)


def test_an_nrrd_without_directions_says_so(files: VolumeFiles, tmp_path: Path) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(ARRAY), str(tmp_path / "a.nrrd"))
    assert look(files, tmp_path / "a.nrrd").notes == ()
    header = b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 3 4\nencoding: raw\n\n"
    (tmp_path / "b.nrrd").write_bytes(header + bytes(24))
    assert kinds(look(files, tmp_path / "b.nrrd")) == {NoteKind.NO_GEOMETRY: Verdict.NOTED}


@pytest.mark.parametrize("ending", [".mgz", ".mgh"])
def test_freesurfers_images_lie_where_nibabel_says(tmp_path: Path, ending: str) -> None:
    affine = np.array([[-1.0, 0, 0, 30], [0, 0, 1.2, -20], [0, -1.1, 0, 40], [0, 0, 0, 1]])
    path = tmp_path / f"a{ending}"
    nib.MGHImage(ARRAY, affine).to_filename(path)
    (volume,) = MGH.look(FoundImage((path,)), repair=False).volumes
    stored = nib.MGHImage.from_bytes(path.read_bytes()) if ending == ".mgh" else nib.load(path)
    index = np.array((2.0, 3.0, 1.0))
    ras = volume.grid.to_world(index) * (-1, -1, 1)
    voxel = np.rint(nib.affines.apply_affine(np.linalg.inv(stored.affine), ras)).astype(int)
    np.testing.assert_allclose(nib.affines.apply_affine(stored.affine, voxel), ras, atol=1e-3)
    assert volume.array[2, 3, 1] == np.asarray(stored.dataobj)[tuple(voxel)]
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(FormatError, match=f"a{ending}"):
        MGH.read(path)


def test_a_frame_of_several_is_chosen(tmp_path: Path) -> None:
    nib.MGHImage(np.stack([ARRAY, ARRAY + 1], axis=-1), np.diag([-1.0, -1, 1, 1])).to_filename(tmp_path / "a.mgz")
    with pytest.raises(FormatError, match="found 2 volumes"):
        MGH.read(tmp_path / "a.mgz")
    (volume,) = MGH.look(FoundImage((tmp_path / "a.mgz",), volume=1), repair=False).volumes
    np.testing.assert_array_equal(volume.array, (ARRAY + 1).transpose(2, 1, 0))


@pytest.mark.real_data
def test_the_zoo_gives_volumes_or_one_clear_sentence(files: VolumeFiles, medal_data: Path) -> None:
    odd = sorted(path for path in (medal_data / "odd").rglob("*") if path.name.lower().endswith(files.suffixes))
    odd += sorted((medal_data / "lesions").glob("*.nrrd"))
    assert len(odd) > 20
    refused = {}
    for path in odd:
        try:
            found = look(files, path)
        except FormatError as error:
            refused[path.name] = str(error)
            continue
        if not found.volumes:
            refused[path.name] = " ".join(note.words for note in found.notes)
            assert look(files, path, repair=True).volumes
    assert set(refused) == {"complex.nii.gz", "example_nifti2.nii.gz", "nifti2.hdr", "pcasl.nii.gz", "shear.nii.gz"}
    assert all(name.split(".")[0] in words for name, words in refused.items())
