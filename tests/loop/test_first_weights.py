from dataclasses import replace

import pytest

from napari_medal.catalogue.models import NewModel
from napari_medal.core.plan import Fingerprint, Memory
from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.first_weights import first_weights
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import label
from tests.small import UNET

TASK = "segmentation"
PLAN = UNET.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), (16, 16, 16), (16, 16, 16), planar=False), Memory(2**30, False))


def _add(session: Session, goes_live: bool, recipe: str = "unet", started_from: int | None = None) -> None:
    number = session.project.models.claim_number(TASK)
    session.project.models.add(NewModel(TASK, number, recipe, PLAN, 1.0, started_from, [], {}, goes_live, "because"))


def test_the_first_training_begins_with_random_weights(session: Session) -> None:
    found = first_weights(session, TASK, UNET)
    assert (found.version, found.shrunk, found.reason) == (None, False, "the first training")


@pytest.mark.parametrize(
    ("held_back", "version", "shrunk", "reason"),
    [
        (0, 1, False, "goes on from model 1"),
        (1, 1, True, "goes on from shrunk weights of model 1: 1 version after model 1 stayed candidates"),
        (2, 1, False, "goes on from model 1 once more: 2 versions after model 1 stayed candidates"),
        (3, None, False, "begins anew: 3 versions after model 1 stayed candidates"),
        (4, 1, True, "goes on from shrunk weights of model 1: 4 versions after model 1 stayed candidates"),
    ],
)
def test_what_measures_worse_is_not_tried_again(
    session: Session, held_back: int, version: int | None, shrunk: bool, reason: str
) -> None:
    _add(session, goes_live=True)
    for _ in range(held_back):
        _add(session, goes_live=False)
    found = first_weights(session, TASK, UNET)
    assert (None if found.version is None else found.version.number, found.shrunk, found.reason) == (
        version,
        shrunk,
        reason,
    )


@pytest.mark.parametrize(("rounds", "steps"), [(0, 6), (2, 6 + 4 + 4), (9, 3 * 6)])
def test_who_begins_anew_takes_as_many_steps_as_the_live_weights_have_had(
    session: Session, rounds: int, steps: int
) -> None:
    _add(session, goes_live=True)
    for live in range(1, rounds + 1):
        _add(session, goes_live=True, started_from=live)
    for _ in range(3):
        _add(session, goes_live=False)
    found = first_weights(session, TASK, UNET)
    assert found.version is None
    assert (PLAN.cold_steps, PLAN.warm_steps) == (6, 4)
    assert found.cold_steps(PLAN.cold_steps) == steps


def test_a_version_that_goes_live_ends_the_trials(session: Session) -> None:
    for goes_live in (True, False, True):
        _add(session, goes_live)
    assert first_weights(session, TASK, UNET).reason == "goes on from model 3"


def test_another_recipe_begins_with_random_weights(session: Session) -> None:
    _add(session, goes_live=True, recipe="dynunet")
    found = first_weights(session, TASK, UNET)
    assert found.version is None
    assert found.reason == "the live model is of another recipe, 'dynunet'"
    _add(session, goes_live=True)
    _add(session, goes_live=False, recipe="dynunet")
    assert first_weights(session, TASK, replace(UNET)).reason == "goes on from model 2"


def test_a_training_says_what_it_began_with(training_only: Session, cohort: PhantomCohort) -> None:
    label(training_only, cohort, 0, 1)
    first = train_model(training_only, TASK, Silent())
    assert first.record.began_with == "random weights"
    label(training_only, cohort, 2)
    second = train_model(training_only, TASK, Silent())
    assert (second.record.began_with, second.record.fresh) == ("goes on from model 1", 1)
