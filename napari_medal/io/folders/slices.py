"""Folders of 2D slices, one file each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.case_name import case_name, masked_stem, stem
from napari_medal.io.picture import READER
from napari_medal.io.slice_numbers import in_order

_SLICE = re.compile(r"^(?P<case>.*?)[_\-. ]?(?P<number>\d+)$")
_SLICE_WORDS = frozenset({"slice", "z"})
_LEAST_SLICES = 3


@dataclass(frozen=True)
class SlicesFolder:
    """Joins pictures that a number counts: `<case>_<n>.tif`, with `<case>_<n>_mask.tif` as slices of the mask.

    They lie in the folder itself or in one folder for each case. What is recognised without being named is strict, so
    that pictures of many patients are never taken for slices of one: all pictures of a folder are called after it (or
    "slice", or "z") and counted, its name has a digit, and there are at least three.
    """

    name: str = "slices"
    title: str = "folder of slices"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether the folder, or each of its folders, holds the slices of one case."""
        try:
            if not folder.is_dir():
                return False
            if _pictures(folder):
                return _is_stack(folder)
            subfolders = _subfolders(folder)
            return bool(subfolders) and all(_is_stack(subfolder) for subfolder in subfolders)
        except OSError:
            return False

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the stacks: files of one folder whose names differ in the last number alone."""
        images, masks = _stacks(folder, want_masks=False), _stacks(folder, want_masks=True)
        return [
            FoundCase(name, (_stack(files),), _stack(masks[name]) if name in masks else None)
            for name, files in sorted(images.items())
        ]

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find stacks of masks, marked as such or not, by the names of their cases."""
        found = _stacks(folder, want_masks=False) | _stacks(folder, want_masks=True)
        return {case.name: _stack(found[case.name]) for case in cases if case.name in found}


FOLDER = SlicesFolder()


def _stack(files: Sequence[Path]) -> FoundImage:
    return FoundImage(in_order(files), reader=READER.name)


def _stacks(folder: Path, want_masks: bool) -> dict[str, list[Path]]:
    """Return the slices of each case in a folder and its folders, by case name."""
    stacks: dict[str, list[Path]] = {}
    for place in (folder, *_subfolders(folder)):
        for path in _pictures(place):
            masked = masked_stem(stem(path))
            match = _SLICE.match(stem(path) if masked is None else masked)
            if match and (masked is not None) is want_masks:
                own = match["case"]
                name = place.name if own.lower() in {"", *_SLICE_WORDS} else own
                stacks.setdefault(case_name(name), []).append(path)
    return stacks


def _pictures(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.iterdir()
        if path.name.lower().endswith(READER.suffixes) and not path.name.startswith(".") and path.is_file()
    ]


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _is_stack(folder: Path) -> bool:
    """Tell whether all pictures of a folder are slices of one case, beyond doubt."""
    matches = [_SLICE.match(masked_stem(stem(path)) or stem(path)) for path in _pictures(folder)]
    names = {match["case"] for match in matches if match}
    if not all(matches) or len(names) != 1 or not re.search(r"\d", folder.name):
        return False
    name = names.pop()
    slices = {match["number"] for match in matches if match}
    return len(slices) >= _LEAST_SLICES and (name == folder.name or name.lower() in _SLICE_WORDS)
