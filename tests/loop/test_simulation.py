import csv
import shutil
from pathlib import Path

import pytest

from napari_medal.core.case import CaseState, Split
from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.session import Session
from napari_medal.loop.simulated_reader import READER
from napari_medal.loop.simulation import SimulationOptions, SimulationReport, simulate
from napari_medal.loop.simulation_table import RoundFigures
from tests.loop.conftest import damage, label
from tests.small import Watch, small_session

TASK = "segmentation"
OPTIONS = SimulationOptions(start=2, batch=1, rounds=2, seed=5)
SEGMENTATION_COLUMNS = [
    "round",
    "labels",
    "simulated_minutes",
    *[f"dice_{name}{end}" for name in ("mean", "anterior", "posterior") for end in ("", "_low", "_high")],
    "live_model",
    "wall_seconds",
]


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as stream:
        return list(csv.DictReader(stream))


def _without_seconds(report: SimulationReport) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name != "wall_seconds"} for row in _rows(report.table)]


def test_every_round_is_a_row(session: Session, cohort: PhantomCohort) -> None:
    announced: list[RoundFigures] = []
    report = simulate(session, TASK, cohort.labels, OPTIONS, Silent(), announced.append)
    assert report.project == session.project.folder
    assert report.table == session.project.folder / "simulation.csv"
    assert tuple(announced) == report.rounds
    rows = _rows(report.table)
    assert list(rows[0]) == SEGMENTATION_COLUMNS
    assert [(row["round"], row["labels"]) for row in rows] == [("0", "2"), ("1", "3"), ("2", "4")]
    minutes = [float(row["simulated_minutes"]) for row in rows]
    assert 0 < minutes[0] < minutes[1] < minutes[2]
    for row in rows:
        assert 0 <= float(row["dice_mean_low"]) <= float(row["dice_mean"]) <= float(row["dice_mean_high"]) <= 1
        assert float(row["wall_seconds"]) >= 0
        assert 1 <= int(row["live_model"]) <= 3
    assert (report.test_cases, report.validation_cases) == (2, 1)


def test_test_cases_are_neither_labelled_nor_predicted(session: Session, cohort: PhantomCohort) -> None:
    simulate(session, TASK, cohort.labels, OPTIONS, Silent())
    cases = session.project.cases.all()
    annotated = session.project.annotations.current(TASK)
    tested = {case.name for case in cases if case.split is Split.TEST}
    assert len(tested) == 2
    assert not tested & set(annotated)
    live = session.project.models.live(TASK)
    assert live is not None
    assert not tested & set(session.project.predictions.by(TASK, live.number))
    by_split = {split: [case for case in cases if case.split is split] for split in Split}
    assert all(case.name in annotated for case in by_split[Split.VALIDATION])
    assert sum(case.name in annotated for case in by_split[Split.TRAINING]) == 4
    assert {annotation.reader for annotation in annotated.values()} == {READER}
    truths = {name: annotation.mask for name, annotation in annotated.items()}
    for name, mask in truths.items():
        assert mask is not None
        grid = session.files.read(mask)[0].grid
        wanted = session.files.read_mask(cohort.labels / f"{name}.nii.gz", grid, session.scheme(TASK))
        assert (session.files.read_mask(mask, grid, session.scheme(TASK)) == wanted).all()


def test_the_seed_decides(tmp_path: Path, cohort: PhantomCohort) -> None:
    tables = []
    for number, seed in enumerate((5, 5, 6)):
        session = small_session(tmp_path / f"project{number}")
        add_cases(session, Source(cohort.images), Silent())
        report = simulate(session, TASK, cohort.labels, SimulationOptions(2, 1, 1, seed=seed), Silent())
        tables.append((_without_seconds(report), set(session.project.annotations.current(TASK))))
        session.close()
    assert tables[0] == tables[1]
    assert tables[0] != tables[2]


