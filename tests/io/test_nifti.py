import gzip
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from napari_medal.core.grid import Grid
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.nifti import READER, copy_without_text, read_grid, write_mask

GEOMETRY_1 = (
    *("dim", "pixdim", "qform_code", "sform_code", "xyzt_units", "dim_info"),
    *("quatern_b", "quatern_c", "quatern_d", "qoffset_x", "qoffset_y", "qoffset_z"),
    *("srow_x", "srow_y", "srow_z"),
)
TEXT = ("descrip", "aux_file", "intent_name")
ORIENTATIONS = ("AIL", "ASL", "IPL", "LAS", "LIA", "LPS", "PIR", "PSR", "RAS", "RSP", "SLA", "SRA")
EVERYTHING_IN_A_FIXTURE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def save(path: Path, array: Any, affine: Any = None) -> Path:
    nib.save(nib.Nifti1Image(array, np.eye(4) if affine is None else affine), path)
    return path


def random_mask(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(7).integers(0, 3, shape).astype(np.uint8)


def require_same_geometry(mask_path: Path, image_path: Path) -> None:
    mask, image = nib.load(mask_path), nib.load(image_path)
    assert mask.header.endianness == image.header.endianness
    assert mask.shape == image.shape
    for field in GEOMETRY_1:
        assert mask.header[field].tobytes() == image.header[field].tobytes(), field
    np.testing.assert_array_equal(mask.affine, image.affine)


@st.composite
def images(draw: Any) -> Any:
    """An image with any geometry a scanner or a converter might give it."""
    shape = draw(st.tuples(*[st.integers(2, 5)] * 3)) + draw(st.sampled_from([(), (1,), (1, 1)]))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    if draw(st.booleans()):  # near the axes, in any of the 48 orders
        rotation = np.eye(3)[rng.permutation(3)] * rng.choice([-1, 1], 3)
    affine = np.eye(4)
    affine[:3, :3] = rotation * np.array(draw(st.tuples(*[st.floats(0.2, 6.0)] * 3)))
    affine[:3, 3] = rng.normal(scale=100, size=3)
    dtype = draw(st.sampled_from(["u1", "i2", "u2", "i4", "f4", "f8", "i1", "u4"]))
    array = rng.integers(0, 100, shape).astype(dtype)
    single = draw(st.sampled_from([nib.Nifti1Image, nib.Nifti2Image]))
    header = single.header_class(endianness=draw(st.sampled_from("<>")))
    header.set_data_dtype(np.dtype(dtype))
    image = single(array, None, header)
    sform, qform = draw(st.sampled_from([(1, 0), (0, 1), (2, 3), (4, 4), (0, 0)]))
    image.set_sform(affine if sform else None, sform)
    image.set_qform(affine if qform else None, qform)
    image.header.set_xyzt_units(draw(st.sampled_from(["mm", 0])), "sec")
    image.header.set_dim_info(*draw(st.permutations([0, 1, 2])))
    image.header["descrip"] = b"JANE DOE 1950-01-01"
    return image


@EVERYTHING_IN_A_FIXTURE
@given(image=images())
def test_mask_keeps_every_geometry(tmp_path: Path, image: Any) -> None:
    source, target = tmp_path / "image.nii.gz", tmp_path / "mask.nii.gz"
    nib.save(image, source)
    (volume,) = READER.read(source)
    mask = random_mask(volume.grid.shape)

    write_mask(target, mask, source, volume.grid)

    require_same_geometry(target, source)
    (back,) = READER.read(target)
    np.testing.assert_array_equal(back.array, mask)
    assert back.grid.matches(volume.grid, tolerance_mm=0.0)
    assert type(nib.load(target)) is type(image)


@EVERYTHING_IN_A_FIXTURE
@given(image=images())
def test_every_value_stays_at_its_place_in_the_world(tmp_path: Path, image: Any) -> None:
    source = tmp_path / "image.nii"
    nib.save(image, source)
    stored = nib.load(source)
    (volume,) = READER.read(source)
    flat = np.asarray(stored.dataobj).reshape(stored.shape[:3])
    assert volume.array.dtype == flat.dtype.newbyteorder("=")
    assert volume.array.flags.c_contiguous
    positions = np.argwhere(np.ones(volume.array.shape, bool)).astype(np.float64)
    ras = volume.grid.to_world(positions) * (-1, -1, 1)
    inverse = np.linalg.inv(stored.affine)
    voxels = np.rint(ras @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    np.testing.assert_array_equal(flat[tuple(voxels.T)], volume.array.ravel())
    assert (np.abs(nib.affines.apply_affine(stored.affine, voxels) - ras) < 1e-3).all()


@pytest.mark.real_data
@pytest.mark.parametrize("code", ORIENTATIONS)
def test_mask_comes_back_in_every_orientation(tmp_path: Path, medal_data: Path, code: str) -> None:
    source, target = medal_data / "odd" / "orientations" / f"{code}.nii.gz", tmp_path / "mask.nii.gz"
    (volume,) = READER.read(source)
    assert volume.grid.orientation == "SPL"
    mask = random_mask(volume.grid.shape)
    write_mask(target, mask, source, volume.grid)
    require_same_geometry(target, source)
    np.testing.assert_array_equal(READER.read(target)[0].array, mask)


@pytest.mark.real_data
def test_all_orientations_of_one_head_are_one_volume(medal_data: Path) -> None:
    folder = medal_data / "odd" / "orientations"
    (first,) = READER.read(folder / "RAS.nii.gz")
    for code in ORIENTATIONS:
        (other,) = READER.read(folder / f"{code}.nii.gz")
        np.testing.assert_array_equal(other.array, first.array)
        assert other.grid.matches(first.grid)


def test_oblique_volume_is_what_itk_makes_of_it(tmp_path: Path) -> None:
    angle = np.radians(25)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = (turn @ np.eye(3)[[1, 2, 0]]) * (1.5, -0.7, 3.0)
    affine[:3, 3] = (12.5, -40.25, 7.0)
    array = np.random.default_rng(0).normal(size=(5, 7, 4)).astype(np.float32)
    source = save(tmp_path / "oblique.nii.gz", array, affine)
    (ours,) = READER.read(source)
    theirs = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(source)), "LPS")
    np.testing.assert_array_equal(ours.array, SimpleITK.GetArrayFromImage(theirs))
    for index_zyx in ((0, 0, 0), (3, 4, 2)):
        point = theirs.TransformIndexToPhysicalPoint(index_zyx[::-1])
        np.testing.assert_allclose(ours.grid.to_world(np.array(index_zyx, float)), point, atol=1e-4)


