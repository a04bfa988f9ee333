from dataclasses import replace
from pathlib import Path

from napari_medal.core.dataset import Dataset
from napari_medal.core.progress import Silent
from napari_medal.export.dataset_card import card_text
from napari_medal.export.measuring import measure
from napari_medal.export.provenance import Provenance
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.session import Session
from tests.export.conftest import confirm_part, with_prediction


def page(dataset: Dataset, provenance: Provenance | None = None) -> str:
    return card_text(dataset, provenance or Provenance("nifti"), measure(dataset, Silent()))


def test_it_begins_with_what_programs_read(curated: Session) -> None:
    front = page(curated_dataset(curated)).split("---\n")[1]
    assert 'pretty_name: "small"' in front
    assert "task_categories:\n- image-classification\n- image-segmentation\n" in front
    assert "size_categories:\n- n<1K\n" in front
    assert "license_name: to-be-filled-in-by-its-owner" in front


def test_it_counts_subjects_by_split_and_says_what_is_undrawn(curated: Session) -> None:
    text = page(curated_dataset(curated))
    assert "5 cases of 5 subjects" in text
    for row in ("| training | 2 | 2 |", "| validation | 1 | 1 |", "| test | 1 | 1 |", "| undrawn | 1 | 1 |"):
        assert row in text
    assert "No split was drawn for the undrawn subjects." in text


def test_volumes_are_those_of_the_masks(curated: Session) -> None:
    dataset = curated_dataset(curated)
    volumes = []
    for case in dataset.cases:
        mask = case.annotations["segmentation"].mask
        assert mask is not None
        volume = curated.files.read(mask)[0]
        volumes.append(float((volume.array == 1).sum()) * volume.grid.voxel_volume_mm3 / 1000)
    mean, low, high = sum(volumes) / 5, min(volumes), max(volumes)
    assert f"| anterior | 1 | 5 | {mean:.3g} | {low:.3g} to {high:.3g} |" in page(dataset)


def test_it_says_who_read_and_how_labels_came_about(curated: Session) -> None:
    dataset = curated_dataset(curated)
    first = dataset.cases[0]
    corrected = replace(first.annotations["segmentation"], started_from=2, reader="eve", seconds_spent=3600.0)
    changed = replace(dataset, cases=(replace(first, annotations={"segmentation": corrected}), *dataset.cases[1:]))
    text = page(changed)
    assert "5 answers were accepted, by ann, eve, in 1.07 hours as far as known" in text
    assert "4 from scratch or from elsewhere; 1 corrected from model v2." in text
    assert "| normal | 0 | 2 |" in text


def test_predictions_and_halves_are_said_aloud(curated: Session) -> None:
    confirm_part(curated, "case_002")
    text = page(with_prediction(curated, "case_001"))
    assert "**1 answers are predictions of model v3 that no reader has accepted.**" in text
    assert "Of 1 masks only some slices are confirmed" in text
    assert "4 answers were accepted" in text


def test_audits_are_told_where_there_are_any(curated: Session) -> None:
    dataset = curated_dataset(curated)
    assert "Random audits" not in page(dataset)
    told = page(dataset, Provenance("nifti", {}, {"segmentation": "Dice 0.8 on 9 random cases."}))
    assert "Random audits of the live model: Dice 0.8 on 9 random cases." in told


def test_measuring_can_be_repeated(curated: Session, tmp_path: Path) -> None:
    dataset = curated_dataset(curated)
    assert page(dataset) == page(dataset)
