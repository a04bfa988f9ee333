import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from napari_medal.core.case import Split
from napari_medal.core.dataset import Dataset, Exporter, ExportReport
from napari_medal.core.progress import Progress, Silent
from napari_medal.errors import ExportError, JobCancelled, PersonalDataError, SettingsError
from napari_medal.export.verifying import verify
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_file, flag, reject
from napari_medal.loop.curating import Selection, curated_dataset
from napari_medal.loop.exporting import export
from napari_medal.loop.notes import set_tags
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.loop.verifying import verify_as_it_is
from napari_medal.registry import Registry, keeps
from tests.loop.conftest import label, with_second_reader
from tests.small import cancel_at, small_session

FORMATS = ("nifti", "nnunet", "decathlon", "bids")
TASK = "segmentation"


@pytest.fixture
def labelled(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """Three phantoms labelled, with classes."""
    session = small_session(tmp_path / "project", TASK, "classification")
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1, 2)
    accept_class(session, "classification", "case_000", 1, Reading("eve", 4.0))
    for name in ("case_001", "case_002"):
        accept_class(session, "classification", name, 0, Reading("eve"))
    yield session
    session.close()


def _manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_has_a_card_and_a_manifest_and_the_same_bytes_twice(
    labelled: Session, tmp_path: Path, format_name: str
) -> None:
    report = export(labelled, tmp_path / "out", format_name, Silent())
    assert report.folder == tmp_path / "out"
    assert verify(tmp_path / "out", Silent()).is_whole
    files = _contents(tmp_path / "out")
    assert (report.cases, report.files) == (3, len(files))
    assert b"to-be-filled-in" in files["README.md"]
    export(labelled, tmp_path / "again", format_name, Silent())
    assert _contents(tmp_path / "again") == files
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_manifest_tells_of_every_answer(labelled: Session, tmp_path: Path) -> None:
    set_tags(labelled, "case_001", ["post-op"])
    labelled.project.cases.draw(["case_001"], Split.TEST)
    export(labelled, tmp_path / "out", "nifti", Silent())
    manifest = _manifest(tmp_path / "out")
    assert manifest["format"] == "nifti"
    assert manifest["made_by"].startswith("napari-medal ")
    first, second, third = manifest["cases"]
    assert (second["split"], second["tags"], second["state"]) == ("test", ["post-op"], "accepted")
    answer = first["tasks"]["classification"]
    assert answer.pop("accepted_at").startswith("20")
    assert answer == {
        "answer": "accepted",
        "reader": "eve",
        "revision": 1,
        "seconds_spent": 4.0,
        "started_from_model": None,
        "voxels_changed": None,
        "uncertainty": None,
        "reading_mode": None,
        "confirmed_slices": "all",
        "class": "atrophic",
        "value": None,
        "second_reader": None,
    }
    assert set(third["tasks"]) == {TASK, "classification"}


def test_models_answer_where_no_reader_did_and_only_there(
    labelled: Session, cohort: PhantomCohort, tmp_path: Path
) -> None:
    for name, split in (("case_000", Split.TRAINING), ("case_001", Split.VALIDATION), ("case_007", Split.TEST)):
        labelled.project.cases.draw([name], split)
    labelled.project.cases.draw(["case_002"], Split.TRAINING)
    train_model(labelled, TASK, Silent())
    reject(labelled, "case_005")
    flag(labelled, "case_006")
    export(labelled, tmp_path / "out", "nifti", Silent(), with_predicted=True)
    folder = tmp_path / "out"
    assert sorted(path.name for path in (folder / "masks" / TASK).iterdir()) == [
        f"case_00{n}.nii.gz" for n in (0, 1, 2)
    ]
    assert sorted(path.name for path in (folder / "predicted" / TASK).iterdir()) == [
        f"case_00{n}.nii.gz" for n in (3, 4, 8)
    ]
    manifest = _manifest(folder)
    predicted = next(case for case in manifest["cases"] if case["case"] == "case_003")
    assert predicted["state"] == "predicted"
    answer = predicted["tasks"][TASK]
    assert (answer["answer"], answer["reader"], answer["accepted_at"]) == ("predicted", "model v1", None)
    assert 0 <= answer["uncertainty"] <= 1
    (model,) = manifest["tasks"][TASK]["models"]
    assert (model["version"], model["status"], model["trained_on_labels"]) == (1, "live", 2)
    assert "3 answers are predictions of model v1" in (folder / "README.md").read_text()
    corrected = labelled.project.predictions.by(TASK, 1)["case_003"]
    assert corrected.mask is not None
    accept_file(labelled, TASK, "case_003", corrected.mask, Reading("ann", started_from=1))
    accept_class(labelled, "classification", "case_003", 1, Reading("eve"))
    (found,) = [case for case in curated_dataset(labelled).cases if case.case.name == "case_003"]
    assert found.uncertainty[TASK] == corrected.score.uncertainty


def test_without_a_model_nothing_is_predicted(labelled: Session, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="has no model yet that could predict"):
        export(labelled, tmp_path / "out", "nifti", Silent(), with_predicted=True)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(tasks=("classification",)), ["case_000", "case_001", "case_002"]),
        (Selection(tags=("post-op", "other")), ["case_001"]),
        (Selection(splits=(Split.TEST,)), ["case_002"]),
        (Selection(tags=("post-op",), splits=(Split.TEST,)), []),
    ],
)
def test_a_part_can_be_chosen(labelled: Session, selection: Selection, names: list[str]) -> None:
    set_tags(labelled, "case_001", ["post-op"])
    labelled.project.cases.draw(["case_002"], Split.TEST)
    assert [case.case.name for case in curated_dataset(labelled, selection=selection).cases] == names


