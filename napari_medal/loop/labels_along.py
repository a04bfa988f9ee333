"""Labels that come with cases: masks, and tables of classes or values."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.target import Target
from napari_medal.errors import FormatError
from napari_medal.io.class_table import read_class_table
from napari_medal.io.value_table import read_value_table
from napari_medal.loop.finding import label_names, recognise
from napari_medal.loop.session import Session

FoundLabels = Mapping[str, FoundImage] | Mapping[str, int] | Mapping[str, float]


def find_labels(session: Session, task: str, cases: Sequence[FoundCase], labels: Path | None) -> FoundLabels:
    """Find the labels of one task that come with the cases: masks, classes or values by case name.

    Raises:
        FormatError: A table cannot be read, or a case has two masks.
    """
    target = session.task(task).target
    if target is Target.MASK:
        return find_masks(session, cases, labels)
    if labels is None or not _has_table(labels):
        return {}
    return find_classes(session, task, labels) if target is Target.CLASS else find_values(session, task, labels)


def find_classes(session: Session, task: str, table: Path) -> Mapping[str, int]:
    """Read a class table, or the only one in a folder.

    Raises:
        FormatError: There is none, there are several, or it cannot be read.
    """
    return read_class_table(_only_table(table), session.scheme(task))


def find_values(session: Session, task: str, table: Path) -> Mapping[str, float]:
    """Read a table of values, or the only one in a folder.

    Raises:
        FormatError: There is none, there are several, or it cannot be read.
    """
    return read_value_table(_only_table(table), session.scheme(task).measured)


def find_masks(session: Session, cases: Sequence[FoundCase], labels: Path | None) -> dict[str, FoundImage]:
    """Find the masks of cases, beside them or in another folder, by whichever reader of folders recognises that.

    Raises:
        FormatError: The folder is missing, or a case has two masks.
    """
    beside = {case.name: case.mask for case in cases if case.mask is not None}
    if labels is None or labels.is_file():
        return beside
    if not labels.is_dir():
        msg = f"{labels}: found no such folder; wanted one that holds masks."
        raise FormatError(msg)
    return beside | dict(recognise(labels, session.extensions.folders).masks(labels, cases))


def contradictions(session: Session, stated: Mapping[int, str], labels: Path | None) -> list[str]:
    """Say where what a folder calls the values in its masks is not what the project calls them.

    Args:
        session: The session.
        stated: What the folder of images says, by value.
        labels: Folder of masks; what it says goes before.
    """
    names = dict(stated)
    if labels is not None and labels.is_dir():
        names |= label_names(recognise(labels, session.extensions.folders), labels)
    tasks = [name for name in session.project.settings.tasks if session.task(name).target is Target.MASK]
    return [sentence for task in tasks for sentence in _differences(task, names, session)]


def _differences(task: str, names: Mapping[int, str], session: Session) -> list[str]:
    own = {label.value: label.name for label in session.scheme(task).classes}
    found = []
    for value, name in sorted(names.items()):
        if value not in own:
            found.append(f"The folder calls the value {value} '{name}'; the task '{task}' has no label of this value.")
        elif own[value].strip().casefold() != name.strip().casefold():
            found.append(f"The folder calls the value {value} '{name}'; the task '{task}' calls it '{own[value]}'.")
    return found


def _only_table(path: Path) -> Path:
    if not path.is_dir():
        return path
    tables = sorted(path.glob("*.csv"))
    if len(tables) != 1:
        names = ", ".join(found.name for found in tables) or "none"
        msg = f"{path}: found these tables: {names}; wanted exactly one .csv with an answer for each case."
        raise FormatError(msg)
    return tables[0]


def _has_table(labels: Path) -> bool:
    return labels.is_file() or any(labels.glob("*.csv"))