def test_a_project_with_labels_is_left_alone(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    before = session.project.annotations.current(TASK)
    folder = session.project.folder
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for number in ("001", "002"):
        report = simulate(session, TASK, cohort.labels, SimulationOptions(2, 1, 0), Silent())
        assert report.project == folder / "simulations" / number
        assert report.table == report.project / "simulation.csv"
        assert len(_rows(report.table)) == 1
    assert session.project.annotations.current(TASK) == before
    assert session.project.models.all(TASK) == []
    assert {case.split for case in session.project.cases.all()} == {Split.UNDRAWN}
    assert {path: path.read_bytes() for path in files} == files


def test_the_pool_ends_before_the_rounds_do(session: Session, cohort: PhantomCohort) -> None:
    report = simulate(session, TASK, cohort.labels, SimulationOptions(4, 2, 9, test=0.4), Silent())
    assert [row.labels for row in report.rounds] == [4]
    states = {case.state for case in session.project.cases.all() if case.split is Split.TRAINING}
    assert states == {CaseState.ACCEPTED}


def test_broken_cases_and_those_without_a_truth_take_no_part(tmp_path: Path, cohort: PhantomCohort) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    shutil.copytree(cohort.images, images)
    shutil.copytree(cohort.labels, labels)
    damage(images / "case_000.nii.gz")
    (labels / "case_001.nii.gz").unlink()
    session = small_session(tmp_path / "project")
    add_cases(session, Source(images), Silent())
    report = simulate(session, TASK, labels, SimulationOptions(2, 9, 3), Silent())
    annotated = session.project.annotations.current(TASK)
    assert not {"case_000", "case_001"} & set(annotated)
    assert len(annotated) + report.test_cases == 7
    assert session.project.cases.get("case_000").state is CaseState.BROKEN
    assert session.project.cases.get("case_001").split is Split.UNDRAWN
    session.close()


@pytest.mark.parametrize("start", [7, 50])
def test_too_few_cases_are_refused(session: Session, cohort: PhantomCohort, start: int) -> None:
    with pytest.raises(SettingsError, match=f"wanted at least {start} to start with"):
        simulate(session, TASK, cohort.labels, SimulationOptions(start, 1, 1), Silent())
    assert {case.split for case in session.project.cases.all()} == {Split.UNDRAWN}


def test_a_truth_that_speaks_of_other_cases_is_refused(session: Session, cohort: PhantomCohort, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="found no truth for any of the 9 cases"):
        simulate(session, TASK, tmp_path / "empty", OPTIONS, Silent())
    with pytest.raises((SettingsError, FormatError)):
        simulate(session, TASK, tmp_path / "nowhere", OPTIONS, Silent())


def test_a_damaged_truth_is_said_by_name(session: Session, cohort: PhantomCohort, tmp_path: Path) -> None:
    shutil.copytree(cohort.labels, tmp_path / "labels")
    for path in (tmp_path / "labels").iterdir():
        damage(path)
    with pytest.raises(FormatError, match=r"labels/case_00\d\.nii\.gz: found a damaged or cut-off file"):
        simulate(session, TASK, tmp_path / "labels", OPTIONS, Silent())


def test_classes_are_simulated_from_a_table(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification")
    add_cases(session, Source(cohort.images), Silent())
    watch = Watch()
    report = simulate(session, "classification", cohort.classes, SimulationOptions(3, 1, 1, seed=1), watch)
    rows = _rows(report.table)
    assert [row["labels"] for row in rows] == ["3", "4"]
    assert {"auc_mean", "auc_normal_low", "accuracy"} <= set(rows[0])
    table = dict(line.split(",") for line in cohort.classes.read_text().split()[1:])
    for name, annotation in session.project.annotations.current("classification").items():
        assert annotation.class_value == {"normal": 0, "atrophic": 1}[table[name]]
    assert {"Labelling", "Training", "Predicting"} <= set(watch.texts)
    session.close()
