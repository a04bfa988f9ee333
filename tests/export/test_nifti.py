import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image

from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError, FormatError, JobCancelled
from napari_medal.export.nifti import EXPORTER
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session
from napari_medal.testing import check_exporter
from tests.small import cancel_at, small_session, write_image

BOTH = ("segmentation", "classification")
SECRET = b"DOE^JANE"


@pytest.fixture
def labelled(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """Three phantoms, one of them with a tell-tale header; two are accepted, one has half an answer."""
    images = tmp_path / "images"
    for name in ("case_000", "case_001", "case_002"):
        loaded = nibabel.load(cohort.images / f"{name}.nii.gz")
        if name == "case_001":
            loaded.header["descrip"] = SECRET
            loaded.header["db_name"] = SECRET
        images.mkdir(exist_ok=True)
        loaded.to_filename(images / f"{name}.nii.gz")
    session = small_session(tmp_path / "project", *BOTH)
    add_cases(session, Source(images, cohort.labels), Silent())
    accept_class(session, "classification", "case_000", 1, Reading("ann", 12.4))
    accept_class(session, "classification", "case_001", 0, Reading('bob, the "fast"'))
    yield session
    session.close()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


def test_values_are_exported_with_their_unit_and_come_back_bit_for_bit(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification", "regression")
    add_cases(session, Source(cohort.images), Silent())
    values = {"case_000": 0.1 + 0.2, "case_001": 49.99999999999999, "case_002": 7.0}
    for place, (name, value) in enumerate(values.items()):
        accept_value(session, "regression", name, value, Reading("ann"))
        accept_class(session, "classification", name, place % 2, Reading("ann"))
    export(session, tmp_path / "out", "nifti", Silent())
    session.close()
    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    quantity = {"name": "volume", "unit": "mL", "low": 0.0, "high": 50.0}
    assert description["tasks"]["regression"] == {"target": "value", "quantity": quantity}
    again = small_session(tmp_path / "again", "classification", "regression")
    add_cases(again, Source(tmp_path / "out" / "images", tmp_path / "out" / "annotations.csv"), Silent())
    found = {name: entry.value for name, entry in again.project.annotations.current("regression").items()}
    assert found == values
    classes = {name: entry.class_value for name, entry in again.project.annotations.current("classification").items()}
    assert classes == {"case_000": 0, "case_001": 1, "case_002": 0}
    again.close()


def test_the_dataset_holds_what_was_accepted_and_nothing_else(labelled: Session, tmp_path: Path) -> None:
    report = export(labelled, tmp_path / "out", "nifti", Silent())
    files = _files(tmp_path / "out")
    assert set(files) == {
        "images/case_000.nii.gz",
        "images/case_001.nii.gz",
        "masks/segmentation/case_000.nii.gz",
        "masks/segmentation/case_001.nii.gz",
        "annotations.csv",
        "dataset.json",
        "README.md",
        "manifest.json",
    }
    assert (report.cases, report.files, report.folder) == (2, 8, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_masks_lie_bit_for_bit_on_their_images(labelled: Session, tmp_path: Path, cohort: PhantomCohort) -> None:
    export(labelled, tmp_path / "out", "nifti", Silent())
    for name in ("case_000", "case_001"):
        original = nibabel.load(cohort.images / f"{name}.nii.gz")
        image = nibabel.load(tmp_path / "out" / "images" / f"{name}.nii.gz")
        mask = nibabel.load(tmp_path / "out" / "masks" / "segmentation" / f"{name}.nii.gz")
        truth = nibabel.load(cohort.labels / f"{name}.nii.gz")
        assert np.array_equal(np.asarray(image.dataobj), np.asarray(original.dataobj))
        assert np.array_equal(np.asarray(mask.dataobj), np.asarray(truth.dataobj))
        assert mask.get_data_dtype() == np.uint8
        assert np.array_equal(image.affine, original.affine)
        assert np.array_equal(mask.affine, image.affine)
        for field in ("sform_code", "qform_code", "quatern_b", "srow_x", "pixdim"):
            assert np.array_equal(mask.header[field], original.header[field])


def test_no_text_of_a_header_leaves_the_project(labelled: Session, tmp_path: Path) -> None:
    (image,) = labelled.project.cases.get("case_001").images
    assert SECRET not in nibabel.load(image).header.binaryblock
    image.write_bytes((tmp_path / "images" / "case_001.nii.gz").read_bytes())  # as earlier versions kept it
    assert SECRET in nibabel.load(image).header.binaryblock
    export(labelled, tmp_path / "out", "nifti", Silent())
    for path in (tmp_path / "out").rglob("*.nii.gz"):
        header = nibabel.load(path).header
        assert SECRET not in header.binaryblock
        assert not bytes(header["descrip"]).strip(b"\0")


def test_the_description_names_labels_and_checksums(labelled: Session, tmp_path: Path) -> None:
    export(labelled, tmp_path / "out", "nifti", Silent())
    description = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert description["tasks"] == {
        "segmentation": {"target": "mask", "labels": {"background": 0, "anterior": 1, "posterior": 2}},
        "classification": {"target": "class", "labels": {"normal": 0, "atrophic": 1}},
    }
    assert (description["name"], description["cases"]) == ("small", 2)
    files = _files(tmp_path / "out")
    for later in ("dataset.json", "README.md", "manifest.json"):
        files.pop(later)
    assert description["sha256"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_table_holds_every_answer(labelled: Session, tmp_path: Path) -> None:
    mask = np.zeros_like(labelled.files.read(labelled.project.cases.get("case_000").images[0])[0].array, np.uint8)
    accept_mask(labelled, "segmentation", "case_000", mask, Reading("eve", 61.5))
    export(labelled, tmp_path / "out", "nifti", Silent())
    with (tmp_path / "out" / "annotations.csv").open(newline="") as stream:
        rows = {(row["case"], row["task"]): row for row in csv.DictReader(stream)}
    assert len(rows) == 4
    drawn = rows["case_000", "segmentation"]
    assert (drawn["reader"], drawn["revision"], drawn["seconds_spent"]) == ("eve", "2", "62")
    assert (drawn["mask"], drawn["class_value"], drawn["subject"]) == (
        "masks/segmentation/case_000.nii.gz",
        "",
        "case_000",
    )
    chosen = rows["case_001", "classification"]
    assert (chosen["class_value"], chosen["class_name"], chosen["mask"]) == ("0", "normal", "")
    assert chosen["reader"] == 'bob, the "fast"'
    assert not np.asarray(nibabel.load(tmp_path / "out" / drawn["mask"]).dataobj).any()


def test_what_was_exported_comes_back_bit_for_bit(labelled: Session, tmp_path: Path) -> None:
    export(labelled, tmp_path / "out", "nifti", Silent())
    back = small_session(tmp_path / "back")
    report = add_cases(back, Source(tmp_path / "out" / "images", tmp_path / "out" / "masks" / "segmentation"), Silent())
    assert report.labelled == ("case_000", "case_001")
    before = labelled.project.annotations.current("segmentation")
    for name, annotation in back.project.annotations.current("segmentation").items():
        assert annotation.mask is not None
        wanted = before[name].mask
        assert wanted is not None
        assert annotation.mask.read_bytes() == wanted.read_bytes()
    back.close()


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_cancelled_export_leaves_nothing(labelled: Session, tmp_path: Path, call: int) -> None:
    before = set(tmp_path.iterdir())
    with pytest.raises(JobCancelled):
        export(labelled, tmp_path / "out", "nifti", cancel_at(call))
    assert set(tmp_path.iterdir()) == before


def test_an_image_that_was_damaged_leaves_nothing(labelled: Session, tmp_path: Path) -> None:
    path = labelled.project.cases.get("case_001").images[0]
    path.write_bytes(path.read_bytes()[:-30])
    before = set(tmp_path.iterdir())
    with pytest.raises(FormatError, match="damaged or cut-off"):
        export(labelled, tmp_path / "out", "nifti", Silent())
    assert set(tmp_path.iterdir()) == before


def test_a_folder_that_holds_something_is_refused(labelled: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    for target in (tmp_path / "out", tmp_path / "out" / "mine.txt"):
        with pytest.raises(ExportError, match="is not empty"):
            export(labelled, target, "nifti", Silent())
    assert _files(tmp_path / "out") == {"mine.txt": b"keep"}


def test_an_empty_folder_is_filled(labelled: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(labelled, tmp_path / "out", "nifti", Silent()).files == 8


def test_nothing_accepted_means_nothing_to_export(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project")
    add_cases(session, Source(cohort.images), Silent())
    assert curated_dataset(session).cases == ()
    with pytest.raises(ExportError, match="has no accepted case yet"):
        export(session, tmp_path / "out", "nifti", Silent())
    assert not (tmp_path / "out").exists()
    session.close()


def test_pictures_become_nifti_with_their_masks_on_them(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30), dtype=np.uint8)
    (tmp_path / "images").mkdir()
    Image.fromarray(pixels).save(tmp_path / "images" / "mole.png")
    Image.fromarray(np.dstack([pixels] * 3)).save(tmp_path / "images" / "rash.png")
    session = small_session(tmp_path / "project")
    add_cases(session, Source(tmp_path / "images"), Silent())
    mask = np.zeros((1, 20, 30), dtype=np.uint8)
    mask[0, 3:9, 5:21] = 2
    for name in ("mole", "rash"):
        accept_mask(session, "segmentation", name, mask, Reading("ann"))
    export(session, tmp_path / "out", "nifti", Silent())
    names = {path.name for path in (tmp_path / "out" / "images").iterdir()}
    assert "mole.nii.gz" in names
    image = nibabel.load(tmp_path / "out" / "images" / "mole.nii.gz")
    drawn = nibabel.load(tmp_path / "out" / "masks" / "segmentation" / "mole.nii.gz")
    assert np.array_equal(np.asarray(image.dataobj)[..., 0].T, pixels)
    assert np.array_equal(np.asarray(drawn.dataobj)[..., 0].T, mask[0])
    assert np.allclose(image.affine, drawn.affine)
    back = small_session(tmp_path / "back")
    report = add_cases(back, Source(tmp_path / "out" / "images", tmp_path / "out" / "masks" / "segmentation"), Silent())
    assert report.labelled == ("mole", "rash")
    assert report.refused_labels == ()
    back.close()
    session.close()


def test_channels_keep_their_order(tmp_path: Path) -> None:
    for channel in range(2):
        write_image(tmp_path / "images" / f"a_000{channel}.nii.gz", np.full((4, 5, 6), channel + 1, np.int16))
    session = small_session(tmp_path / "project")
    add_cases(session, Source(tmp_path / "images"), Silent())
    accept_mask(session, "segmentation", "a", np.ones((6, 5, 4), np.uint8), Reading("ann"))
    export(session, tmp_path / "out", "nifti", Silent())
    for channel in range(2):
        image = nibabel.load(tmp_path / "out" / "images" / f"a_000{channel}.nii.gz")
        assert set(np.unique(image.dataobj)) == {channel + 1}
    session.close()
