import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tomlkit

from napari_medal.catalogue.project import create_project, open_project
from napari_medal.catalogue.settings import TrainingSettings
from napari_medal.core.case import Split
from napari_medal.core.learning import Learning
from napari_medal.core.modality import Modality
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import Silent
from napari_medal.core.target import Target
from napari_medal.engine.examples import Example
from napari_medal.errors import ModelError, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop import planning
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_mask
from napari_medal.loop.labelled import gather
from napari_medal.loop.planning import plan_task
from napari_medal.loop.preparation_key import mark
from napari_medal.loop.session import Session, session_on
from napari_medal.loop.splitting import draw_splits
from napari_medal.loop.training import train_model
from tests.engine.test_fingerprint import ct
from tests.loop.conftest import READING, damage, label
from tests.small import settings, small_extensions, write_image

TASK = "segmentation"


def _with(folder: Path, changes: PlanChanges, modalities: tuple[Modality, ...] = ()) -> Session:
    """Make an empty project whose settings change the plan."""
    usual = settings(TASK, validation=0.0)
    task = usual.tasks[TASK].model_copy(update={"plan": changes})
    wanted = usual.model_copy(update={"tasks": {TASK: task}, "modalities": modalities})
    return session_on(create_project(folder, wanted), small_extensions(), 1)


def _reopened(session: Session, changes: PlanChanges) -> Session:
    """Write other changes into the project's settings, and open it again."""
    path = session.project.folder / "medal.toml"
    document = tomlkit.parse(path.read_text())
    given = {name: value for name, value in vars(changes).items() if value is not None}
    document["tasks"][TASK]["plan"] = json.loads(json.dumps(given))
    path.write_text(tomlkit.dumps(document))
    session.close()
    return session_on(open_project(path.parent), small_extensions(), 1)


def _ct_project(folder: Path, memory_gb: float | None = None, count: int = 3) -> Session:
    wanted = settings(TASK, validation=0.0).model_copy(update={"training": TrainingSettings(memory_gb=memory_gb)})
    session = session_on(create_project(folder / "ct", wanted), small_extensions(), 1)
    for seed in range(count):
        array = ct(seed)[0].array.transpose().astype(np.int16)
        write_image(folder / "images" / f"{seed}.nii.gz", array, np.diag([-1.0, -1.0, 1.0, 1.0]))
    add_cases(session, Source(folder / "images"), Silent())
    for seed in range(count):
        accept_mask(session, TASK, str(seed), ct(seed)[1], READING)
    return session


def test_a_plan_is_made_without_a_label_and_draws_no_split(session: Session, cohort: PhantomCohort) -> None:
    planned = plan_task(session, TASK, None, Silent())
    assert (planned.labelled, planned.fingerprint.cases, planned.recipe) == (0, 9, "unet")
    assert planned.fits
    assert 0 < planned.step_bytes < planned.budget_bytes
    label(session, cohort, 0, 1, 2)
    again = plan_task(session, TASK, None, Silent())
    assert (again.labelled, again.fingerprint.cases) == (3, 3)
    assert {case.split for case in session.project.cases.all()} == {Split.UNDRAWN}
    assert session.project.models.all(TASK) == []


def test_the_plan_is_the_one_that_a_training_takes(training_only: Session, cohort: PhantomCohort) -> None:
    label(training_only, cohort, 0, 1, 2)
    planned = plan_task(training_only, TASK, None, Silent())
    assert train_model(training_only, TASK, Silent()).version.plan == planned.plan


def test_cases_that_cannot_be_read_are_left_out_and_none_at_all_is_an_error(
    session: Session, cohort: PhantomCohort
) -> None:
    for case in session.project.cases.all()[:8]:
        damage(case.images[0])
    assert plan_task(session, TASK, None, Silent()).fingerprint.cases == 1
    damage(session.project.cases.all()[8].images[0])
    with pytest.raises(ModelError, match="found none"):
        plan_task(session, TASK, None, Silent())


def test_what_the_settings_say_goes_before_what_was_planned(tmp_path: Path, cohort: PhantomCohort) -> None:
    changes = PlanChanges(patch=(8, 16, 16), batch=1, spacing_mm=(2.0, 1.0, 1.0), foreground=0.5)
    session = _with(tmp_path / "project", changes)
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1)
    plan = train_model(session, TASK, Silent()).version.plan
    assert (plan.patch, plan.batch, plan.spacing_mm) == ((8, 16, 16), 1, (2.0, 1.0, 1.0))
    assert plan.foreground == 0.5
    session.close()


