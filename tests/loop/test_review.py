"""States, notes, partial acceptance: what counts, and what does not."""

from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import CaseState, Split
from napari_medal.core.dataset import Dataset, Exporter, ExportReport
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.target import LabelsAs, Target
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.train import train
from napari_medal.errors import ExportError, GeometryError, ProjectError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, flag, reject, reopen
from napari_medal.loop.counted import counted
from napari_medal.loop.curating import curated_dataset
from napari_medal.loop.exporting import export
from napari_medal.loop.guideline import read_guideline, save_guideline
from napari_medal.loop.judging import judge, load_ensemble, predict_case, project_device
from napari_medal.loop.labelled import gather, labelled_cases
from napari_medal.loop.notes import add_comment, case_notes, set_difficulty, set_tags
from napari_medal.loop.opening import Origin, open_case
from napari_medal.loop.planning import plan_from
from napari_medal.loop.prediction import predict
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits
from napari_medal.loop.status import project_status
from napari_medal.loop.training import train_model
from napari_medal.loop.training_run import prepare_run
from napari_medal.registry import Registry, keeps
from tests.loop.conftest import READING, empty_mask, label
from tests.small import SmallUNet, small_extensions, small_session, write_image

TASK = "segmentation"
CASE = "case_000"


def _state(session: Session, name: str = CASE) -> CaseState:
    return session.project.cases.get(name).state


def _part(session: Session, name: str, *ranges: tuple[int, int], garbage: int | None = None) -> None:
    """Accept some slices of a bright block; outside of them the mask is empty, or random."""
    mask = empty_mask(session, name)
    if garbage is not None:
        mask[:] = np.random.default_rng(garbage).integers(0, 3, mask.shape, dtype=np.uint8)
    for first, last in ranges:
        mask[first : last + 1] = 0
        mask[first : last + 1, 4:14, 4:12] = 1
    accept_mask(session, TASK, name, mask, Reading("ann", confirmed=ranges))


def test_rejected_cases_count_nowhere_whatever_they_hold(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1, 2, 3)
    reject(session, CASE)
    assert _state(session) is CaseState.REJECTED
    assert set(counted(session, TASK)) == {"case_001", "case_002", "case_003"}
    draw_splits(session, TASK)
    assert session.project.cases.get(CASE).split is Split.UNDRAWN
    reject(session, "case_008")
    report = train_model(session, TASK, Silent())
    assert report.trained_on + report.validated_on == 3
    assert session.project.annotations.current(TASK)[CASE].identifier not in report.version.annotations
    assert predict(session, TASK, Silent()).cases == 4
    assert {case.case.name for case in curated_dataset(session).cases} == {"case_001", "case_002", "case_003"}
    assert not {CASE, "case_008"} & {entry.case for entry in rank(session, TASK)}
    assert project_status(session).tasks[0].annotated == 3
    assert project_status(session).states[CaseState.REJECTED] == 2
    reopen(session, CASE)
    assert CASE in counted(session, TASK)


def test_a_rejected_case_in_validation_is_not_judged_on(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1, 2)
    session.project.cases.draw([CASE], Split.VALIDATION)
    assert [entry.case.name for entry in labelled_cases(session, TASK, Split.VALIDATION)] == [CASE]
    reject(session, CASE)
    assert labelled_cases(session, TASK, Split.VALIDATION) == []


