from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.learning import EnsembleKind, Learning
from napari_medal.core.progress import Silent
from napari_medal.engine.device import Device, choose_device
from napari_medal.engine.train import train
from napari_medal.errors import JobCancelled, ModelError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.interrupted import Interrupted
from napari_medal.loop.members import Fold, folds, train_members
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.loop.training_record import read_record
from tests.engine.learning import tiny_training
from tests.loop.conftest import label
from tests.small import Watch, cancel_when, small_session, with_learning

TASK = "segmentation"
SUBJECTS = ["a", "b", "a", "c"]


@pytest.fixture(scope="module")
def device() -> Device:
    return replace(choose_device("cpu"), half=False, threads=1)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=30), st.integers(2, 5))
def test_each_label_is_left_out_once_and_no_subject_is_cut(subjects: list[str], count: int) -> None:
    if len(set(subjects)) < count:
        with pytest.raises(ModelError, match=f"{count} folds need labels of at least {count} subjects"):
            folds(subjects, count)
        return
    found = folds(subjects, count)
    assert sorted(place for fold in found for place in fold) == list(range(len(subjects)))
    for subject in set(subjects):
        assert sum(1 for fold in found if any(subjects[place] == subject for place in fold)) == 1
    sizes = [len({subjects[place] for place in fold}) for fold in found]
    assert max(sizes) - min(sizes) <= 1


def test_deep_members_are_trainings_with_seeds_of_their_own(device: Device) -> None:
    training = tiny_training(device)
    watch = Watch()
    members = train_members(training, EnsembleKind.DEEP, SUBJECTS, None, watch)
    assert len(members) == training.plan.members == 2
    alone = train(replace(training, plan=replace(training.plan, members=1)), Silent())[0]
    assert all(torch.equal(members[0][name], alone[name]) for name in alone)
    assert any(not torch.equal(members[0][name], members[1][name]) for name in alone)
    assert list(dict.fromkeys(watch.texts)) == ["Training, member 1 of 2", "Training, member 2 of 2"]
    steps = [point.step for point in watch.points if point.curve == "loss"]
    assert steps == sorted(steps)


def test_deep_members_go_on_each_from_its_own(device: Device) -> None:
    training = tiny_training(device)
    starts = [train(replace(training, seed=seed), Silent())[-1] for seed in (5, 6)]
    still = replace(training, start=starts[1], plan=replace(training.plan, learning_rate=0.0, warm_steps=1, members=3))
    members = train_members(still, EnsembleKind.DEEP, SUBJECTS, None, Silent(), starts=starts)
    for member, start in zip(members, [*starts, starts[0]], strict=True):
        assert all(torch.equal(member[name], start[name]) for name in start)


def test_folds_leave_their_subjects_out(device: Device) -> None:
    training = tiny_training(device)
    told: list[Fold] = []
    members = train_members(training, EnsembleKind.FOLDS, SUBJECTS, None, Silent(), told.append)
    assert [fold.left_out for fold in told] == [(0, 2, 3), (1,)]
    second = replace(training, examples=[training.examples[place] for place in (0, 2, 3)], seed=training.seed + 10_007)
    alone = train(replace(second, plan=replace(training.plan, members=1)), Silent())[0]
    assert all(torch.equal(members[1][name], alone[name]) for name in alone)


def test_folds_forget_what_the_live_model_has_seen(device: Device) -> None:
    training = tiny_training(device)
    start = train(training, Silent())[-1]
    from_start = train_members(replace(training, start=start), EnsembleKind.FOLDS, SUBJECTS, None, Silent())
    from_nothing = train_members(training, EnsembleKind.FOLDS, SUBJECTS, None, Silent())
    assert all(torch.equal(from_start[0][name], from_nothing[0][name]) for name in start)


def test_an_interrupted_ensemble_goes_on_with_the_member_that_was_on_its_way(device: Device, tmp_path: Path) -> None:
    training = tiny_training(device)
    whole = train_members(training, EnsembleKind.DEEP, SUBJECTS, None, Silent())
    interrupted = Interrupted(tmp_path / "interrupted", "what is trained")
    with pytest.raises(JobCancelled):
        train_members(training, EnsembleKind.DEEP, SUBJECTS, interrupted, cancel_when("Training, member 2 of 2"))
    watch = Watch()
    rest = train_members(training, EnsembleKind.DEEP, SUBJECTS, interrupted, watch)
    assert set(watch.texts) == {"Training, member 2 of 2"}
    assert all(torch.equal(a[name], b[name]) for a, b in zip(whole, rest, strict=True) for name in a)


def test_another_training_does_not_go_on_from_it(device: Device, tmp_path: Path) -> None:
    training = tiny_training(device)
    folder = tmp_path / "interrupted"
    train_members(training, EnsembleKind.SNAPSHOTS, SUBJECTS, Interrupted(folder, "some labels"), Silent())
    before = {path.name for path in folder.iterdir()}
    watch = Watch()
    train_members(training, EnsembleKind.SNAPSHOTS, SUBJECTS, Interrupted(folder, "other labels"), watch)
    assert len(watch.texts) == training.plan.cold_steps
    after = {path.name for path in folder.iterdir()}
    assert len(before) == len(after) == 1
    assert not before & after


@pytest.fixture
def folded(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """A project that trains by folds, with six labels."""
    learning = Learning(ensemble=EnsembleKind.FOLDS, members=3)
    session = small_session(tmp_path / "project", validation=0.0, changes=with_learning(learning))
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, *range(6))
    yield session
    session.close()


def test_a_version_of_folds_tells_what_each_did_on_labels_that_it_had_not_seen(folded: Session) -> None:
    report = train_model(folded, TASK, Silent())
    assert report.record.cross_validation is not None
    assert set(report.record.cross_validation) == {"dice_mean", "dice_anterior", "dice_posterior"}
    assert read_record(report.version.folder) == report.record
    card = (report.version.folder / "model_card.md").read_text(encoding="utf-8")
    assert "Each member left a fold of the subjects out, and was judged on it" in card
    assert "- ensemble: folds" in card
    assert not folded.project.layout.interrupted(TASK).exists()