def test_equal_masks_give_equal_bytes(tmp_path: Path) -> None:
    source = save(tmp_path / "image.nii.gz", np.zeros((4, 5, 6), np.int16))
    for name in ("a.nii.gz", "b.nii.gz"):
        write_mask(tmp_path / name, random_mask((6, 5, 4)), source, read_grid(source))
    first = (tmp_path / "a.nii.gz").read_bytes()
    assert first == (tmp_path / "b.nii.gz").read_bytes()
    assert first[3:8] == bytes(5), "a gzip header without a file name and a time"


def test_mask_carries_no_text_and_no_scaling(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((4, 5, 6), np.float32), np.eye(4))
    for field in (*TEXT, "db_name"):
        image.header[field] = b"JANE DOE"
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"JANE DOE"))
    nib.save(image, tmp_path / "image.nii")
    write_mask(
        tmp_path / "mask.nii",
        random_mask((6, 5, 4)),
        tmp_path / "image.nii",
        read_grid(tmp_path / "image.nii"),
    )
    content = (tmp_path / "mask.nii").read_bytes()
    assert b"JANE" in (tmp_path / "image.nii").read_bytes()
    assert b"JANE" not in content
    assert len(content) == 352 + 4 * 5 * 6
    raw = np.frombuffer(content[:348], nib.nifti1.header_dtype)[0]
    assert (raw["scl_slope"], raw["scl_inter"], raw["datatype"], raw["bitpix"]) == (1, 0, 2, 8)


def test_mask_of_another_shape_is_refused(tmp_path: Path) -> None:
    source = save(tmp_path / "image.nii.gz", np.zeros((4, 5, 6), np.int16))
    with pytest.raises(GeometryError, match=r"image\.nii\.gz.*\(4, 5, 6\).*\(6, 5, 4\)"):
        write_mask(tmp_path / "mask.nii.gz", random_mask((4, 5, 6)), source, read_grid(source))
    assert not (tmp_path / "mask.nii.gz").exists()


def test_mask_under_another_ending_is_refused(tmp_path: Path) -> None:
    source = save(tmp_path / "image.nii.gz", np.zeros((4, 5, 6), np.int16))
    with pytest.raises(FormatError, match=r"mask\.mha.*wanted \.nii\.gz"):
        write_mask(tmp_path / "mask.mha", random_mask((6, 5, 4)), source, read_grid(source))


