"""Open medical image files and folders in the viewer."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_medal.contributions.layer import LayerData
    from napari_medal.core.folder_reader import FolderReader
    from napari_medal.core.found_case import FoundImage
    from napari_medal.core.reader import CloseLook
    from napari_medal.core.volume import Volume
    from napari_medal.io.read import VolumeFiles

Read = Callable[["str | list[str]"], "list[LayerData]"]

_PICTURES = "picture"
"""The reader of what napari reads better itself."""
_PLAIN = "plain"
"""The reader of folders that takes whatever no other one recognises."""
_MOST_CASES = 12


def get_reader(path: "str | list[str]") -> "Read | None":
    """Return what reads a file, the files of one stack, or a folder; None for what is better left to others."""
    from napari_medal.io.installed import installed_files

    paths = [Path(text) for text in ([path] if isinstance(path, str) else path)]
    if len(paths) == 1 and paths[0].is_dir():
        return None if _folder_reader(paths[0]) is None else _read_folder
    readers = {reader.name: reader for reader in installed_files().readers if reader.name != _PICTURES}
    endings = tuple(suffix for reader in readers.values() for suffix in reader.suffixes)
    return _read_files if paths and all(each.name.lower().endswith(endings) for each in paths) else None


def _read_files(path: "str | list[str]") -> "list[LayerData]":
    """Read one image from a file, or from the files of a stack.

    Raises:
        FormatError: It cannot be read.
    """
    from napari_medal.core.found_case import FoundImage
    from napari_medal.io.case_name import stem
    from napari_medal.io.installed import installed_files

    paths = tuple(Path(text) for text in ([path] if isinstance(path, str) else path))
    title = stem(paths[0]) if len(paths) == 1 else paths[0].parent.name
    return list(_layers(installed_files(), FoundImage(paths), title, _names_mask(title)))


def _read_folder(path: "str | list[str]") -> "list[LayerData]":
    """Read every image in a folder, and the masks that belong to them.

    Raises:
        FormatError: There are too many, or one cannot be read.
    """
    from napari_medal.core.progress import Silent
    from napari_medal.core.pseudonyms import is_pseudonym
    from napari_medal.core.reader import MaskReader
    from napari_medal.errors import FormatError
    from napari_medal.io.installed import installed_files
    from napari_medal.loop.finding import throwaway_pseudonyms

    folder = Path(path if isinstance(path, str) else path[0])
    reader, files = _folder_reader(folder), installed_files()
    cases = () if reader is None else reader.find(folder, throwaway_pseudonyms(), Silent())
    if len(cases) > _MOST_CASES:
        msg = (
            f"{folder}: found {len(cases)} cases; wanted at most {_MOST_CASES} to open at once. Add them to a project."
        )
        raise FormatError(msg)
    layers: list[LayerData] = []
    for number, case in enumerate(cases, start=1):
        # A pseudonym of a key that nobody keeps says nothing.
        name = f"exam {number}" if is_pseudonym(case.subject) else case.name
        title = folder.name if len(cases) == 1 else name
        for image in case.images:
            layers += _layers(files, image, f"{title} {image.name}".strip(), as_mask=False)
        # Labels by name or contour mean something only in a project, which knows the names.
        if case.mask is not None and not isinstance(files.reader_of(case.mask), MaskReader):
            layers += _layers(files, case.mask, f"{title} mask", as_mask=True)
    return layers


def _folder_reader(folder: Path) -> "FolderReader | None":
    """Return the reader of folders that recognises a folder; the plain one only for files that are left to us."""
    from napari_medal.core.folder_reader import FolderReader
    from napari_medal.io.installed import installed_files
    from napari_medal.loop.finding import recognise
    from napari_medal.registry import Registry, keeps

    reader = recognise(folder, Registry[FolderReader]("napari_medal.folders", keeps(FolderReader)))
    if reader.name != _PLAIN:
        return reader
    endings = tuple(suffix for each in installed_files().readers if each.name != _PICTURES for suffix in each.suffixes)
    holds_ours = any(path.name.lower().endswith(endings) for path in folder.iterdir() if path.is_file())
    return reader if holds_ours else None


def _layers(files: "VolumeFiles", image: "FoundImage", title: str, as_mask: bool) -> "Iterator[LayerData]":
    """Give a layer for each channel of an image.

    Raises:
        FormatError: It cannot be read, or a note refuses it.
    """
    from napari_medal.contributions.layer import layer_of

    look = _look(files, image)
    for volume, name in zip(look.volumes, _titles(look, title), strict=True):
        is_mask = as_mask and len(look.volumes) == 1
        labels = _labels(volume) if is_mask else None
        yield layer_of(volume, name) if labels is None else layer_of(labels, name, "labels")


def _look(files: "VolumeFiles", image: "FoundImage") -> "CloseLook":
    """Look at an image; what is repairable is shown repaired, as nothing is kept of it, and that is told.

    Raises:
        FormatError: It cannot be read, or a note refuses it.
    """
    from napari_medal.core.file_note import Verdict
    from napari_medal.errors import FormatError

    look = files.look(image)
    if not look.volumes and any(note.verdict is Verdict.REPAIRABLE for note in look.notes):
        look = files.look(image, repair=True)
        _tell([note.words for note in look.notes if note.verdict is Verdict.REPAIRED])
    if not look.volumes:
        reasons = " ".join(note.words for note in look.notes)
        raise FormatError(reasons or f"{image.files[0]}: found no volume; wanted an image.")
    return look


def _tell(words: "Sequence[str]") -> None:
    from napari.utils.notifications import show_warning

    for sentence in words:
        show_warning(sentence)


def _titles(look: "CloseLook", title: str) -> "Sequence[str]":
    if len(look.volumes) == 1:
        return [title]
    names = look.names or tuple(f"[{channel}]" for channel in range(len(look.volumes)))
    return [f"{title} {name}" for name in names]


def _names_mask(title: str) -> bool:
    from napari_medal.io.case_name import speaks_of_mask

    return speaks_of_mask(title)


def _labels(volume: "Volume") -> "Volume | None":
    """Return a volume whose values are label values, as integers; None where they are not."""
    import numpy as np

    from napari_medal.core.volume import Volume

    array = volume.array
    if array.dtype.kind in "iu":
        return volume
    if array.dtype.kind == "b":
        return Volume(array.astype(np.uint8), volume.grid)
    whole = array.astype(np.int32)
    return Volume(whole, volume.grid) if np.array_equal(whole, array) else None
