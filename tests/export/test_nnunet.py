import csv
import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.core.dataset import Dataset
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError
from napari_medal.export.nnunet import EXPORTER
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.curating import Selection, curated_dataset
from napari_medal.loop.session import Session
from napari_medal.testing import check_exporter
from tests.export.conftest import confirm_part, with_prediction
from tests.small import small_session, write_image

SET = "Dataset501_Small"


def written(dataset: Dataset, tmp_path: Path) -> Path:
    report = EXPORTER.write(dataset, tmp_path / "out", Silent())
    assert report.cases == len(dataset.cases)
    return tmp_path / "out" / SET


def voxels(path: Path) -> np.ndarray:
    return np.asarray(nibabel.load(path).dataobj)


def drawn(session: Session) -> Dataset:
    return curated_dataset(session, selection=Selection(tasks=("segmentation",)))


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


def test_every_split_has_its_place_and_masks_are_the_very_files(curated: Session, tmp_path: Path) -> None:
    folder = written(drawn(curated), tmp_path)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    training = [f"case_{number:03d}" for number in (0, 1, 2, 4)]
    assert files == sorted(
        [f"imagesTr/{name}_0000.nii.gz" for name in training]
        + [f"labelsTr/{name}.nii.gz" for name in training]
        + ["imagesTs/case_003_0000.nii.gz", "labelsTs/case_003.nii.gz", "dataset.json", "splits_final.json"]
    )
    for name, annotation in curated.project.annotations.current("segmentation").items():
        (label,) = folder.glob(f"labelsT?/{name}.nii.gz")
        assert annotation.mask is not None
        assert label.read_bytes() == annotation.mask.read_bytes()
    description = json.loads((folder / "dataset.json").read_text())
    assert description["labels"] == {"background": 0, "anterior": 1, "posterior": 2}
    assert (description["numTraining"], description["file_ending"]) == (4, ".nii.gz")
    assert description["channel_names"] == {"0": "channel_0"}
    assert description["napari_medal"]["undrawn"] == ["case_004"]
    (fold,) = json.loads((folder / "splits_final.json").read_text())
    assert fold == {"train": ["case_000", "case_001", "case_004"], "val": ["case_002"]}


def test_answers_without_a_mask_are_in_the_table(curated: Session, tmp_path: Path) -> None:
    written(curated_dataset(curated), tmp_path)
    with (tmp_path / "out" / "annotations.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["class_name"] for row in rows if row["task"] == "classification"] == ["normal", "atrophic"] * 2 + [
        "normal"
    ]
    masks = [row["mask"] for row in rows if row["task"] == "segmentation"]
    assert masks[0] == f"{SET}/labelsTr/case_000.nii.gz"
    assert all((tmp_path / "out" / mask).is_file() for mask in masks)


def test_classes_alone_are_refused(curated: Session, tmp_path: Path) -> None:
    chosen = curated_dataset(curated, selection=Selection(tasks=("classification",)))
    with pytest.raises(ExportError, match=r"holds masks; found the tasks classification \(class\)"):
        EXPORTER.write(chosen, tmp_path / "out", Silent())
    assert not (tmp_path / "out").exists()


def test_values_that_are_not_consecutive_are_numbered_and_the_numbers_told(curated: Session, tmp_path: Path) -> None:
    """The first label is nnU-Net's 1, whatever its value in the project."""
    dataset = drawn(curated)
    scheme = LabelScheme((LabelClass(2, "late", "#ff0000"), LabelClass(1, "early", "#00ff00")))
    task = replace(dataset.tasks["segmentation"], labels=scheme)
    folder = written(replace(dataset, tasks={"segmentation": task}), tmp_path)
    description = json.loads((folder / "dataset.json").read_text())
    assert description["labels"] == {"background": 0, "late": 1, "early": 2}
    assert description["napari_medal"]["label_values"] == {"late": 2, "early": 1}
    for case in dataset.cases:
        (label,) = folder.glob(f"labelsT?/{case.case.name}.nii.gz")
        kept = case.annotations["segmentation"].mask
        assert kept is not None
        assert np.array_equal(voxels(label), np.array([0, 2, 1], np.uint8)[voxels(kept)])
        assert np.array_equal(nibabel.load(label).affine, nibabel.load(kept).affine)


def test_slices_that_nobody_confirmed_are_to_be_ignored(curated: Session, tmp_path: Path) -> None:
    confirm_part(curated, "case_001")
    folder = written(drawn(curated), tmp_path)
    description = json.loads((folder / "dataset.json").read_text())
    assert description["labels"]["ignore"] == 3
    assert description["napari_medal"]["confirmed_slices"] == {"case_001": "4-10"}
    kept = curated.project.annotations.current("segmentation")["case_001"].mask
    assert kept is not None
    mask = curated.files.read(folder / "labelsTr" / "case_001.nii.gz")[0].array
    assert np.array_equal(mask[3:10], curated.files.read(kept)[0].array[3:10])
    assert (np.delete(mask, range(3, 10), axis=0) == 3).all()