def test_mask_of_an_image_that_is_not_nifti_lies_on_its_grid(tmp_path: Path) -> None:
    affine = np.array([[0.0, 0.1, -0.8, 5], [0, 0.9, 0.1, -7], [2.0, 0, 0, 30], [0, 0, 0, 1]])
    grid = Grid((3, 4, 5), affine)
    mask = random_mask(grid.shape)
    write_mask(tmp_path / "mask.nii.gz", mask, tmp_path / "image.nrrd", grid)
    stored = nib.load(tmp_path / "mask.nii.gz")
    assert stored.shape == (5, 4, 3)
    index = np.array((2.0, 3.0, 1.0))
    ras = nib.affines.apply_affine(stored.affine, index[::-1])
    np.testing.assert_allclose(ras * (-1, -1, 1), grid.to_world(index), atol=1e-4)
    assert stored.get_fdata()[1, 3, 2] == mask[2, 3, 1]


@pytest.mark.parametrize("target", ["copy.nii.gz", "copy.nii"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image, nib.Nifti1Pair])
def test_copy_keeps_voxels_and_geometry_but_no_text(tmp_path: Path, kind: Any, target: str) -> None:
    array = np.random.default_rng(0).normal(size=(4, 5, 6, 2))
    image = kind(array, np.diag([-2.0, 3, 4, 1]))
    image.header.set_data_dtype(np.int16)
    image.header["descrip"] = b"JANE DOE"
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"JANE DOE"))
    source = tmp_path / ("image.img" if kind is nib.Nifti1Pair else "image.nii")
    nib.save(image, source)
    copy_without_text(source, tmp_path / target)
    require_same_geometry(tmp_path / target, source)
    copied = nib.load(tmp_path / target)
    np.testing.assert_array_equal(copied.get_fdata(), nib.load(source).get_fdata())
    content = (tmp_path / target).read_bytes()
    assert b"JANE" not in (gzip.decompress(content) if target.endswith(".gz") else content)
    assert not copied.header.extensions


def test_scaling_is_applied(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.array([[[1, 2], [3, 4]]], np.int16), np.diag([-1, -1, 1, 1]))
    image.header.set_slope_inter(0.5, -10)
    nib.save(image, tmp_path / "ct.nii.gz")
    (volume,) = READER.read(tmp_path / "ct.nii.gz")
    stored = np.asarray(nib.load(tmp_path / "ct.nii.gz").dataobj)
    assert volume.array.dtype == np.float32
    np.testing.assert_allclose(volume.array, stored.transpose(2, 1, 0), rtol=1e-6)


def test_flat_image_gets_a_third_direction(tmp_path: Path) -> None:
    affine = np.diag([-0.5, -0.5, 0.0, 1.0])
    image = nib.Nifti1Image(np.zeros((6, 8), np.uint8), None)
    image.set_sform(affine, 1)
    nib.save(image, tmp_path / "flat.nii")
    (volume,) = READER.read(tmp_path / "flat.nii")
    assert volume.grid.shape == (1, 8, 6)
    assert volume.grid.spacing_mm == (1.0, 0.5, 0.5)


def test_metres_become_millimetres(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((2, 3, 4), np.uint8), np.diag([0.002, 0.003, 0.004, 1]))
    image.header.set_xyzt_units("meter")
    nib.save(image, tmp_path / "metres.nii")
    np.testing.assert_allclose(read_grid(tmp_path / "metres.nii").spacing_mm, (4, 3, 2), rtol=1e-6)


def test_header_alone_gives_the_same_grid(tmp_path: Path) -> None:
    source = save(tmp_path / "image.nii.gz", np.zeros((4, 5, 6), np.int16), np.diag([-2.0, 3, -4, 1]))
    assert read_grid(source).matches(READER.read(source)[0].grid, tolerance_mm=0)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError):
        READER.read(source)


def test_a_pair_reads_by_either_name(tmp_path: Path) -> None:
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nib.save(nib.Nifti1Pair(array, np.diag([-1, -1, 1, 1])), tmp_path / "pair.img")
    for name in ("pair.hdr", "pair.img"):
        np.testing.assert_array_equal(READER.read(tmp_path / name)[0].array, array.transpose(2, 1, 0))