def test_a_flagged_case_waits_behind_the_ranked_and_is_not_exported(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    flag(session, CASE)
    flag(session, "case_002")
    assert _state(session) is CaseState.NEEDS_SECOND_LOOK
    assert {case.case.name for case in curated_dataset(session).cases} == {"case_001"}
    assert CASE in counted(session, TASK)
    names = [item.case.name for item in work_list(session, TASK)]
    assert names[-3:] == [CASE, "case_002", "case_001"]
    label(session, cohort, 0)
    assert _state(session) is CaseState.ACCEPTED


def test_a_broken_case_is_neither_flagged_nor_rejected(session: Session) -> None:
    session.project.cases.set_broken(CASE, "torn")
    for act in (flag, reject):
        with pytest.raises(ProjectError, match="torn"):
            act(session, CASE)


def test_notes_are_checked_and_collected(session: Session) -> None:
    add_comment(session, CASE, "ann", "  motion  ")
    set_difficulty(session, CASE, 4)
    set_tags(session, CASE, ["post-op", "motion"])
    notes = case_notes(session, CASE)
    assert (notes.difficulty, notes.tags) == (4, ("motion", "post-op"))
    assert [(found.reader, found.text) for found in notes.comments] == [("ann", "motion")]
    item = next(item for item in work_list(session, TASK) if item.case.name == CASE)
    assert (item.comments, item.case.difficulty, item.case.tags) == (1, 4, ("motion", "post-op"))
    for act in (
        lambda: add_comment(session, CASE, "ann", " "),
        lambda: set_difficulty(session, CASE, 6),
        lambda: set_difficulty(session, CASE, 0),
        lambda: set_tags(session, CASE, ["a;b"]),
        lambda: set_tags(session, CASE, [" "]),
    ):
        with pytest.raises(SettingsError, match="wanted"):
            act()
    assert case_notes(session, CASE) == notes


def test_the_guideline_is_a_file_of_the_project(session: Session) -> None:
    assert read_guideline(session) == ""
    save_guideline(session, "# Häärt\n")
    assert (session.project.folder / "guideline.md").read_text(encoding="utf-8") == "# Häärt\n"
    assert read_guideline(session) == "# Häärt\n"


def test_a_part_that_is_accepted_is_kept_and_the_rest_waits(session: Session, cohort: PhantomCohort) -> None:
    _part(session, CASE, (3, 6), (7, 9), (12, 12))
    annotation = session.project.annotations.current(TASK)[CASE]
    shape = empty_mask(session, CASE).shape
    assert (annotation.confirmed, annotation.slices, annotation.labels) == (((3, 9), (12, 12)), shape[0], (1,))
    assert _state(session) is CaseState.ACCEPTED_IN_PART
    items = {item.case.name: item for item in work_list(session, TASK)}
    assert items[CASE].rank is not None
    assert items[CASE].reason == f"slices 4-10, 13 of {shape[0]} accepted"
    opened = open_case(session, TASK, CASE)
    assert (opened.origin, opened.confirmed) == (Origin.ANNOTATION, ((3, 9), (12, 12)))
    assert project_status(session).tasks[0].annotated_in_part == 1
    _part(session, CASE, (0, 5), (6, shape[0] - 1))
    assert session.project.annotations.current(TASK)[CASE].confirmed is None
    assert _state(session) is CaseState.ACCEPTED
    assert CASE not in {entry.case for entry in rank(session, TASK)}


def test_slices_that_are_not_there_are_refused(session: Session) -> None:
    with pytest.raises(GeometryError, match="wanted slices from 1 to"):
        _part(session, CASE, (3, 99))
    assert session.project.annotations.current(TASK) == {}


def test_a_class_has_no_slices(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification")
    add_cases(session, Source(cohort.images), Silent())
    with pytest.raises(SettingsError, match="only a mask can be accepted in part"):
        accept_class(session, "classification", CASE, 1, Reading("ann", confirmed=((0, 1),)))
    session.close()


def test_only_confirmed_slices_reach_the_network(training_only: Session) -> None:
    _part(training_only, CASE, (3, 9), garbage=1)
    run = prepare_run(training_only, TASK, Silent())
    mask = run.gathered.examples[0].mask
    assert mask is not None
    assert (mask[3:10] != IGNORED).all()
    assert (mask[:3] == IGNORED).all()
    assert (mask[10:] == IGNORED).all()


@dataclass(frozen=True)
class Flat(SmallUNet):
    """Works slice by slice, on volumes too."""

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        return replace(super().plan(fingerprint, memory), patch=(1, 16, 16), strides=((1, 2, 2),))


FLAT = Flat()


@pytest.mark.parametrize("recipe", ["tests.small:UNET", "tests.loop.test_review:FLAT"], ids=["3D", "2D"])
def test_what_was_not_confirmed_does_not_matter_to_the_bit(tmp_path: Path, cohort: PhantomCohort, recipe: str) -> None:
    """Two projects differ in what their masks hold outside of the confirmed slices, and in nothing else."""
    weights = []
    for garbage in (1, 2):
        folder = tmp_path / str(garbage)
        session = small_session(folder, validation=0.0, extensions=small_extensions(recipe))
        add_cases(session, Source(cohort.images), Silent())
        _part(session, CASE, (3, 6), garbage=garbage)
        _part(session, "case_001", (5, 6), (9, 9), garbage=garbage + 10)
        run = prepare_run(session, TASK, Silent())
        weights.append(train(run.training(), Silent()))
        session.close()
    for first, second in zip(*weights, strict=True):
        assert all((first[name] == second[name]).all() for name in first)


def test_validation_compares_confirmed_slices_alone(session: Session) -> None:
    figures = []
    for garbage in (1, 2):
        _part(session, CASE, (3, 9), garbage=garbage)
        if garbage == 1:
            _part(session, "case_001", (3, 9))
            session.project.cases.draw([CASE], Split.VALIDATION)
            report = train_model(session, TASK, Silent())
        recipe = session.extensions.recipes.get("unet")
        gathered = gather(session, TASK, report.version.plan, Target.MASK, Silent())
        run = prepare_run(session, TASK, Silent())
        figures.append(run.live_evaluation())
        assert gathered.confirmed == {CASE: ((3, 9),)}
        truth = gathered.truth(session, TASK, report.version.plan, recipe.target)
        assert truth(session.project.cases.get(CASE)).shape == empty_mask(session, CASE).shape  # type: ignore[union-attr]
    assert figures[0] is not None
    assert figures[0] == figures[1]


def test_slices_that_a_coarse_network_does_not_see_are_told(tmp_path: Path) -> None:
    """Half of the slices are lost to the plan's spacing; if only such a one is confirmed, the case is left out."""
    for name, depth, spacing in (("a", 8, 4.0), ("b", 8, 4.0), ("c", 32, 1.0)):
        affine = np.diag([1.0, 1.0, spacing, 1.0])
        array = np.random.default_rng(depth).integers(0, 99, (16, 16, depth)).astype(np.int16)
        write_image(tmp_path / "images" / f"{name}.nii.gz", array, affine)
    session = small_session(tmp_path / "project", validation=0.0)
    add_cases(session, Source(tmp_path / "images"), Silent())
    for name in "ab":
        accept_mask(session, TASK, name, empty_mask(session, name), READING)
    _part(session, "c", (1, 1))
    draw_splits(session, TASK)
    cases = labelled_cases(session, TASK, Split.TRAINING)
    recipe = session.extensions.recipes.get("unet")
    plan = plan_from(session, TASK, cases, recipe, project_device(session), Silent()).plan
    gathered = gather(session, TASK, plan, Target.MASK, Silent())
    assert [left.case for left in gathered.unreadable] == ["c"]
    assert "the confirmed slices lie between" in gathered.unreadable[0].reason
    session.close()


def test_drafts_that_come_along_are_started_from_and_never_learnt_from(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", validation=0.0)
    report = add_cases(session, Source(cohort.images, cohort.labels, labels_as=LabelsAs.DRAFTS), Silent())
    assert (len(report.drafted), report.labelled) == (9, ())
    assert _state(session) is CaseState.IN_PROGRESS
    assert counted(session, TASK) == {}
    assert labelled_cases(session, TASK, Split.UNDRAWN) == []
    assert curated_dataset(session).cases == ()
    assert len(rank(session, TASK)) == 9
    opened = open_case(session, TASK, CASE)
    assert opened.origin is Origin.UNACCEPTED
    assert opened.mask is not None
    assert opened.mask.any()
    accept_mask(session, TASK, CASE, opened.mask, READING)
    assert set(counted(session, TASK)) == {CASE}
    assert _state(session) is CaseState.ACCEPTED
    assert train_model(session, TASK, Silent()).trained_on == 1
    session.close()


@dataclass(frozen=True)
class Mute:
    """A format of a third party that knows nothing of confirmed slices."""

    name: str = "mute"
    title: str = "Writes nothing"

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        return ExportReport(folder, len(dataset.cases), 0)


MUTE = Mute()


def test_a_format_that_cannot_say_what_is_confirmed_refuses(
    session: Session, cohort: PhantomCohort, tmp_path: Path
) -> None:
    label(session, cohort, 1)
    _part(session, CASE, (3, 9))
    group = "napari_medal.exporters"
    mute = Registry(group, keeps(Exporter), [EntryPoint("mute", "tests.loop.test_review:MUTE", group)])
    session = replace(session, extensions=replace(session.extensions, exporters=mute))
    with pytest.raises(ExportError, match=r"cannot say that only some slices are confirmed, as in case_000\."):
        export(session, tmp_path / "out", "mute", Silent())
    assert export(session, tmp_path / "out", "mute", Silent(), whole_only=True).cases == 1


def test_judging_cuts_prediction_and_truth_alike(session: Session, cohort: PhantomCohort) -> None:
    """A prediction that is right on the confirmed slices and wrong elsewhere is right."""
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    run = prepare_run(session, TASK, Silent())
    live = session.project.models.live(TASK)
    assert live is not None
    ensemble = load_ensemble(session, live, 1, run.device)
    case = session.project.cases.get(CASE)
    predicted = predict_case(session, TASK, case, ensemble, Silent()).prediction.mask
    assert predicted is not None
    truth = predicted.copy()
    truth[:3] = 3 - truth[:3].clip(1, 2)
    whole = judge(session, TASK, ensemble, [case], lambda _: truth, Silent())
    part = judge(session, TASK, ensemble, [case], lambda _: truth, Silent(), {CASE: ((3, len(truth) - 1),)})
    assert part.metrics["dice_mean"].value == pytest.approx(1.0)
    assert whole.metrics["dice_mean"].value < 1.0
