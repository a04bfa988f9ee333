import csv
import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.case import Case
from napari_medal.core.dataset import Dataset
from napari_medal.core.progress import Silent
from napari_medal.export.bids import EXPORTER
from napari_medal.export.bids_names import channel_names, labels_of
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.session import Session
from napari_medal.testing import check_exporter
from tests.export.conftest import confirm_part, with_prediction

DERIVATIVE = "derivatives/napari-medal"


def written(dataset: Dataset, tmp_path: Path) -> Path:
    EXPORTER.write(dataset, tmp_path / "out", Silent())
    return tmp_path / "out"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def changed(dataset: Dataset, **changes: object) -> Dataset:
    """Return a dataset with the same changes in every case."""
    cases = tuple(replace(case, case=replace(case.case, **changes)) for case in dataset.cases)
    return replace(dataset, cases=cases)


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


def test_images_are_raw_and_masks_a_derivative_on_them(curated: Session, tmp_path: Path) -> None:
    folder = written(curated_dataset(curated), tmp_path)
    image = folder / "sub-case000/anat/sub-case000_acq-unknown_T1w.nii.gz"
    mask = folder / DERIVATIVE / "sub-case000/anat/sub-case000_seg-segmentation_desc-accepted_dseg.nii.gz"
    kept = curated.project.annotations.current("segmentation")["case_000"].mask
    assert kept is not None
    assert mask.read_bytes() == kept.read_bytes()
    assert np.array_equal(nibabel.load(image).affine, nibabel.load(mask).affine)
    sidecar = json.loads(mask.with_name(mask.name.replace(".nii.gz", ".json")).read_text())
    assert sidecar["Manual"] is True
    assert sidecar["Sources"] == [f"bids:raw:{image.relative_to(folder).as_posix()}"]
    assert table(folder / DERIVATIVE / "seg-segmentation_dseg.tsv")[2] == {
        "index": "2",
        "name": "posterior",
        "color": "#3182bd",
    }
    kinds = [
        json.loads((folder / place / "dataset_description.json").read_text())["DatasetType"]
        for place in ("", DERIVATIVE)
    ]
    assert kinds == ["raw", "derivative"]


def test_participants_have_splits_and_classes(curated: Session, tmp_path: Path) -> None:
    rows = table(written(curated_dataset(curated), tmp_path) / "participants.tsv")
    assert [row["split"] for row in rows] == ["training", "training", "validation", "test", "undrawn"]
    assert [row["classification"] for row in rows] == ["normal", "atrophic", "normal", "atrophic", "normal"]
    assert rows[0] == {
        "participant_id": "sub-case000",
        "subject": "case_000",
        "split": "training",
        "case": "case_000",
        "segmentation": "mask",
        "segmentation_by": "ann",
        "classification": "normal",
        "classification_by": "ann",
    }
    meanings = json.loads((tmp_path / "out" / "participants.json").read_text())
    assert set(meanings) == set(rows[0]) - {"participant_id"}


def test_a_subject_with_several_cases_has_sessions(curated: Session, tmp_path: Path) -> None:
    folder = written(changed(curated_dataset(curated), subject="s-abc"), tmp_path)
    assert [row["participant_id"] for row in table(folder / "participants.tsv")] == ["sub-sabc"]
    rows = table(folder / "sub-sabc" / "sub-sabc_sessions.tsv")
    assert [row["session_id"] for row in rows] == [f"ses-case00{number}" for number in range(5)]
    assert [row["classification"] for row in rows] == ["normal", "atrophic", "normal", "atrophic", "normal"]
    assert (folder / "sub-sabc/ses-case000/anat/sub-sabc_ses-case000_acq-unknown_T1w.nii.gz").is_file()


def test_a_mask_that_is_right_in_part_says_so_and_where(curated: Session, tmp_path: Path) -> None:
    confirm_part(curated, "case_001")
    anat = written(curated_dataset(curated), tmp_path) / DERIVATIVE / "sub-case001/anat"
    stem = "sub-case001_seg-segmentation_desc-"
    assert json.loads((anat / f"{stem}partial_dseg.json").read_text())["ConfirmedSlices"] == "4-10"
    right = curated.files.read(anat / "sub-case001_label-segmentation_desc-confirmed_mask.nii.gz")[0].array
    assert right[3:10].all()
    assert not np.delete(right, range(3, 10), axis=0).any()
    assert not (anat / f"{stem}accepted_dseg.nii.gz").exists()


def test_what_only_a_model_said_says_so_by_its_name(curated: Session, tmp_path: Path) -> None:
    folder = written(with_prediction(curated, "case_001"), tmp_path)
    stem = folder / DERIVATIVE / "sub-case001/anat/sub-case001_seg-segmentation_desc-predicted_dseg"
    assert Path(f"{stem}.nii.gz").is_file()
    sidecar = json.loads(Path(f"{stem}.json").read_text())
    assert (sidecar["Manual"], sidecar["Reader"]) == (False, "model v3")
    assert table(folder / "participants.tsv")[1]["segmentation_by"] == "model v3"


@pytest.mark.parametrize(
    ("channels", "names"),
    [
        (("T1", "T1ce", "T2", "FLAIR"), ["_T1w", "_ce-gadolinium_T1w", "_T2w", "_FLAIR"]),
        (("t2_flair", "SWI"), ["_FLAIR", "_T2starw"]),
        (("ADC", ""), ["_acq-ADC_T1w", "_acq-unknown_T1w"]),
        (("", ""), ["_acq-unknown_run-1_T1w", "_acq-unknown_run-2_T1w"]),
        (("T1", "t1w"), ["_run-1_T1w", "_run-2_T1w"]),
        (("CT",), ["_ct"]),
    ],
)
def test_channels_are_called_by_their_contrast(channels: tuple[str, ...], names: list[str]) -> None:
    assert [str(name) for name in channel_names(channels)] == names


@given(st.lists(st.text(max_size=6), max_size=20))
def test_labels_are_letters_and_digits_and_no_two_are_alike(names: list[str]) -> None:
    labels = labels_of(names)
    assert set(labels) == set(names)
    assert all(label.isascii() and label.isalnum() for label in labels.values())
    assert len({label.lower() for label in labels.values()}) == len(labels)


def test_the_same_channel_twice_is_numbered_on_the_disk(curated: Session, tmp_path: Path) -> None:
    dataset = curated_dataset(curated)
    first = dataset.cases[0]
    doubled: Case = replace(first.case, images=first.case.images * 2, channels=("T1", "FLAIR"))
    folder = written(replace(dataset, cases=(replace(first, case=doubled),)), tmp_path)
    assert sorted(path.name for path in (folder / "sub-case000/anat").glob("*.nii.gz")) == [
        "sub-case000_FLAIR.nii.gz",
        "sub-case000_T1w.nii.gz",
    ]