def complain_about(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        READER.read(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_truncated_gzip(tmp_path: Path) -> None:
    source = save(tmp_path / "cut.nii.gz", np.random.default_rng(0).normal(size=(9, 9, 9)))
    source.write_bytes(source.read_bytes()[:-50])
    assert "cut-off" in complain_about(source)


def test_a_flipped_bit_in_gzip(tmp_path: Path) -> None:
    source = save(tmp_path / "flipped.nii.gz", np.random.default_rng(0).normal(size=(9, 9, 9)))
    content = bytearray(source.read_bytes())
    content[-6] ^= 1
    source.write_bytes(content)
    assert "damaged" in complain_about(source)


def test_too_few_voxels(tmp_path: Path) -> None:
    source = save(tmp_path / "short.nii", np.zeros((4, 5, 6), np.int16))
    source.write_bytes(source.read_bytes()[:-10])
    assert "found 230 bytes of voxels; wanted 240" in complain_about(source)


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.nii.gz").touch()
    assert "0 bytes" in complain_about(tmp_path / "empty.nii.gz")


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file" in complain_about(tmp_path / "missing.nii.gz")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<!DOCTYPE html><html>404</html>", "an HTML page"),
        (b"not found\n", "text"),
        (bytes(600), "data of some other kind"),
        (bytes(128) + b"DICM" + bytes(300), "a DICOM file"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_something_else(tmp_path: Path, content: bytes, found: str, packed: bool) -> None:
    (tmp_path / "fake.nii.gz").write_bytes(gzip.compress(content) if packed else content)
    assert found in complain_about(tmp_path / "fake.nii.gz")


def test_analyze_is_refused_because_it_has_no_sides(tmp_path: Path) -> None:
    nib.save(nib.AnalyzeImage(np.zeros((2, 3, 4), np.int16), np.eye(4)), tmp_path / "old.img")
    assert "Analyze" in complain_about_pair(tmp_path / "old.img")


def complain_about_pair(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        READER.read(path)
    assert path.stem in str(caught.value)
    return str(caught.value)


def test_several_volumes(tmp_path: Path) -> None:
    assert "found 3 volumes" in complain_about(save(tmp_path / "4d.nii.gz", np.zeros((2, 3, 4, 3), np.int16)))


def test_complex_and_colours(tmp_path: Path) -> None:
    assert "complex" in complain_about(save(tmp_path / "complex.nii.gz", np.zeros((2, 3, 4), np.complex64)))
    rgb = np.zeros((2, 3, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    assert "RGB" in complain_about(save(tmp_path / "rgb.nii.gz", rgb))


def test_values_that_are_not_finite(tmp_path: Path) -> None:
    array = np.zeros((2, 3, 4), np.float32)
    array[0, 0, :2] = np.nan, np.inf
    assert "found 2 values that are not finite" in complain_about(save(tmp_path / "nan.nii.gz", array))


def test_all_voxels_equal_is_fine(tmp_path: Path) -> None:
    assert READER.read(save(tmp_path / "flat.nii.gz", np.ones((2, 3, 4), np.uint8)))[0].array.min() == 1


def test_singular_geometry(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((2, 3, 4), np.uint8), None)
    image.header["sform_code"] = 1
    image.header["srow_x"] = image.header["srow_y"] = image.header["srow_z"] = 0
    (tmp_path / "singular.nii").write_bytes(image.header.binaryblock + bytes(4 + 24))
    assert "geometry" in complain_about(tmp_path / "singular.nii")


@pytest.mark.real_data
def test_sheared_sform_wins_over_qform(medal_data: Path) -> None:
    source = medal_data / "odd" / "shear.nii.gz"
    stored = nib.load(source)
    sform, qform = stored.get_sform(), stored.get_qform()
    assert np.abs(sform - qform).max() > 1e-3
    grid = READER.read(source)[0].grid
    last = np.array(grid.shape, float) - 1
    ras = grid.to_world(np.array((0.0, last[1], last[2]))) * (-1, -1, 1)
    np.testing.assert_allclose(ras, nib.affines.apply_affine(sform, (0, 0, 0)), atol=1e-3)


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_qform_alone_keeps_left_and_right(tmp_path: Path, side: float) -> None:
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    image = nib.Nifti1Image(array, None)
    image.set_sform(None, 0)
    image.set_qform(np.diag([side * 2, -3, -4, 1]), 1)
    nib.save(image, tmp_path / "qform.nii")
    (volume,) = READER.read(tmp_path / "qform.nii")
    wanted = array[::-1] if side > 0 else array
    np.testing.assert_array_equal(volume.array, wanted[..., ::-1].transpose(2, 1, 0))


def test_unset_qfac_means_one_and_stays_unset(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((2, 3), np.uint8), None)
    image.set_qform(np.eye(4), 1)
    header = image.header.copy()
    header["pixdim"][0] = 0
    header["vox_offset"] = 352
    (tmp_path / "unset.nii").write_bytes(header.binaryblock + bytes(4 + 6))
    grid = read_grid(tmp_path / "unset.nii")
    assert grid.shape == (1, 3, 2)
    write_mask(tmp_path / "mask.nii", random_mask((1, 3, 2)), tmp_path / "unset.nii", grid)
    content = (tmp_path / "mask.nii").read_bytes()
    written = np.frombuffer(content[:348], nib.nifti1.header_dtype)[0]
    assert written["pixdim"].tobytes() == header["pixdim"].tobytes()
    assert list(written["dim"][:4]) == [2, 2, 3, 1]
    np.testing.assert_array_equal(READER.read(tmp_path / "mask.nii")[0].array, random_mask((1, 3, 2)))
