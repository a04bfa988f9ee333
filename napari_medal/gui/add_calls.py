"""The use-cases of adding and watching, as jobs call them; imported there, like those in `calls`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Progress
from napari_medal.core.target import LabelsAs
from napari_medal.gui.panels.source_form import AskedSource

if TYPE_CHECKING:
    from napari_medal.loop.adding import AddReport, Source
    from napari_medal.loop.making import Survey
    from napari_medal.loop.session import Session
    from napari_medal.loop.watching import WatchedFolder


def folder_forms(session: "Session") -> Mapping[str, str]:
    """Return the kinds of folders that can be read, name to title."""
    return {name: reader.title for name, reader in session.extensions.folders.working().items()}


def survey(session: "Session", asked: AskedSource, progress: Progress) -> "Survey":
    """Look what a folder holds."""
    from napari_medal.loop import making

    return making.survey(asked.images, session.extensions, asked.form, progress)


def add(session: "Session", asked: AskedSource, progress: Progress) -> "AddReport":
    """Add what was asked for; a reader who waits for the model goes first."""
    from napari_medal.loop.adding import add_cases

    return add_cases(session, source_of(asked), session.turns.giving_way(progress))


def watched_folder(asked: AskedSource) -> "WatchedFolder":
    """Return the folder, to be looked at."""
    from napari_medal.loop.watching import WatchedFolder

    return WatchedFolder(source_of(asked))


def source_of(asked: AskedSource) -> "Source":
    """Say what was asked for in the words of the loop."""
    from napari_medal.loop.adding import Source

    return Source(
        asked.images,
        asked.labels,
        asked.subject_pattern or None,
        labels_as=LabelsAs.DRAFTS if asked.labels_are_drafts else LabelsAs.ANNOTATIONS,
        form=asked.form,
        repair=asked.repair,
        pseudonyms=asked.pseudonyms,
        only=_wish(asked),
    )


def _wish(asked: AskedSource) -> Callable[[str, FoundCase], bool] | None:
    """Return which of the found cases are wanted; None for all."""
    if not asked.files and not asked.cases:
        return None
    files, cases = set(asked.files), set(asked.cases)

    def is_wanted(name: str, case: FoundCase) -> bool:
        has_file = not files or any(path in files for image in case.images for path in image.files)
        return has_file and (not cases or name in cases)

    return is_wanted
