"""Plan how a task's recipe is fed and trained, without training it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.grid import Grid
from napari_medal.core.plan import Fingerprint, Plan
from napari_medal.core.progress import Progress
from napari_medal.core.recipe import Recipe
from napari_medal.core.slice_ranges import as_flags
from napari_medal.core.target import Target
from napari_medal.engine.case_facts import CaseFacts
from napari_medal.engine.device import Device
from napari_medal.engine.fingerprint import fingerprint
from napari_medal.engine.fit_plan import fit_plan
from napari_medal.errors import FormatError, GeometryError
from napari_medal.loop.counted import taught
from napari_medal.loop.judging import outputs, project_device
from napari_medal.loop.labelled import LabelledCase
from napari_medal.loop.preparation_key import mark
from napari_medal.loop.session import Session
from napari_medal.loop.value_scale import value_scale
from napari_medal.loop.windowed_intensities import windowed_intensities
from napari_medal.types import LabelArray

_UNLABELLED = 32
"""Cases that a plan without labels is made from, at most."""
_WAY = 1
"""Counts up when other things are looked at."""
_LARGE_BYTES = 2**25
"""What is known of a case is kept where reading it again would take a second or more."""


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made from.

    Args:
        recipe: The recipe's name.
        labelled: Labelled cases that were looked at; 0 means that the plan was made from unlabelled ones.
        fingerprint: What the data look like.
        plan: How the network is fed and trained.
        step_bytes: Memory that a training step holds, measured.
        budget_bytes: Memory that it may hold.
        fits: Whether it does.
        device: Where, in words.
    """

    recipe: str
    labelled: int
    fingerprint: Fingerprint
    plan: Plan
    step_bytes: int
    budget_bytes: int
    fits: bool
    device: str


def plan_task(session: Session, task: str, recipe: str | None, progress: Progress) -> Planned:
    """Plan a task as its next training from random weights would; nothing is trained, and no split is drawn.

    Args:
        session: The session.
        task: The task.
        recipe: Another recipe than the task's own.
        progress: Told of each case.

    Raises:
        ModelError: No case can be read.
        SettingsError: The changes in `medal.toml` do not fit the data or the recipe.
    """
    chosen = session.extensions.recipes.get(recipe or session.project.task_settings(task).recipe)
    annotations = taught(session, task)
    kept_from_training = (Split.VALIDATION, Split.TEST)
    cases = [case for case in session.project.cases.all() if case.split not in kept_from_training]
    entries: Sequence[LabelledCase | Case] = [
        LabelledCase(case, annotations[case.name]) for case in cases if case.name in annotations
    ]
    if not entries:
        usable = [case for case in cases if case.state not in (CaseState.BROKEN, CaseState.REJECTED)]
        entries = usable[:: max(1, -(-len(usable) // _UNLABELLED))]
    return plan_from(session, task, entries, chosen, project_device(session), progress)


def plan_from(
    session: Session,
    task: str,
    cases: Sequence[LabelledCase | Case],
    recipe: Recipe,
    device: Device,
    progress: Progress,
) -> Planned:
    """Plan a recipe from those of the cases that can be read, with the changes in `medal.toml`, to fit the device.

    Raises:
        ModelError: None can.
        SettingsError: The changes do not fit the data or the recipe.
        JobCancelled: The person cancelled.
    """
    facts = []
    for entry in cases:
        progress.check()
        try:
            facts.append(_facts(session, task, entry))
        except (FormatError, GeometryError, OSError):
            continue  # `gather` meets the same error and reports it
    found = replace(fingerprint(facts, session.project.settings.modalities), names=_names(cases))
    settings = session.project.task_settings(task)
    changes = settings.plan
    guess = recipe.plan(found, device.memory)
    plan = changes.applied(replace(guess, intensities=guess.intensities or found.intensities))
    plan = settings.learning.applied(plan)
    if plan.particulars.window is not None and changes.intensities is None:
        plan = replace(plan, intensities=windowed_intensities(session, cases, plan, progress))
    if recipe.target is Target.VALUE:
        values = [entry.annotation.value for entry in cases if isinstance(entry, LabelledCase)]
        plan = replace(plan, value_scale=value_scale(values, session.scheme(task).measured))
    fitted = fit_plan(recipe, plan, found, outputs(session, task), device, changes)
    return Planned(
        recipe=recipe.name,
        labelled=sum(isinstance(entry, LabelledCase) for entry in cases),
        fingerprint=found,
        plan=fitted.plan,
        step_bytes=fitted.step_bytes,
        budget_bytes=device.memory.budget_bytes,
        fits=fitted.fits,
        device=device.title,
    )


def _names(cases: Sequence[LabelledCase | Case]) -> tuple[str, ...]:
    """Return what the channels of the first case with named ones are called."""
    found = (entry.case if isinstance(entry, LabelledCase) else entry for entry in cases)
    return next((case.channels for case in found if any(case.channels)), ())


def _facts(session: Session, task: str, entry: LabelledCase | Case) -> CaseFacts:
    """Look at a case, or remember what a look at a large one has found before."""
    case = entry.case if isinstance(entry, LabelledCase) else entry
    annotation = entry.annotation if isinstance(entry, LabelledCase) else None
    drawn = None if annotation is None or annotation.mask is None else (mark(annotation.mask), annotation.confirmed)
    key = repr(("facts", _WAY, case.name, tuple(mark(path) for path in case.images), drawn))
    known = session.scratch.find(key)
    if known is not None:
        z, y, x = (int(side) for side in known["shape"])
        grid = Grid((z, y, x), np.array(known["affine"]))
        inside, anywhere, hounsfield = (np.array(known[name]) for name in ("inside", "anywhere", "hounsfield"))
        return CaseFacts(grid, inside, anywhere, hounsfield)
    volumes = session.files.read_case(case.images)
    mask = _mask(session, task, entry, volumes[0].grid) if isinstance(entry, LabelledCase) else None
    facts = CaseFacts.of(volumes, mask)
    if sum(volume.array.nbytes for volume in volumes) >= _LARGE_BYTES:
        arrays = {"inside": facts.inside, "anywhere": facts.anywhere, "hounsfield": facts.hounsfield}
        shape = {"shape": np.array(facts.grid.shape), "affine": facts.grid.affine}
        session.scratch.keep(key, arrays | shape)
    return facts


def _mask(session: Session, task: str, entry: LabelledCase, grid: Grid) -> LabelArray | None:
    """Read what is labelled of a case, and confirmed; None for a class."""
    annotation = entry.annotation
    if annotation.mask is None:
        return None
    mask = session.files.read_mask(annotation.mask, grid, session.scheme(task))
    if annotation.confirmed is not None:
        mask[~as_flags(annotation.confirmed, len(mask))] = 0
    return mask
