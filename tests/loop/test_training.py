import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.case import Split
from napari_medal.core.progress import CurvePoint, Silent
from napari_medal.engine.weights import load_members
from napari_medal.errors import JobCancelled, ModelError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_class, accept_mask
from napari_medal.loop.jobs import Job
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import READING, damage, empty_mask, label
from tests.small import Watch, cancel_when, small_extensions, small_session, write_image

TASK = "segmentation"


def test_the_first_model_goes_live_untested_on_few_labels(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    report = train_model(session, TASK, Silent())
    version = report.version
    assert (version.number, version.status, version.started_from) == (1, ModelStatus.LIVE, None)
    assert (report.trained_on, report.validated_on, report.unreadable) == (2, 0, ())
    assert version.metrics == {}
    current = session.project.annotations.current(TASK)
    assert version.annotations == {annotation.identifier for annotation in current.values()}
    assert len(load_members(version.folder)) == 2
    assert {case.split for case in session.project.cases.all() if case.name in current} == {Split.TRAINING}


def test_more_labels_are_validated_and_never_trained_on(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, *range(6))
    watch = Watch()
    report = train_model(session, TASK, watch)
    assert (report.trained_on, report.validated_on) == (5, 1)
    assert set(report.version.metrics) == {"dice_mean", "dice_anterior", "dice_posterior"}
    current = session.project.annotations.current(TASK)
    validating = {case.name for case in session.project.cases.all() if case.split is Split.VALIDATION}
    assert len(validating) == 1
    assert not report.version.annotations & {current[name].identifier for name in validating}
    assert {point.curve for point in watch.points} == {"loss", "validation"}
    assert set(watch.texts) == {"Reading labelled cases", "Training"}


def test_the_next_model_starts_from_the_live_one(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    first = train_model(session, TASK, Silent()).version
    label(session, cohort, 2, 3)
    watch = Watch()
    second = train_model(session, TASK, watch).version
    assert (second.number, second.started_from, second.plan) == (2, 1, first.plan)
    assert watch.texts.count("Training") == first.plan.warm_steps
    statuses = [version.status for version in session.project.models.all(TASK)]
    assert statuses.count(ModelStatus.LIVE) == 1


def test_one_split_holds_all_cases_of_a_subject(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", validation=0.5)
    add_cases(session, Source(cohort.images, subject_pattern=r"case_00[0-2]|case_00[34]|.*"), Silent())
    splits: dict[str, Split] = {}
    for batch in ((0, 3), (1, 5, 6), (2, 4, 7, 8)):
        label(session, cohort, *batch)
        train_model(session, TASK, Silent())
        cases = session.project.cases.all()
        by_subject = {case.subject: {other.split for other in cases if other.subject == case.subject} for case in cases}
        assert all(len(found) == 1 for found in by_subject.values())
        for subject, (split,) in by_subject.items():
            if splits.setdefault(subject, split) is Split.UNDRAWN:
                splits[subject] = split
            assert splits[subject] is split
    assert set(splits.values()) == {Split.TRAINING, Split.VALIDATION}
    session.close()


def test_without_labels_there_is_nothing_to_train_on(session: Session, cohort: PhantomCohort) -> None:
    with pytest.raises(ModelError, match="at least one"):
        train_model(session, TASK, Silent())
    label(session, cohort, 0)
    damage(session.project.cases.get("case_000").images[0])
    with pytest.raises(ModelError, match="at least one"):
        train_model(session, TASK, Silent())
    assert session.project.models.all(TASK) == []


def test_labelled_cases_that_cannot_be_read_are_left_out_and_listed(
    training_only: Session, cohort: PhantomCohort
) -> None:
    session = training_only
    label(session, cohort, 0, 1, 2)
    damage(session.project.cases.get("case_000").images[0])
    mask = session.project.annotations.current(TASK)["case_001"].mask
    assert mask is not None
    damage(mask)
    report = train_model(session, TASK, Silent())
    assert report.trained_on == 1
    assert {left.case for left in report.unreadable} == {"case_000", "case_001"}
    assert all("cut-off" in left.reason for left in report.unreadable)
    current = session.project.annotations.current(TASK)
    assert report.version.annotations == {current["case_002"].identifier}


def test_cases_with_other_channels_are_left_out_and_listed(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name in ("a_0000", "b_0000", "b_0001", "c_0000"):
        write_image(tmp_path / "images" / f"{name}.nii.gz", random.integers(0, 99, (16, 16, 16)).astype(np.int16))
    session = small_session(tmp_path / "project", validation=0.0)
    add_cases(session, Source(tmp_path / "images"), Silent())
    for name in "abc":
        mask = empty_mask(session, name)
        mask[4:9, 4:9, 4:9] = 1
        accept_mask(session, TASK, name, mask, READING)
    report = retrain(session, TASK, Silent())
    assert [left.case for left in report.unreadable] == ["b"]
    assert "found 2 channels; the other cases have 1" in report.unreadable[0].reason
    session.close()


def test_a_worse_version_stays_a_candidate(tmp_path: Path) -> None:
    """The first version learns from good labels; the second is taught nonsense, and the validation set tells."""
    session = _boxes(tmp_path)
    first = train_model(session, TASK, Silent()).version
    assert first.status is ModelStatus.LIVE
    assert first.metrics["dice_mean"].value > 0.5
    for case in session.project.cases.all():
        if case.split is Split.TRAINING:
            accept_mask(session, TASK, case.name, empty_mask(session, case.name), READING)
    report = retrain(session, TASK, Silent())
    assert report.version.status is ModelStatus.CANDIDATE
    assert report.version.reason.startswith("Stays a candidate, being worse")
    assert report.predicted == 0
    live = session.project.models.live(TASK)
    assert live is not None
    assert live.number == 1
    assert report.version.metrics["dice_mean"].value < first.metrics["dice_mean"].value
    third = train_model(session, TASK, Silent()).version
    assert (third.number, third.started_from) == (3, 1)  # not from the worse one
    session.close()


def _boxes(folder: Path) -> Session:
    """Eight images of a bright box, all labelled: what a network learns in a few steps."""
    session = small_session(folder / "project", extensions=small_extensions("tests.small:EAGER"), validation=0.34)
    for number in range(8):
        random = np.random.default_rng(number)
        box = np.zeros((16, 16, 16), dtype=np.uint8)
        start = int(random.integers(2, 6))
        box[start : start + 8, 3:12, start:13] = 1
        image = (300.0 * box + random.normal(100, 10, box.shape)).astype(np.int16)
        write_image(folder / "images" / f"box{number}.nii.gz", image)
        write_image(folder / "labels" / f"box{number}.nii.gz", box)
    report = add_cases(session, Source(folder / "images", folder / "labels"), Silent())
    assert len(report.labelled) == 8
    return session


@pytest.mark.parametrize("moment", ["Reading labelled cases", "Training"])
def test_cancel_leaves_no_version(session: Session, cohort: PhantomCohort, moment: str) -> None:
    label(session, cohort, 0, 1, 2)
    with pytest.raises(JobCancelled):
        train_model(session, TASK, cancel_when(moment, 2))
    assert session.project.models.all(TASK) == []
    assert not (session.project.folder / "models").exists()
    splits = {case.name: case.split for case in session.project.cases.all()}
    train_model(session, TASK, Silent())
    assert {case.name: case.split for case in session.project.cases.all()} == splits


def test_cancel_is_answered_while_the_training_is_planned(session: Session, cohort: PhantomCohort) -> None:
    """Planning reads every labelled image, which takes longer than a person waits when they are large."""
    label(session, cohort, 0, 1, 2)
    before = Watch()
    train_model(session, TASK, before)
    planning = before.calls_before("Reading labelled cases")
    assert planning >= 2


def test_a_running_training_is_cancelled_within_a_second(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", extensions=small_extensions("tests.small:LONG"))
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1, 2, 3)
    training = threading.Event()
    ended: list[str] = []
    job = Job("train", lambda progress: train_model(session, TASK, progress))
    job.pointed.connect(lambda point: training.set())
    job.finished.connect(lambda result: ended.append("finished"))
    job.failed.connect(lambda error: ended.append(f"failed {error}"))
    job.cancelled.connect(lambda: ended.append("cancelled"))
    job.start()
    assert training.wait(60)
    began = time.monotonic()
    job.cancel()
    assert job.join(30)
    assert time.monotonic() - began < 1.0
    assert ended == ["cancelled"]
    assert session.project.models.all(TASK) == []
    session.close()


def test_a_reader_may_go_on_while_a_model_is_trained(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    accepted = threading.Event()

    def accept(point: CurvePoint) -> None:
        if not accepted.is_set():
            label(session, cohort, 2)
            accepted.set()

    job = Job("train", lambda progress: train_model(session, TASK, progress))
    job.pointed.connect(accept)
    job.start()
    assert job.join(60)
    assert accepted.is_set()
    (version,) = session.project.models.all(TASK)
    current = session.project.annotations.current(TASK)
    assert version.annotations == {current[name].identifier for name in ("case_000", "case_001")}


def test_a_recipe_that_answers_otherwise_is_refused(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", extensions=small_extensions("tests.small:RESNET"))
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0)
    with pytest.raises(SettingsError, match="asks for a mask; the recipe 'resnet' answers with a class"):
        train_model(session, TASK, Silent())
    session.close()


def test_a_classifier_is_trained_and_judged(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification", validation=0.4)
    add_cases(session, Source(cohort.images, cohort.classes), Silent())
    report = retrain(session, "classification", Silent())
    assert report.version.status is ModelStatus.LIVE
    assert {"auc_mean", "accuracy"} <= set(report.version.metrics)
    accept_class(session, "classification", "case_000", 0, READING)
    assert json.dumps(report.version.reason)
    session.close()


def test_training_may_start_from_weights_of_elsewhere(session: Session, cohort: PhantomCohort, tmp_path: Path) -> None:
    label(session, cohort, 0, 1)
    first = train_model(session, TASK, Silent())
    assert first.adoption is None
    report = train_model(session, TASK, Silent(), first.version.folder / "member-0.safetensors")
    assert report.version.started_from is None
    assert report.adoption is not None
    assert not report.adoption.missing
    assert not report.adoption.unused
    (tmp_path / "bad.pt").write_text("no weights")
    with pytest.raises(ModelError, match=r"bad\.pt"):
        train_model(session, TASK, Silent(), tmp_path / "bad.pt")
    assert len(session.project.models.all(TASK)) == 2
