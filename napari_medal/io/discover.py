"""Find the cases in a folder and the masks that belong to them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.errors import FormatError
from napari_medal.io.case_name import case_name, masked_stem, speaks_of_mask, stem, without_modality

_CHANNEL = re.compile(r"^(?P<case>.+)_(?P<channel>\d{4})$")
"""nnU-Net's way to number the channels of a case."""


def discover(folder: Path, suffixes: tuple[str, ...]) -> list[FoundCase]:
    """Find the cases in a folder, sorted by name.

    A file is a case named by its stem; `<stem>_0000`, `<stem>_0001`, ... are the channels of one case; a
    subfolder is one case and its files, sorted, are the channels. `<stem>_mask` (or _seg, _label, _labels)
    beside `<stem>` or `<stem>_<modality>` is its mask, and so is, in a subfolder, a file with such a word.

    Raises:
        FormatError: The folder is missing, two cases have the same name, or a case has two masks.
    """
    if not folder.is_dir():
        msg = f"{folder}: found no such folder; wanted one that holds images."
        raise FormatError(msg)
    cases = _loose_cases(_readable(folder, suffixes))
    for subfolder in sorted(path for path in _entries(folder) if path.is_dir()):
        if not subfolder.name.startswith(".") and (files := _readable(subfolder, suffixes)):
            cases.append(_folder_case(subfolder, files))
    _require_own_names(cases)
    return sorted(cases, key=lambda case: case.name)


def match_masks(cases: Sequence[FoundCase], folder: Path, suffixes: tuple[str, ...]) -> dict[str, FoundImage]:
    """Find the masks of cases in another folder, by case name; cases without one are left out.

    A mask has the case's name, alone or with _mask, _seg, _label or _labels, or lies in a subfolder of that
    name.

    Raises:
        FormatError: The folder is missing, or a case has two masks.
    """
    if not folder.is_dir():
        msg = f"{folder}: found no such folder; wanted one that holds masks."
        raise FormatError(msg)
    by_stem: dict[str, list[Path]] = {}
    for path in _readable(folder, suffixes):
        by_stem.setdefault(case_name(stem(path)), []).append(path)
    masks: dict[str, FoundImage] = {}
    for case in cases:
        own = by_stem.get(case.name, []) + _masks_of(case.name, by_stem)
        mask = _only(own, case.name) or _mask_in(folder / case.name, case.name, suffixes)
        if mask is not None:
            masks[case.name] = FoundImage((mask,))
    return masks


def _readable(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """List the files that can be read, sorted; of a pair (.hdr and .img) only the header."""
    files = sorted(
        path
        for path in _entries(folder)
        if (path.is_file() or _leads_nowhere(path))
        and path.name.lower().endswith(suffixes)
        and not path.name.startswith(".")
    )
    headers = {path.stem for path in files if path.suffix.lower() == ".hdr"}
    return [path for path in files if path.suffix.lower() != ".img" or path.stem not in headers]


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder.

    Raises:
        FormatError: It may not be looked into.
    """
    try:
        return list(folder.iterdir())
    except OSError as error:
        msg = f"{folder}: found a folder that cannot be read ({error.strerror}); wanted one that holds images."
        raise FormatError(msg) from error


def _leads_nowhere(path: Path) -> bool:
    """Tell whether a file is a link to nothing: reading it says so, and nothing vanishes without a word."""
    return path.is_symlink() and not path.exists()


def _loose_cases(files: Iterable[Path]) -> list[FoundCase]:
    """Group files that lie side by side into cases."""
    groups: dict[tuple[str, str], list[Path]] = {}
    for path in files:
        match = _CHANNEL.match(stem(path))
        key = (match["case"], "") if match else (stem(path), path.name)
        groups.setdefault(key, []).append(path)
    by_stem: dict[str, list[Path]] = {}
    for (name, _), images in groups.items():
        by_stem.setdefault(name, []).extend(images)
    images_of = {name for name in by_stem if masked_stem(name) is None}
    partners = images_of | {without_modality(name) for name in images_of}
    masks = {name: paths for name, paths in by_stem.items() if masked_stem(name) in partners}
    return [
        _found(case_name(name), images, _only(_masks_of(name, masks), name))
        for (name, _), images in groups.items()
        if name not in masks
    ]


def _folder_case(folder: Path, files: list[Path]) -> FoundCase:
    images = [path for path in files if not speaks_of_mask(stem(path))]
    if not images:
        return _found(case_name(folder.name), files, None)
    masks = [path for path in files if path not in images]
    return _found(case_name(folder.name), images, _only(masks, folder.name))


def _found(name: str, images: Iterable[Path], mask: Path | None) -> FoundCase:
    return FoundCase(name, tuple(FoundImage((path,)) for path in images), None if mask is None else FoundImage((mask,)))


def _masks_of(name: str, by_stem: dict[str, list[Path]]) -> list[Path]:
    """Return the masks made for `name`, else those made for its name without the modality."""
    for wanted in dict.fromkeys((name, without_modality(name))):
        found = [path for text, paths in by_stem.items() if masked_stem(text) == wanted for path in paths]
        if found:
            return found
    return []


def _mask_in(folder: Path, name: str, suffixes: tuple[str, ...]) -> Path | None:
    """Return the mask in a case's own subfolder: the only file there, else the only one called a mask."""
    files = _readable(folder, suffixes) if folder.is_dir() else []
    return _only(files if len(files) == 1 else [path for path in files if speaks_of_mask(stem(path))], name)


def _only(masks: list[Path], name: str) -> Path | None:
    if len(masks) > 1:
        msg = f"Case {name}: found two masks, {masks[0]} and {masks[1]}; wanted one."
        raise FormatError(msg)
    return masks[0] if masks else None


def _require_own_names(cases: Iterable[FoundCase]) -> None:
    first: dict[str, Path] = {}
    for case in cases:
        if case.name in first:
            found = f"{first[case.name]} and {case.images[0].files[0]}"
            msg = f"Found {found}, both of the case {case.name}; wanted one of them."
            raise FormatError(msg)
        first[case.name] = case.images[0].files[0]
