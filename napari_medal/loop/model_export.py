"""Hand a model version to others' programs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.case import CaseState
from napari_medal.core.grid import Grid
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.volume import Volume
from napari_medal.engine.frozen_model import Decision, FrozenModel
from napari_medal.engine.prepare import network_shape, seen
from napari_medal.engine.weights import load_members
from napari_medal.errors import ExportError, ModelError
from napari_medal.export.model_facts import ModelFacts
from napari_medal.export.model_files import MODEL_FORMATS as _FORMATS
from napari_medal.export.program import program
from napari_medal.export.staging import whole_or_nothing
from napari_medal.io.case_name import case_name
from napari_medal.loop.calibration import temperature_of
from napari_medal.loop.judging import outputs
from napari_medal.loop.model_card import FILE_NAME
from napari_medal.loop.priors import read_priors
from napari_medal.loop.session import Session

MODEL_FORMATS: Mapping[str, str] = {name: form.title for name, form in _FORMATS.items()}
"""Names of the formats, each with its title."""


_WHOLE = 160**3
"""Voxels that others' programs are asked to answer for at once, at most."""


@dataclass(frozen=True)
class ModelExportReport:
    """Which version was written where, in how many files."""

    model: int
    folder: Path
    files: int


def export_model(
    session: Session, task: str, number: int | None, format_name: str, folder: Path, progress: Progress
) -> ModelExportReport:
    """Write a model version as a MONAI bundle, TorchScript or ONNX; without a number, the live one.

    All of its members are in it, and its answers are the program's own: tempered, rid of priors where they are so here.
    Mirrored views and passes with dropout are not.

    Raises:
        ExportError: There is no such format, or the folder holds something.
        ModelError: There is no model yet, or the network cannot be written so.
        ProjectError: There is no such version.
        JobCancelled: The person cancelled; nothing was written.
    """
    if format_name not in _FORMATS:
        msg = f"Found the format '{format_name}'; wanted one of {', '.join(_FORMATS)}."
        raise ExportError(msg)
    models = session.project.models
    version = models.live(task) if number is None else models.get(task, number)
    if version is None:
        msg = f"The task '{task}' has no model yet: accept some labels, then train."
        raise ModelError(msg)
    volumes, channels = _example(session, version.plan)

    def write(staging: Path) -> int:
        progress.step(0, 1, "Writing the model")
        priors = read_priors(version.folder)
        decision = Decision(temperature_of(version.folder), () if priors is None else tuple(priors.tolist()))
        recipe = session.extensions.recipes.get(version.recipe)
        count = outputs(session, task)
        model = FrozenModel(recipe, version.plan, len(channels), count, load_members(version.folder), decision)
        progress.check()
        _FORMATS[format_name].write(
            model, _facts(session, version, channels, _fits(volumes[0].grid, version.plan)), staging
        )
        return sum(1 for path in staging.rglob("*") if path.is_file())

    return ModelExportReport(version.number, folder, whole_or_nothing(folder, progress, write))


def _facts(session: Session, version: ModelVersion, channels: tuple[str, ...], whole: bool) -> ModelFacts:
    project = session.project.settings.name
    card = version.folder / FILE_NAME
    return ModelFacts(
        name=case_name(f"{project}-{version.task}-v{version.number}"),
        project=project,
        task=version.task,
        target=session.task(version.task).target,
        labels=session.scheme(version.task),
        number=version.number,
        recipe=version.recipe,
        plan=version.plan,
        channels=channels,
        figures={name: str(interval) for name, interval in version.metrics.items()},
        card=card.read_text(encoding="utf-8") if card.exists() else "",
        program=program(),
        whole=whole,
    )


def _example(session: Session, plan: Plan) -> tuple[Sequence[Volume], tuple[str, ...]]:
    """Return the channels of a case that the network looks at, and their names; all cases have as many.

    Raises:
        ModelError: No case is left that could be looked at.
    """
    for case in session.project.cases.all():
        if case.state is not CaseState.BROKEN:
            volumes = session.files.read_case(case.images)
            names = case.channels if len(case.channels) == len(volumes) else ("",) * len(volumes)
            return seen(volumes, plan), tuple(names[place] for place in plan.particulars.looks_at) or names
    msg = f"{session.project.folder}: found no readable case; wanted one to see how many channels an image has."
    raise ModelError(msg)


def _fits(grid: Grid, plan: Plan) -> bool:
    """Tell whether an image like this one is answered for in one pass."""
    return math.prod(network_shape(grid.shape, grid.spacing_mm, plan)) <= _WHOLE
