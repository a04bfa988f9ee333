"""Layers on their way out: what was read by us lies where it lay, and what was drawn over it too."""

from pathlib import Path

import nibabel
import npe2
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from napari.layers import Image, Labels
from scipy.spatial.transform import Rotation

from napari_medal.contributions.layer import layer_of, volume_of
from napari_medal.contributions.writers import write_image, write_labels
from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.gui.layer_grid import LAYER_GRID
from napari_medal.io.installed import installed_files

OBLIQUE = np.eye(4)
"""RAS: axes in another order than usual, turned by some degrees, of 0.5, 3 and 2 mm."""
OBLIQUE[:3, :3] = Rotation.from_euler("xyz", (8, -5, 12), degrees=True).as_matrix() @ [
    [0, 0, 2],
    [-0.5, 0, 0],
    [0, 3, 0],
]
OBLIQUE[:3, 3] = (5, 6, 7)
ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha")


@pytest.fixture(autouse=True)
def _found() -> None:
    npe2.PluginManager.instance().discover()


@pytest.fixture
def oblique(tmp_path: Path) -> Path:
    path = tmp_path / "oblique.nii.gz"
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(array, OBLIQUE), path)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_npe2_reads_and_writes_lies_where_it_lay(oblique: Path, tmp_path: Path, ending: str) -> None:
    (layer,) = npe2.read([str(oblique)], stack=False, plugin_name="napari-medal")
    out = tmp_path / f"again{ending}"
    assert npe2.write(str(out), [layer], plugin_name="napari-medal") == [str(out)]
    (before,), (after,) = installed_files().read(oblique), installed_files().read(out)
    np.testing.assert_array_equal(after.array, before.array)
    assert after.array.dtype == before.array.dtype
    assert after.grid.matches(before.grid, tolerance_mm=1e-4)


@pytest.mark.parametrize("ending", ENDINGS)
def test_others_see_it_in_the_same_place(oblique: Path, tmp_path: Path, ending: str) -> None:
    (layer,) = npe2.read([str(oblique)], stack=False, plugin_name="napari-medal")
    out = tmp_path / f"again{ending}"
    npe2.write(str(out), [layer], plugin_name="napari-medal")
    again = SimpleITK.ReadImage(str(out))
    place = np.argwhere(np.asarray(nibabel.loadsave.load(oblique).dataobj) == 17)[0]
    ras = OBLIQUE @ [*place, 1]
    found = np.argwhere(SimpleITK.GetArrayFromImage(again) == 17)[0][::-1]
    lps = again.TransformContinuousIndexToPhysicalPoint(found.astype(float).tolist())
    np.testing.assert_allclose([-lps[0], -lps[1], lps[2]], ras[:3], atol=1e-4)


def test_labels_drawn_over_an_image_lie_on_its_grid(make_napari_viewer, oblique: Path, tmp_path: Path) -> None:
    viewer = make_napari_viewer()
    (image,) = viewer.open(oblique, plugin="napari-medal")
    labels = viewer.add_labels(np.zeros(image.data.shape, np.int64), scale=image.scale)
    labels.data[1, 1, 2] = 3
    out = tmp_path / "mask.nii.gz"
    labels.save(str(out), plugin="napari-medal")
    (mask,), (source,) = installed_files().read(out), installed_files().read(oblique)
    assert mask.grid.matches(source.grid, tolerance_mm=1e-4)
    assert mask.array.dtype == np.uint8
    assert np.argwhere(mask.array).tolist() == [[1, 1, 2]]

    other = np.eye(4)
    other[:3, 3] = 50
    image_at_hand = Volume(np.zeros(image.data.shape, np.uint8), Grid(image.data.shape, other))
    viewer.add_image(image_at_hand.array, metadata={LAYER_GRID: image_at_hand.grid})
    labels.save(str(out), plugin="napari-medal")
    (mask,) = installed_files().read(out)
    assert mask.grid.obliquity_degrees == pytest.approx(0, abs=1e-3), "of two grids nobody knows which is meant"


