"""What a folder of images holds, before anything of it is taken."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.recognise import recognise
from napari_medal.loop.session import Session


@dataclass(frozen=True)
class FolderSurvey:
    """The kind of a folder by its title, how many cases it holds, the first one's channels, and cases with a mask."""

    title: str
    cases: int
    channels: int
    with_mask: int


def survey_folder(session: Session, folder: Path, form: str, progress: Progress) -> FolderSurvey:
    """Look what a folder holds; names and headers are read, and no voxels.

    Args:
        session: The session.
        folder: The folder.
        form: Name of the reader of folders; "" for the one that recognises it.
        progress: Told how far it is.

    Raises:
        FormatError: The folder contradicts itself.
        ExtensionError: There is no such reader of folders.
    """
    reader = recognise(session.extensions.folders.working(), folder, form)
    # Names are not shown, so any key will do.
    found = reader.find(folder, Pseudonyms(secrets.token_bytes(32)), progress)
    with_mask = sum(1 for case in found if case.mask is not None)
    return FolderSurvey(reader.title, len(found), len(found[0].images) if found else 0, with_mask)
