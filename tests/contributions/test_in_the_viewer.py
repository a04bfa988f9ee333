"""What napari.yaml promises, asked for through napari."""

from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
from napari import Viewer

MakeViewer = Callable[..., Viewer]


def test_napari_opens_a_volume_with_its_spacing(make_napari_viewer: MakeViewer, tmp_path: Path) -> None:
    path = tmp_path / "brain.nii.gz"
    image = nibabel.nifti1.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.diag([0.5, 1.0, 3.0, 1.0]))
    nibabel.loadsave.save(image, path)
    viewer = make_napari_viewer()
    (layer,) = viewer.open(path, plugin="napari-medal")
    assert layer.name == "brain"
    assert layer.data.shape == (6, 5, 4)
    assert tuple(layer.scale) == pytest.approx((3.0, 1.0, 0.5))


def test_napari_opens_a_folder_and_saves_its_layers(make_napari_viewer: MakeViewer, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("brain", "brain_mask"):
        image = nibabel.nifti1.Nifti1Image(np.ones((4, 5, 6), np.int16), np.diag([-0.5, 1.0, 3.0, 1.0]))
        nibabel.loadsave.save(image, folder / f"{name}.nii.gz")
    viewer = make_napari_viewer()
    image_layer, mask_layer = viewer.open(folder, plugin="napari-medal")
    assert (image_layer._type_string, mask_layer._type_string) == ("image", "labels")
    written = mask_layer.save(str(tmp_path / "saved.nii.gz"))
    assert written == [str(tmp_path / "saved.nii.gz")]
    again = nibabel.loadsave.load(tmp_path / "saved.nii.gz")
    assert np.abs(np.linalg.det(again.affine[:3, :3])) == pytest.approx(1.5)


def test_napari_opens_the_sample(make_napari_viewer: MakeViewer) -> None:
    viewer = make_napari_viewer()
    viewer.open_sample("napari-medal", "phantom")
    assert [layer.name for layer in viewer.layers] == ["phantom", "phantom labels"]


def test_napari_opens_the_dock(make_napari_viewer: MakeViewer) -> None:
    from napari_medal.gui.dock import MedalDock

    viewer = make_napari_viewer()
    _, widget = viewer.window.add_plugin_dock_widget("napari-medal", "Medal")
    assert isinstance(widget, MedalDock)
