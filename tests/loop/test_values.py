"""A task that measures, through the whole loop."""

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.case import CaseState
from napari_medal.core.evaluation import Evaluation, Interval
from napari_medal.core.plan import ValueScale
from napari_medal.core.progress import Silent
from napari_medal.core.quantity import Quantity
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import LabelsAs
from napari_medal.errors import FormatError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_file, accept_value
from napari_medal.loop.gate import decide
from napari_medal.loop.opening import open_case
from napari_medal.loop.prediction import predict
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.reading_mode import set_reading_mode
from napari_medal.loop.report import report
from napari_medal.loop.session import Session, open_session
from napari_medal.loop.simulation import SimulationOptions, simulate
from napari_medal.loop.starting import Origin
from napari_medal.loop.training import train_model
from napari_medal.loop.value_scale import value_scale
from tests.loop.conftest import READING
from tests.small import Watch, small_extensions, small_session

TASK = "regression"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, cohort: PhantomCohort) -> Path:
    """The volume of every phantom's structures."""
    rows = ["case,volume"]
    for path in sorted(cohort.labels.iterdir()):
        mask = nibabel.load(path)
        volume = float(np.count_nonzero(mask.dataobj) * np.prod(mask.header.get_zooms()) / 1000)
        rows.append(f"{path.name},{volume!r}")
    path = tmp_path_factory.mktemp("values") / "values.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def measured(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """Nine phantoms to measure, none measured yet."""
    session = small_session(tmp_path / "project", TASK, validation=0.4)
    add_cases(session, Source(cohort.images), Silent())
    yield session
    session.close()


@pytest.fixture
def trained(measured: Session, table: Path) -> Session:
    """The same with a model, eight cases being measured."""
    truth = dict(line.split(",") for line in table.read_text().split()[1:])
    for name, value in list(truth.items())[:8]:
        accept_value(measured, TASK, name.removesuffix(".nii.gz"), float(value), READING)
    train_model(measured, TASK, Silent())
    predict(measured, TASK, Silent())
    return measured


def test_a_simulated_reader_says_the_values_of_a_table(measured: Session, table: Path) -> None:
    watch = Watch()
    found = simulate(measured, TASK, table, SimulationOptions(3, 2, 1, seed=1), watch)
    rows = list(csv.DictReader(found.table.read_text().splitlines()))
    assert [row["labels"] for row in rows] == ["3", "5"]
    assert {"mae", "mae_low", "rmse", "r2", "pearson", "spearman"} <= set(rows[0])
    truth = {name.removesuffix(".nii.gz"): float(value) for name, value in map(_cells, table.read_text().split()[1:])}
    annotated = measured.project.annotations.current(TASK)
    assert {name: annotation.value for name, annotation in annotated.items()} == {
        name: truth[name] for name in annotated
    }
    assert {annotation.seconds_spent for annotation in annotated.values()} == {20.0}
    assert float(rows[1]["simulated_minutes"]) == pytest.approx(5 * 20 / 60, abs=0.01)


def _cells(line: str) -> list[str]:
    return line.split(",")


def test_a_model_is_trained_judged_and_told_of(measured: Session, table: Path, cohort: PhantomCohort) -> None:
    for name, value in map(_cells, table.read_text().split()[1:]):
        accept_value(measured, TASK, name.removesuffix(".nii.gz"), float(value), READING)
    watch = Watch()
    version = train_model(measured, TASK, watch).version
    values = [point.value for point in watch.points if point.curve == "validation"]
    assert values
    assert max(values) <= 0  # higher is better, as the curve says: the error is drawn below 0
    annotated = measured.project.annotations.current(TASK)
    learnt = [found.value for found in annotated.values() if found.identifier in version.annotations]
    scale = version.plan.value_scale
    assert scale is not None
    assert scale.mean == pytest.approx(np.mean(learnt))
    assert version.reason.startswith("The first model goes live: mae ")
    told = report(measured, TASK)
    assert told.calibration is None
    metrics = {figure.metric for figure in told.table.figures}
    assert metrics == {
        "absolute_error", "spread", "rmse", "r2", "pearson", "spearman", "spread_tells_error", "bias", "lower_limit",
        "upper_limit", "icc_2_1", "icc_3_1",
    }  # fmt: skip
    assert {figure.label for figure in told.table.figures} == {"volume (mL)"}
    (mae,) = (figure for figure in told.table.figures if figure.metric == "absolute_error")
    assert mae.interval.value == pytest.approx(version.metrics["mae"].value)
    for row in told.table.rows:
        assert row.values["absolute_error"] == pytest.approx(abs(row.values["predicted"] - row.values["truth"]))
        assert row.values["truth"] in {found.value for found in annotated.values()}
    card = (version.folder / "model_card.md").read_text()
    assert "Labels: volume (mL), 0 to 50" in card
    assert f"mean {scale.mean:.4g}, deviation {scale.deviation:.4g}" in card
    second = train_model(measured, TASK, Silent()).version
    assert second.plan.value_scale == scale
    assert "mean paired difference of the absolute error in mL" in second.reason


def test_a_prediction_is_a_value_in_its_range_with_its_spread_and_no_map(trained: Session) -> None:
    live = trained.project.models.live(TASK)
    assert live is not None
    (found,) = trained.project.predictions.by(TASK, live.number).values()
    assert found.value is not None
    assert found.spread is not None
    assert 0 <= found.value <= 50
    assert found.score.uncertainty == pytest.approx(found.spread / 25, abs=1e-6)
    assert (found.maps, found.mask, found.class_value, found.amount) == (None, None, None, None)
    assert found.overview == f"{found.value:.2f} mL"
    assert found.score.reason.startswith("the members differ by ")
    assert predict(trained, TASK, Silent(), missing_only=True).cases == 0
    assert [entry.case for entry in rank(trained, TASK)] == ["case_008"]


def test_predictions_are_brought_into_the_range(trained: Session) -> None:
    live = trained.project.models.live(TASK)
    assert live is not None
    path = trained.project.folder / "medal.toml"
    document = tomlkit.parse(path.read_text())
    document["tasks"][TASK]["quantity"].update(low=49.0, high=50.0)
    path.write_text(tomlkit.dumps(document))
    session = open_session(trained.project.folder)
    session = replace(session, extensions=small_extensions())
    predict(session, TASK, Silent())
    (found,) = session.project.predictions.by(TASK, live.number).values()
    assert (found.value, found.spread, found.score.uncertainty) == (49.0, 0.0, 0.0)
    session.close()


def test_a_reader_starts_from_what_is_known(trained: Session) -> None:
    opened = open_case(trained, TASK, "case_008", "ann")
    assert (opened.origin, opened.mask, opened.class_value) == (Origin.PREDICTION, None, None)
    assert opened.value == opened.predicted_value
    assert opened.spread is not None
    accept_value(trained, TASK, "case_008", 12.25, Reading("ann", started_from=1))
    again = open_case(trained, TASK, "case_008", "ann")
    assert (again.origin, again.value, again.started_from) == (Origin.ANNOTATION, 12.25, 1)
    assert again.predicted_value == opened.predicted_value
    assert trained.project.cases.get("case_008").state is CaseState.ACCEPTED


def test_triage_and_a_second_read_hide_the_model(trained: Session) -> None:
    set_reading_mode(trained, TASK, ReadingMode.TRIAGE)
    opened = open_case(trained, TASK, "case_008", "ann")
    assert (opened.origin, opened.value, opened.predicted_value, opened.spread) == (Origin.EMPTY, None, None, None)
    set_reading_mode(trained, TASK, ReadingMode.SECOND_READ)
    assert open_case(trained, TASK, "case_008", "bob").predicted_value is None
    first = accept_value(trained, TASK, "case_008", 10.0, Reading("bob", mode=ReadingMode.SECOND_READ))
    assert not first.accepted
    opened = open_case(trained, TASK, "case_008", "bob")
    assert (opened.origin, opened.value) == (Origin.UNACCEPTED, 10.0)
    assert opened.predicted_value is not None


def test_a_value_rules_nothing_out(trained: Session) -> None:
    set_reading_mode(trained, TASK, ReadingMode.RULE_OUT)
    predict(trained, TASK, Silent())
    assert "case_008" in [item.case.name for item in work_list(trained, TASK) if item.rank == 1]


def test_what_is_no_value_of_the_task_is_refused(measured: Session, cohort: PhantomCohort) -> None:
    with pytest.raises(SettingsError, match="The value for case_000: found 51; wanted volume from 0 to 50 mL"):
        accept_value(measured, TASK, "case_000", 51.0, READING)
    with pytest.raises(SettingsError, match="found nan"):
        accept_value(measured, TASK, "case_000", math.nan, READING)
    with pytest.raises(SettingsError, match="asks for a value, not a class"):
        accept_class(measured, TASK, "case_000", 1, READING)
    with pytest.raises(SettingsError, match="asks for a value, not a mask"):
        accept_file(measured, TASK, "case_000", cohort.labels / "case_000.nii.gz", READING)
    with pytest.raises(SettingsError, match="only a mask can be accepted in part"):
        accept_value(measured, TASK, "case_000", 3.0, replace(READING, confirmed=((0, 3),)))
    assert measured.project.annotations.latest(TASK) == {}


def test_a_mask_task_takes_no_value(session: Session) -> None:
    with pytest.raises(SettingsError, match="asks for a mask, not a value"):
        accept_value(session, "segmentation", "case_000", 3.0, READING)


@pytest.mark.parametrize("labels_as", list(LabelsAs))
def test_values_come_along_with_images(tmp_path: Path, cohort: PhantomCohort, table: Path, labels_as: LabelsAs) -> None:
    session = small_session(tmp_path / "project", TASK)
    found = add_cases(session, Source(cohort.images, table.parent, labels_as=labels_as), Silent())
    assert len(found.labelled if labels_as is LabelsAs.ANNOTATIONS else found.drafted) == 9
    assert len(session.project.annotations.current(TASK)) == (9 if labels_as is LabelsAs.ANNOTATIONS else 0)
    session.close()


def test_a_table_with_a_value_out_of_range_enters_nothing(measured: Session, tmp_path: Path, table: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(table.read_text() + "case_100,51\n")
    session = small_session(tmp_path / "other", TASK)
    with pytest.raises(FormatError, match="line 11: found 51; wanted volume from 0 to 50 mL"):
        add_cases(session, Source(measured.project.folder / "images" / "case_000", wrong), Silent())
    assert session.project.cases.all() == []
    session.close()


def test_labels_for_a_task_that_measures_are_said(measured: Session, tmp_path: Path) -> None:
    path = measured.project.folder / "medal.toml"
    document = tomlkit.parse(path.read_text())
    document["tasks"][TASK].pop("quantity")
    document["tasks"][TASK]["labels"] = [{"value": 1, "name": "a", "color": "#ffffff"}]
    path.write_text(tomlkit.dumps(document))
    session = replace(open_session(measured.project.folder), extensions=small_extensions())
    with pytest.raises(SettingsError, match="found labels for the task 'regression'; it needs a quantity"):
        session.scheme(TASK)
    session.close()


# The scale


VOLUME = Quantity("volume", "mL", 0.0, 50.0)


@given(st.lists(st.floats(0, 50), min_size=10, max_size=40, unique=True))
def test_the_scale_is_mean_and_deviation(values: list[float]) -> None:
    scale = value_scale([*values, None], VOLUME)
    assert scale.mean == pytest.approx(np.mean(values))
    assert scale.deviation == pytest.approx(max(np.std(values), 5e-5))


def test_few_labels_do_not_set_too_fine_a_scale() -> None:
    assert value_scale([20.0], VOLUME) == ValueScale(20.0, 2.5)
    assert value_scale([20.0, 20.2], VOLUME).deviation == 2.5
    assert value_scale([20.0] * 10, VOLUME).deviation == pytest.approx(5e-5)
    assert value_scale([], VOLUME) == ValueScale(25.0, 12.5)


# The gate


def _errors(*errors: float, tolerance: float = 0.5) -> Evaluation:
    mean = sum(errors) / len(errors)
    negative = tuple(-error for error in errors)
    metrics = {"mae": Interval(mean, mean, mean)}
    return Evaluation("mae", metrics, negative, compared="absolute error in mL", is_error=True, tolerance=tolerance)


def test_a_smaller_error_goes_live_and_is_told_as_one() -> None:
    verdict = decide(_errors(1.0, 2.0, 1.5), _errors(2.0, 3.1, 2.4))
    assert verdict.goes_live
    assert verdict.reason.startswith(
        "Goes live, being no worse: mae 1.500 on 3 validation cases, 2.500 before "
        "(mean paired difference of the absolute error in mL -1.000, 95 % interval of the difference -1."
    )
    assert "p(worse) = 1.00" in verdict.reason


def test_a_larger_error_stays_a_candidate() -> None:
    verdict = decide(_errors(2.0, 3.1, 2.4), _errors(1.0, 2.0, 1.5))
    assert not verdict.goes_live
    assert "mean paired difference of the absolute error in mL +1.000" in verdict.reason


def test_what_few_cases_cannot_tell_is_an_error_too() -> None:
    verdict = decide(_errors(1.0, 3.0, 1.5, 1.0), _errors(1.9, 1.5, 2.4, 1.9))
    assert verdict.goes_live
    assert "an error larger by up to" in verdict.reason


@pytest.mark.parametrize(("error", "goes_live"), [(1.4, True), (1.6, False)])
def test_with_too_few_cases_the_tolerance_decides(error: float, goes_live: bool) -> None:
    assert decide(_errors(error), _errors(1.0)).goes_live is goes_live