def test_a_layer_that_was_moved_lies_where_napari_shows_it(oblique: Path, tmp_path: Path) -> None:
    data, attributes, _ = npe2.read([str(oblique)], stack=False, plugin_name="napari-medal")[0]
    layer = Image(data, **(attributes | {"translate": (10, 20, 30)}))
    write_image(str(tmp_path / "moved.nii"), *layer.as_layer_data_tuple()[:2])
    (moved,) = installed_files().read(tmp_path / "moved.nii")
    assert moved.grid.origin_mm == pytest.approx((30, 20, 10))
    assert moved.grid.spacing_mm == pytest.approx(tuple(layer.scale), rel=1e-5)


def test_a_rotated_layer_keeps_its_rotation() -> None:
    layer = Image(np.zeros((3, 4, 5)), scale=(2, 1, 1), rotate=(0, 0, 10), translate=(1, 2, 3))
    layer.affine = np.diag([1, 1, 2, 1.0])
    volume = volume_of(*layer.as_layer_data_tuple()[:2])
    for index in np.ndindex(2, 2, 2):
        zyx = layer.data_to_world(index)
        np.testing.assert_allclose(volume.grid.to_world(np.array(index, float)), zyx[::-1], atol=1e-9)


def test_a_picture_becomes_one_slice(tmp_path: Path) -> None:
    layer = Labels(np.eye(4, 6, dtype=int), scale=(0.5, 0.25))
    write_labels(str(tmp_path / "a.mha"), *layer.as_layer_data_tuple()[:2])
    (volume,) = installed_files().read(tmp_path / "a.mha")
    assert volume.array.shape == (1, 4, 6)
    assert volume.grid.spacing_mm == pytest.approx((1, 0.5, 0.25))


@pytest.mark.parametrize(
    ("array", "attributes"),
    [(np.zeros((2, 3, 4, 5)), {}), (np.zeros((4, 5, 3)), {"rgb": True}), ([np.zeros((4, 5, 3))], {})],
)
def test_what_is_no_volume_is_refused(tmp_path: Path, array: object, attributes: dict[str, object]) -> None:
    with pytest.raises(FormatError, match=r"The layer 'scan'.*wanted one volume"):
        write_image(str(tmp_path / "a.nii"), array, attributes | {"name": "scan"})
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused_and_nothing_is_left(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(FormatError, match="ending"):
        write_image(str(tmp_path / "a.vtk"), np.zeros((2, 3, 4)), {})
    with pytest.raises(FormatError, match="found values of type complex128; wanted real numbers"):
        write_image(str(tmp_path / "a.mha"), np.zeros((2, 3, 4), complex), {})

    def full(image: object, name: str, useCompression: bool) -> None:  # noqa: N803 - ITK's name
        Path(name).write_bytes(b"half")
        raise RuntimeError

    monkeypatch.setattr(SimpleITK, "WriteImage", full)
    with pytest.raises(FormatError, match=r"a\.mha.*could not write"):
        write_image(str(tmp_path / "a.mha"), np.zeros((2, 3, 4), np.uint8), {})
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25)
@given(data=st.data())
def test_any_labels_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([np.uint8, np.int16, np.int32, np.int64]))
    top = min(np.iinfo(kind).max, 2**31 - 1)
    array = data.draw(arrays(kind, (2, 3, 4), elements=st.integers(0, top)))
    ending = data.draw(st.sampled_from(ENDINGS))
    spacing = data.draw(st.tuples(*[st.floats(0.1, 10)] * 3))
    out = tmp_path_factory.mktemp("out") / f"a{ending}"
    _, attributes, _ = layer_of(Volume(array, Grid((2, 3, 4), np.diag([*spacing, 1.0])[[2, 1, 0, 3]])), "a", "labels")
    write_labels(str(out), array, attributes)
    (volume,) = installed_files().read(out)
    np.testing.assert_array_equal(volume.array, array)
    assert volume.grid.spacing_mm == pytest.approx(spacing, rel=1e-5)
