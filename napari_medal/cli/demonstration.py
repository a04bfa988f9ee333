"""The demonstration: the main job from start to end."""

import os
import sys
from pathlib import Path

from napari_medal.cli.console import note, say, watched
from napari_medal.core.case import CaseState
from napari_medal.errors import ProjectError, SettingsError
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.exporting import export
from napari_medal.loop.samples import get_sample
from napari_medal.loop.session import Session, installed_extensions
from napari_medal.loop.simulation import SimulationOptions, SimulationReport, simulate
from napari_medal.loop.simulation_table import RoundFigures

_TASK = "segmentation"


class Demonstration:
    """Makes a project from sample volumes, lets a simulated reader work, exports, and opens the viewer.

    Args:
        folder: Where everything goes; new or empty.
        rounds: Rounds after the first training.
    """

    def __init__(self, folder: Path, rounds: int) -> None:
        self._folder = folder
        self._rounds = rounds

    def run(self, images: Path | None, labels: Path | None, sample: str, cases: int) -> None:
        """Go through all of it, and print a table of what happened.

        Raises:
            ProjectError: The folder is not empty.
            SettingsError: Images without labels, or labels without images.
        """
        if self._folder.exists() and any(self._folder.iterdir()):
            msg = f"{self._folder} is not empty; remove it or name another with --out."
            raise ProjectError(msg)
        session, truth = self._project(images, labels, sample, cases)
        with watched() as progress:
            note("A simulated reader labels, the model learns, the rest is ranked:")
            options = SimulationOptions(start=8, batch=4, rounds=self._rounds, validation=0.12, test=0.2)
            report = simulate(session, _TASK, truth, options, progress, _announce)
            exported = export(session, self._folder / "dataset", "nifti", progress)
        waiting = [case for case in session.project.cases.all() if case.state is CaseState.PREDICTED]
        session.close()
        pictures = self._show(session.project.folder)
        self._table(report, exported.cases, len(waiting), pictures)

    def _project(self, images: Path | None, labels: Path | None, sample: str, cases: int) -> tuple[Session, Path]:
        """Make the project, and return it with its truth."""
        if (images is None) != (labels is None):
            msg = "The demonstration needs --images and --labels together: the simulated reader answers from them."
            raise SettingsError(msg)
        with watched() as progress:
            if images is not None and labels is not None:
                wish = TaskWish(_TASK, _labels_found(labels))
            else:
                found = get_sample(sample, self._folder / "samples", cases, 0, progress)
                images, labels = found.images, found.labels
                wish = TaskWish(_TASK, tuple(f"{label.value}={label.name}" for label in found.scheme.classes))
            session = new_project(self._folder / "project", "demonstration", [wish], installed_extensions())
            added = add_cases(session, Source(images), progress)
        note(f"{len(added.added)} cases in {session.project.folder}")
        return session, labels

    def _show(self, project: Path) -> list[Path]:
        """Open the viewer; on a virtual screen, or with nobody there, take pictures and end."""
        from napari_medal.gui.app import run_viewer

        if _nobody_watches():
            return run_viewer(project, self._folder / "pictures")
        note("The viewer is open; close it to end.")
        return run_viewer(project)

    def _table(self, report: SimulationReport, exported: int, waiting: int, pictures: list[Path]) -> None:
        """Print what happened, with paths."""
        say("")
        say("round  labels  minutes of reading  Dice on test cases")
        for row in report.rounds:
            dice = row.evaluation.metrics[row.evaluation.primary]
            say(f"{row.number:5}  {row.labels:6}  {row.simulated_minutes:18.1f}  {dice}")
        say("")
        say(f"project   {report.project}")
        say(f"table     {report.table}")
        say(
            f"dataset   {self._folder / 'dataset'} ({exported} accepted cases; {waiting} more are predicted and ranked)"
        )
        for picture in pictures:
            say(f"picture   {picture}")


def _announce(figures: RoundFigures) -> None:
    metrics = figures.evaluation.metrics
    primary = figures.evaluation.primary
    note(f"  round {figures.number}: {figures.labels} labels, {primary} {metrics[primary]}")


def _labels_found(labels: Path) -> tuple[str, ...]:
    """Name the values that occur in a folder of masks.

    Raises:
        SettingsError: There are none.
    """
    import numpy as np

    from napari_medal.io.discover import discover
    from napari_medal.io.installed import installed_files

    files = installed_files()
    values: set[int] = set()
    for case in discover(labels, files.suffixes):
        values |= {int(value) for value in np.unique(files.look(case.images[0]).volumes[0].array) if value > 0}
    if not values:
        msg = f"{labels}: found no mask with a label in it."
        raise SettingsError(msg)
    return tuple(f"{value}=label {value}" for value in sorted(values))


def _nobody_watches() -> bool:
    """Tell whether the screen is a virtual one: xvfb-run sets a cookie file of its own."""
    if sys.platform != "linux":
        return False
    return "xvfb-run" in os.environ.get("XAUTHORITY", "") or not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
