import json
from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError
from napari_medal.export.decathlon import EXPORTER
from napari_medal.loop.curating import Selection, curated_dataset
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session
from napari_medal.testing import check_exporter
from tests.export.conftest import confirm_part, with_prediction
from tests.export.test_nnunet import many_channels

DRAWN = Selection(tasks=("segmentation",))


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


@pytest.mark.filterwarnings("ignore:NvImgCodecPydicomReader")
def test_monais_own_programs_find_images_masks_and_folds(curated: Session, tmp_path: Path) -> None:
    from monai.data import load_decathlon_datalist
    from monai.transforms import LoadImage

    EXPORTER.write(curated_dataset(curated, selection=DRAWN), tmp_path / "out", Silent())
    folder = tmp_path / "out" / "Task01_Small"
    entries = load_decathlon_datalist(folder / "dataset.json", is_segmentation=True, data_list_key="training")
    assert [Path(entry["image"]).name for entry in entries] == [f"case_00{n}.nii.gz" for n in (0, 1, 2, 4)]
    assert [entry["fold"] for entry in entries] == [1, 1, 0, 1]
    assert [entry["split"] for entry in entries] == ["training", "training", "validation", "undrawn"]
    load = LoadImage(reader="NibabelReader", image_only=True)
    for entry in entries:
        image, label = load(entry["image"]), load(entry["label"])
        assert image.shape == label.shape
        assert np.array_equal(image.affine, label.affine)
    (test,) = load_decathlon_datalist(folder / "dataset.json", is_segmentation=True, data_list_key="test")
    assert Path(test["image"]).name == "case_003.nii.gz"
    assert Path(test["label"]) == folder / "labelsTs" / "case_003.nii.gz"


def test_the_description_counts_and_names(curated: Session, tmp_path: Path) -> None:
    EXPORTER.write(with_prediction(curated, "case_001"), tmp_path / "out", Silent())
    description = json.loads((tmp_path / "out" / "Task01_Small" / "dataset.json").read_text())
    assert description["labels"] == {"0": "background", "1": "anterior", "2": "posterior"}
    assert (description["numTraining"], description["numTest"]) == (4, 1)
    assert (description["tensorImageSize"], description["modality"]) == ("3D", {"0": "channel_0"})
    assert description["napari_medal"]["predicted"] == ["case_001_predicted"]


def test_masks_are_the_very_files(curated: Session, tmp_path: Path) -> None:
    EXPORTER.write(curated_dataset(curated), tmp_path / "out", Silent())
    for name, annotation in curated.project.annotations.current("segmentation").items():
        (label,) = (tmp_path / "out").glob(f"Task01_Small/labelsT?/{name}.nii.gz")
        assert annotation.mask is not None
        assert label.read_bytes() == annotation.mask.read_bytes()


def test_channels_are_the_fourth_axis(tmp_path: Path) -> None:
    session = many_channels(tmp_path, False, True, False)
    EXPORTER.write(curated_dataset(session), tmp_path / "out", Silent())
    folder = tmp_path / "out" / "Task01_Small"
    image, label = nibabel.load(folder / "imagesTr" / "a.nii.gz"), nibabel.load(folder / "labelsTr" / "a.nii.gz")
    assert image.shape == (*label.shape, 3)
    assert np.array_equal(image.affine, label.affine)
    for channel, original in enumerate(session.project.cases.get("a").images):
        volume = session.files.read(original)[0]
        one = np.asarray(image.dataobj)[..., channel]
        assert np.array_equal(one.transpose(2, 1, 0)[:, ::-1, ::-1], volume.array)
    assert json.loads((folder / "dataset.json").read_text())["tensorImageSize"] == "4D"
    session.close()


def test_masks_that_are_right_in_part_are_refused(curated: Session, tmp_path: Path) -> None:
    confirm_part(curated, "case_001")
    with pytest.raises(ExportError, match=r"cannot say that only some slices are confirmed, as in case_001\."):
        export(curated, tmp_path / "out", "decathlon", Silent())
    assert export(curated, tmp_path / "out", "decathlon", Silent(), whole_only=True).cases == 4
