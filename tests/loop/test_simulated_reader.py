from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.opening import open_case
from napari_medal.loop.prediction import predict
from napari_medal.loop.reading_time import USUAL, ReadingTime
from napari_medal.loop.session import Session
from napari_medal.loop.simulated_reader import READER, ReaderKind, SimulatedReader
from napari_medal.loop.training import train_model
from napari_medal.loop.truths import Truths
from napari_medal.metrics.edit_size import edit_size
from napari_medal.metrics.surface_layer import surface_layer
from napari_medal.types import LabelArray
from tests.loop.conftest import label
from tests.small import small_session

TASK = "segmentation"
CASE = "case_004"


@pytest.fixture
def predicted(session: Session, cohort: PhantomCohort) -> Session:
    """A project whose live model has predicted the cases that wait."""
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    return session


def _truth(session: Session, cohort: PhantomCohort) -> LabelArray:
    grid = session.files.read_case(session.project.cases.get(CASE).images)[0].grid
    return Truths(session, TASK, cohort.labels).mask_of(CASE, grid)


def _drawn(
    session: Session, cohort: PhantomCohort, kind: ReaderKind, slices: tuple[int, int] | None = None, seed: int = 0
) -> LabelArray:
    reader = SimulatedReader(session, TASK, Truths(session, TASK, cohort.labels), kind, seed)
    kept = reader.answer(session.project.cases.get(CASE), slices)[-1]
    assert kept.mask is not None
    assert kept.reader == READER
    return session.files.read_mask(kept.mask, session.files.read(kept.mask)[0].grid, session.scheme(TASK))


def test_a_perfect_reader_draws_the_truth(predicted: Session, cohort: PhantomCohort) -> None:
    assert (_drawn(predicted, cohort, ReaderKind.PERFECT) == _truth(predicted, cohort)).all()


def test_a_tolerant_reader_leaves_what_is_wrong_by_less_than_a_voxel(predicted: Session, cohort: PhantomCohort) -> None:
    shown, truth = open_case(predicted, TASK, CASE).mask, _truth(predicted, cohort)
    assert shown is not None
    drawn = _drawn(predicted, cohort, ReaderKind.TOLERANT)
    layer = surface_layer(truth)
    assert (shown != truth)[layer].any()
    assert (drawn[layer] == shown[layer]).all()
    assert (drawn[~layer] == truth[~layer]).all()


def test_a_tolerant_reader_who_is_shown_nothing_draws_it_all(session: Session, cohort: PhantomCohort) -> None:
    assert (_drawn(session, cohort, ReaderKind.TOLERANT) == _truth(session, cohort)).all()


def test_a_noisy_reader_errs_near_the_surface_and_always_alike(session: Session, cohort: PhantomCohort) -> None:
    truth = _truth(session, cohort)
    first, again = (_drawn(session, cohort, ReaderKind.NOISY, seed=3) for _ in range(2))
    assert (first == again).all()
    assert 0.0 < np.mean(first[truth != 0] != truth[truth != 0]) < 0.5


def test_a_slab_is_labelled_alone_and_slabs_add_up(predicted: Session, cohort: PhantomCohort) -> None:
    shown, truth = open_case(predicted, TASK, CASE).mask, _truth(predicted, cohort)
    assert shown is not None
    drawn = _drawn(predicted, cohort, ReaderKind.PERFECT, (4, 6))
    assert (drawn[4:7] == truth[4:7]).all()
    assert (drawn[:4] == shown[:4]).all()
    _drawn(predicted, cohort, ReaderKind.PERFECT, (6, 8))
    assert predicted.project.annotations.current(TASK)[CASE].confirmed == ((4, 8),)


def test_reading_takes_as_long_as_there_is_to_correct(predicted: Session, cohort: PhantomCohort) -> None:
    shown, truth = open_case(predicted, TASK, CASE).mask, _truth(predicted, cohort)
    assert shown is not None
    spacing = predicted.files.read_case(predicted.project.cases.get(CASE).images)[0].grid.spacing_mm
    slow = ReadingTime(look=100.0)
    reader = SimulatedReader(predicted, TASK, Truths(predicted, TASK, cohort.labels), time=slow)
    kept = reader.answer(predicted.project.cases.get(CASE))[-1]
    assert kept.edit == edit_size(shown, truth, spacing)
    assert kept.seconds_spent == pytest.approx(slow.seconds(edit_size(shown, truth, spacing)))
    assert kept.seconds_spent > USUAL.look


def test_a_noisy_reader_chooses_another_class_now_and_then(tmp_path: Path, cohort: PhantomCohort) -> None:
    from napari_medal.loop.adding import Source, add_cases

    session = small_session(tmp_path / "classes", "classification")
    add_cases(session, Source(cohort.images), Silent())
    truths = Truths(session, "classification", cohort.classes)
    wrong = total = 0
    for seed in range(120):
        reader = SimulatedReader(session, "classification", truths, ReaderKind.NOISY, seed)
        kept = reader.answer(session.project.cases.get(CASE))[-1]
        wrong += kept.class_value != truths.class_of(CASE)
        total += 1
    exact = SimulatedReader(session, "classification", truths, ReaderKind.TOLERANT)
    assert exact.answer(session.project.cases.get(CASE))[-1].class_value == truths.class_of(CASE)
    assert 0 < wrong < 0.1 * total
    session.close()
