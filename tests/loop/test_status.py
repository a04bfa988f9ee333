from pathlib import Path

from napari_medal.core.case import CaseState, Split
from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import skip
from napari_medal.loop.session import Session
from napari_medal.loop.status import project_status
from napari_medal.loop.training import train_model
from tests.loop.conftest import label
from tests.small import small_extensions, small_session


def test_everything_is_counted(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1, 2)
    skip(session, "case_003")
    session.project.cases.set_broken("case_004", "torn")
    train_model(session, "segmentation", Silent())
    status = project_status(session)
    assert (status.name, status.cases, status.subjects) == ("small", 9, 9)
    assert {state: count for state, count in status.states.items() if count} == {
        CaseState.NEW: 4,
        CaseState.ACCEPTED: 3,
        CaseState.SKIPPED: 1,
        CaseState.BROKEN: 1,
    }
    assert status.splits == {Split.UNDRAWN: 6, Split.TRAINING: 2, Split.VALIDATION: 1, Split.TEST: 0}
    (task,) = status.tasks
    assert (task.name, task.labels, task.annotated) == ("segmentation", ("anterior", "posterior"), 3)
    assert task.models == (task.live,)
    assert [(case.name, case.reason) for case in status.broken_cases] == [("case_004", "torn")]
    assert status.broken_extensions == ()


def test_an_extension_that_does_not_load_is_named(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", extensions=small_extensions("tests.nowhere:RECIPE"))
    add_cases(session, Source(cohort.images, subject_pattern="case"), Silent())
    status = project_status(session)
    assert status.subjects == 1
    assert [(broken.name, broken.target) for broken in status.broken_extensions] == [("unet", "tests.nowhere:RECIPE")]
    session.close()
