import numpy as np
import pytest

from napari_medal.acquisition.slabs import Slabs
from napari_medal.core.progress import Silent
from napari_medal.core.slice_ranges import as_flags
from napari_medal.errors import JobCancelled, ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.answers import Reading, accept_file, skip
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session
from napari_medal.loop.slabs import slabs
from tests.loop.conftest import label
from tests.small import cancel_when

TASK = "segmentation"


@pytest.fixture
def predicted(training_only: Session, cohort: PhantomCohort) -> Session:
    """Two phantoms are labelled, a model is live and has predicted the others."""
    label(training_only, cohort, 0, 1)
    retrain(training_only, TASK, Silent())
    return training_only


def test_slabs_are_cut_from_the_cases_that_wait(predicted: Session, cohort: PhantomCohort) -> None:
    skip(predicted, "case_002")
    part = Reading("ann", 30.0, confirmed=((2, 6), (9, 9)))
    accept_file(predicted, TASK, "case_003", cohort.labels / "case_003.nii.gz", part)

    found = slabs(predicted, TASK, Slabs(count=200, thickness=3), Silent())

    assert {slab.case for slab in found} == {f"case_{n:03d}" for n in range(3, 9)}
    confirmed = as_flags(((2, 6), (9, 9)), 40)
    assert not any(confirmed[slab.first : slab.last + 1].any() for slab in found if slab.case == "case_003")
    assert {slab.label for slab in found} == {"", "anterior", "posterior"}


def test_the_numbers_are_those_of_the_maps_that_are_kept(predicted: Session) -> None:
    live = predicted.project.models.live(TASK)
    assert live is not None
    stored = predicted.project.predictions.by(TASK, live.number)
    for slab in slabs(predicted, TASK, Slabs(count=6, thickness=3), Silent()):
        maps = predicted.project.predictions.maps(stored[slab.case])
        assert maps is not None
        assert maps.uncertainty is not None
        probabilities, doubt = np.asarray(maps.probabilities), np.asarray(maps.uncertainty)
        here = slice(slab.first, slab.last + 1)
        numbers = dict(slab.numbers)
        weighted = (probabilities * doubt)[:, here]
        assert numbers["uncertainty"] == pytest.approx(weighted.sum(axis=0).mean(), rel=1e-4)
        if slab.label:
            index = predicted.scheme(TASK).names.index(slab.label) + 1
            assert numbers[f"uncertainty of {slab.label}"] == pytest.approx(weighted[index].mean(), rel=1e-4)


def test_what_is_missing_is_said(session: Session, predicted: Session) -> None:
    with pytest.raises(ProjectError, match="no live model"):
        slabs(session, TASK, Slabs(), Silent())
    live = predicted.project.models.live(TASK)
    assert live is not None
    predicted.project.predictions.prune_maps(TASK, live.number + 1)
    with pytest.raises(ProjectError, match="keeps no maps"):
        slabs(predicted, TASK, Slabs(), Silent())


def test_it_can_be_cancelled(predicted: Session) -> None:
    with pytest.raises(JobCancelled):
        slabs(predicted, TASK, Slabs(), cancel_when("Looking at slices", 2))