def test_a_task_that_is_not_there_is_refused(labelled: Session, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unheard-of"):
        export(labelled, tmp_path / "out", "nifti", Silent(), selection=Selection(tasks=("unheard-of",)))
    with pytest.raises(ExportError, match="has no accepted case yet among those that were asked for"):
        export(labelled, tmp_path / "out", "nifti", Silent(), selection=Selection(tags=("none",)))


def test_a_persons_name_stays_until_it_is_confirmed_that_it_is_none(labelled: Session, tmp_path: Path) -> None:
    accept_class(labelled, "classification", "case_002", 1, Reading("Jane Doe"))
    before = set(tmp_path.iterdir())
    with pytest.raises(PersonalDataError, match=r"the reader 'Ja…' .* --confirm-no-personal-data") as refused:
        export(labelled, tmp_path / "out", "nifti", Silent())
    assert "Jane" not in str(refused.value)
    assert set(tmp_path.iterdir()) == before
    assert export(labelled, tmp_path / "out", "nifti", Silent(), confirmed=True).cases == 3


@pytest.mark.parametrize("format_name", FORMATS)
def test_wherever_it_is_cancelled_nothing_is_left(labelled: Session, tmp_path: Path, format_name: str) -> None:
    watch = cancel_at(10**9)
    export(labelled, tmp_path / "whole", format_name, watch)
    before = set(tmp_path.iterdir())
    for call in sorted({1, 2, watch.calls // 2, watch.calls - 1}):
        stopped = cancel_at(call)
        with pytest.raises(JobCancelled):
            export(labelled, tmp_path / "out", format_name, stopped)
        assert set(tmp_path.iterdir()) == before


@dataclass(frozen=True)
class Choosy:
    """A third party's format that cannot hold one of the cases, and has a README.md of its own."""

    name: str = "choosy"
    title: str = "Leaves one out"

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        (folder / "README.md").write_text("my own")
        return ExportReport(folder, len(dataset.cases) - 1, 1, ("case_001: it has no series",))


CHOOSY = Choosy()


def test_a_third_partys_format_gets_a_card_beside_its_own_and_says_what_it_left_out(
    labelled: Session, tmp_path: Path
) -> None:
    group = "napari_medal.exporters"
    choosy = Registry(group, keeps(Exporter), [EntryPoint("choosy", "tests.loop.test_exporting:CHOOSY", group)])
    session = replace(labelled, extensions=replace(labelled.extensions, exporters=choosy))
    report = export(session, tmp_path / "out", "choosy", Silent())
    assert (report.cases, report.files, report.left_out) == (2, 3, ("case_001: it has no series",))
    assert _manifest(tmp_path / "out")["left_out"] == ["case_001: it has no series"]
    assert (tmp_path / "out" / "README.md").read_text() == "my own"
    assert "cannot hold, of 1 of these" in (tmp_path / "out" / "DATASET_CARD.md").read_text()


def test_only_verified_labels_are_written_on_demand_and_tables_tell_of_both_readers(
    tmp_path: Path, cohort: PhantomCohort
) -> None:
    session = small_session(tmp_path / "verified", changes=with_second_reader)
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1)
    only = Selection(verified_only=True)
    with pytest.raises(ExportError, match="no accepted case yet among those"):
        export(session, tmp_path / "none", "nifti", Silent(), selection=only)
    verify_as_it_is(session, TASK, "case_001", Reading("eve", 7.0))
    assert export(session, tmp_path / "all", "nifti", Silent()).cases == 2
    assert export(session, tmp_path / "out", "nifti", Silent(), selection=only).cases == 1
    (case,) = _manifest(tmp_path / "out")["cases"]
    answer = case["tasks"][TASK]
    first, second = session.project.annotations.history("case_001", TASK)
    assert (case["case"], answer["reader"], answer["seconds_spent"]) == ("case_001", "eve", 7.0)
    assert answer["second_reader"] == {
        "annotated_by": "ann",
        "annotated_at": first.created_at.isoformat(timespec="seconds"),
        "annotated_revision": 1,
        "annotated_seconds": 30.0,
        "corrected": 0,
        "dice": 1.0,
    }
    with (tmp_path / "all" / "annotations.csv").open(newline="") as stream:
        rows = {row["case"]: row for row in csv.DictReader(stream)}
    columns = ("verified_by", "verified_at", "corrected", "annotated_by")
    when = second.created_at.isoformat(timespec="seconds")
    assert [rows["case_001"][column] for column in columns] == ["eve", when, "0", "ann"]
    assert {rows["case_000"][column] for column in columns} == {""}
    card = (tmp_path / "all" / "README.md").read_text()
    assert "by ann, eve, in 0.02 hours" in card
    assert "A second reader verified 1 of them, and corrected 0." in card
    session.close()


def test_the_name_of_the_first_reader_is_looked_at_too(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "named", changes=with_second_reader)
    add_cases(session, Source(cohort.images), Silent())
    mask = cohort.labels / "case_000.nii.gz"
    accept_file(session, TASK, "case_000", mask, Reading("jane.doe@hospital.org"))
    verify_as_it_is(session, TASK, "case_000", Reading("eve"))
    with pytest.raises(PersonalDataError, match="e-mail"):
        export(session, tmp_path / "out", "nifti", Silent())
    session.close()