def test_the_plan_that_is_shown_learns_as_was_chosen(training_only: Session, cohort: PhantomCohort) -> None:
    label(training_only, cohort, 0, 1)
    chosen = Learning(members=1, learning_rate=0.003, dropout=0.2)
    training_only.project.settings_file.set_learning(TASK, chosen)
    shown = plan_task(training_only, TASK, None, Silent()).plan
    assert (shown.members, shown.learning_rate, shown.dropout) == (1, 0.003, 0.2)
    assert train_model(training_only, TASK, Silent()).version.plan == shown


def test_changes_that_do_not_fit_the_recipe_are_refused(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = _with(tmp_path / "project", PlanChanges(patch=(7, 16, 16)))
    add_cases(session, Source(cohort.images), Silent())
    with pytest.raises(SettingsError, match=r"plan\.patch: found \(7, 16, 16\); wanted multiples of \(2, 2, 2\)"):
        plan_task(session, TASK, None, Silent())
    session.close()


def test_a_change_of_the_training_goes_on_from_the_live_weights_one_of_the_network_starts_cold(
    training_only: Session, cohort: PhantomCohort
) -> None:
    label(training_only, cohort, 0, 1)
    first = train_model(training_only, TASK, Silent()).version
    session = _reopened(training_only, PlanChanges(batch=1, warm_steps=3))
    second = train_model(session, TASK, Silent()).version
    assert second.started_from == 1
    assert second.plan == replace(first.plan, batch=1, warm_steps=3)
    session = _reopened(session, PlanChanges(spacing_mm=(1.5, 1.5, 1.5)))
    third = train_model(session, TASK, Silent()).version
    assert third.started_from is None
    assert third.plan == replace(first.plan, spacing_mm=(1.5, 1.5, 1.5))
    session.close()


def test_ct_is_normalised_by_what_is_labelled_and_mr_by_itself(tmp_path: Path, session: Session) -> None:
    found = _ct_project(tmp_path)
    (unit,) = plan_task(found, TASK, None, Silent()).plan.intensities
    assert unit is not None
    assert unit.mean == pytest.approx(120, abs=2)
    version = train_model(found, TASK, Silent()).version
    assert version.plan.intensities == (unit,)
    gathered = gather(found, TASK, version.plan, Target.MASK, Silent())
    inside = gathered.examples[0].prepared.image[0][gathered.examples[0].mask == 1]
    assert abs(float(inside.mean())) < 0.3
    found.close()
    assert plan_task(session, TASK, None, Silent()).plan.intensities == ()


def test_what_is_not_confirmed_says_nothing_of_intensities(tmp_path: Path) -> None:
    found = _ct_project(tmp_path)
    for seed in range(3):
        mask = ct(seed)[1]
        mask[10:] = 1  # air and whatever lies there
        accept_mask(found, TASK, str(seed), mask, replace(READING, confirmed=((5, 8),)))
    (unit,) = plan_task(found, TASK, None, Silent()).plan.intensities
    assert unit is not None
    assert unit.mean == pytest.approx(120, abs=2)
    found.close()


def test_a_file_that_was_replaced_is_another_one(tmp_path: Path) -> None:
    path = tmp_path / "image.nii"
    path.write_bytes(b"one")
    before = mark(path)
    assert mark(path) == before
    os.utime(path, ns=(1, 1))
    assert mark(path) != before


def test_large_cases_are_drawn_from_files_and_not_read_again_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = _ct_project(tmp_path, memory_gb=1e-6)
    monkeypatch.setattr(planning, "_LARGE_BYTES", 0)
    draw_splits(session, TASK)
    plan = plan_task(session, TASK, None, Silent()).plan
    first = gather(session, TASK, plan, Target.MASK, Silent())
    assert all(isinstance(example.prepared.image, np.memmap) for example in first.examples)
    for case in session.project.cases.all():
        _damage_in_place(case.images[0])
    session.close()
    again = session_on(session.project, small_extensions(), 1)
    assert plan_task(again, TASK, None, Silent()).plan == plan
    second = gather(again, TASK, plan, Target.MASK, Silent())
    assert all(_alike(a, b) for a, b in zip(first.examples, second.examples, strict=True))
    damage(session.project.cases.all()[0].images[0])
    assert len(gather(again, TASK, plan, Target.MASK, Silent()).unreadable) == 1


def _damage_in_place(path: Path) -> None:
    """Make a file unreadable without a trace: the same size, the same time."""
    found = path.stat()
    path.write_bytes(bytes(found.st_size))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def _alike(a: Example, b: Example) -> bool:
    return bool((a.prepared.image == b.prepared.image).all() and (np.asarray(a.mask) == np.asarray(b.mask)).all())