def test_a_label_with_a_name_of_nnunets_own_is_refused(curated: Session, tmp_path: Path) -> None:
    dataset = drawn(curated)
    scheme = LabelScheme((LabelClass(1, "ignore", "#ff0000"), LabelClass(2, "early", "#00ff00")))
    task = replace(dataset.tasks["segmentation"], labels=scheme)
    with pytest.raises(ExportError, match="a label called 'ignore'"):
        EXPORTER.write(replace(dataset, tasks={"segmentation": task}), tmp_path / "out", Silent())


def test_what_only_a_model_said_says_so_by_its_name(curated: Session, tmp_path: Path) -> None:
    folder = written(with_prediction(curated, "case_001"), tmp_path)
    assert (folder / "labelsTr" / "case_001_predicted.nii.gz").is_file()
    assert (folder / "imagesTr" / "case_001_predicted_0000.nii.gz").is_file()
    assert json.loads((folder / "dataset.json").read_text())["napari_medal"]["predicted"] == ["case_001_predicted"]
    with (tmp_path / "out" / "predicted.csv").open(newline="") as stream:
        (row, chosen) = list(csv.DictReader(stream))
    assert (row["case"], row["reader"], row["accepted_at"]) == ("case_001", "model v3", "")
    assert chosen["class_name"] == "atrophic"
    with (tmp_path / "out" / "annotations.csv").open(newline="") as stream:
        assert "case_001" not in {row["case"] for row in csv.DictReader(stream)}


def many_channels(tmp_path: Path, *turned: bool) -> Session:
    """One case whose channels lie on one grid, stored in one axis order or, where `turned`, in another."""
    rng = np.random.default_rng(0)
    for channel, is_turned in enumerate(turned):
        array = rng.integers(0, 99, (6, 5, 4)).astype(np.int16)
        affine = np.diag([1.0, 2.0, 3.0, 1.0])
        if is_turned:
            array, affine = array.transpose(2, 0, 1), affine[:, [2, 0, 1, 3]]
        write_image(tmp_path / "images" / f"a_000{channel}.nii.gz", array, affine)
    session = small_session(tmp_path / "channels")
    add_cases(session, Source(tmp_path / "images"), Silent())
    mask = np.zeros((4, 5, 6), np.uint8)
    mask[1, 2, 3] = 1
    accept_mask(session, "segmentation", "a", mask, Reading("ann"))
    return session


def test_channels_come_in_the_axis_order_of_the_first(tmp_path: Path) -> None:
    session = many_channels(tmp_path, False, True, False)
    folder = written(curated_dataset(session), tmp_path)
    images = [nibabel.load(folder / "imagesTr" / f"a_000{channel}.nii.gz") for channel in range(3)]
    label = nibabel.load(folder / "labelsTr" / "a.nii.gz")
    assert {image.shape for image in images} == {label.shape}
    assert all(np.array_equal(image.affine, label.affine) for image in images)
    for channel, volume in enumerate(session.files.read_case(session.project.cases.get("a").images)):
        again = session.files.read(folder / "imagesTr" / f"a_000{channel}.nii.gz")[0]
        assert np.array_equal(again.array, volume.array)
    session.close()


def test_cases_with_other_channels_are_refused_by_name(curated: Session, tmp_path: Path) -> None:
    dataset = drawn(curated)
    first, second, *rest = dataset.cases
    doubled = replace(second, case=replace(second.case, images=second.case.images * 2, channels=("T1", "T2")))
    with pytest.raises(ExportError, match=r"found 2 \(T1, T2\) in case_001; wanted 1 \(channel_0\), as in case_000"):
        EXPORTER.write(replace(dataset, cases=(first, doubled, *rest)), tmp_path / "out", Silent())


def test_flat_images_become_volumes_of_one_slice(tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "flat.nii.gz", np.arange(30, dtype=np.int16).reshape(6, 5))
    session = small_session(tmp_path / "flat")
    add_cases(session, Source(tmp_path / "images"), Silent())
    mask = np.zeros((1, 5, 6), np.uint8)
    mask[0, 1, 2] = 2
    accept_mask(session, "segmentation", "flat", mask, Reading("ann"))
    folder = written(curated_dataset(session), tmp_path)
    image = nibabel.load(folder / "imagesTr" / "flat_0000.nii.gz")
    label = nibabel.load(folder / "labelsTr" / "flat.nii.gz")
    assert image.shape == label.shape == (6, 5, 1)
    assert np.array_equal(image.affine, label.affine)
    assert np.linalg.det(image.affine) != 0
    again = session.files.read(folder / "labelsTr" / "flat.nii.gz")[0].array
    assert np.array_equal(again, mask)
    session.close()
