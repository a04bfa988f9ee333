"""Folders as nnU-Net wants them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from napari_medal.core.case import Split
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.mask_meaning import MaskMeaning
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.case_name import case_name
from napari_medal.io.dataset_json import by_number, file_in, find_dataset_json, read_json
from napari_medal.io.own_words import PREDICTED_ENDING, OwnWords

_CHANNEL = re.compile(r"^(?P<case>.+)_(?P<channel>\d{4})$")
_ENDING = re.compile(r"(\.[A-Za-z0-9]+)+")
_LABELLED = ("Tr", Split.UNDRAWN), ("Ts", Split.TEST)
_IGNORE = "ignore"


@dataclass(frozen=True)
class NnunetFolder:
    """Reads a raw dataset of nnU-Net version 2: `imagesTr/case_0000.nii.gz`, `labelsTr/case.nii.gz`, `dataset.json`.

    `imagesTs` is the test set. The first fold of `splits_final.json`, here or in the folder of preprocessed data beside
    that of raw data, says what is for validation. Slices with voxels of the label "ignore" are not confirmed. A set
    that we have written gets the project's values back, and what only a model has drawn is a draft. Isensee et al.,
    nnU-Net, Nature Methods 2021; documentation/dataset_format.md of its version 2.
    """

    name: str = "nnunet"
    title: str = "nnU-Net dataset"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether its dataset.json names channels and a file ending."""
        table = find_dataset_json(folder)
        return table is not None and isinstance(table.get("channel_names"), dict) and "file_ending" in table

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the cases of imagesTr and imagesTs, or those that the table lists.

        Raises:
            FormatError: A table is not as it should be, or two cases have the same name.
        """
        path = folder / "dataset.json"
        table = read_json(path)
        names = by_number(table.get("channel_names"), "channel names", path)
        drawn = _first_fold(folder)
        own, meaning = OwnWords.of(table, path), _meaning(table, path)
        cases: dict[str, FoundCase] = {}
        for name, images, mask, split in _groups(folder, table):
            found = None if mask is None else _mask(mask, name, meaning, own)
            case = _case(own.case_of(name), images, found, _split(name, split, drawn, own), names)
            if case.name in cases:
                msg = f"{path}: found the case {case.name} twice; wanted it once."
                raise FormatError(msg)
            cases[case.name] = case
        return [cases[name] for name in sorted(cases)]

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find the masks of cases in labelsTr and labelsTs.

        Raises:
            FormatError: The table is not as it should be.
        """
        described = folder / "dataset.json"
        table = read_json(described)
        own, meaning = OwnWords.of(table, described), _meaning(table, described)
        ending = _ending(table, folder)
        found: dict[str, FoundImage] = {}
        for case in cases:
            for name in (case.name, *own.predicted & {f"{case.name}{PREDICTED_ENDING}"}):
                for which, _ in _LABELLED:
                    path = folder / f"labels{which}" / f"{name}{ending}"
                    if path.is_file():
                        found.setdefault(case.name, _mask(path, name, meaning, own))
        return found

    def label_names(self, folder: Path) -> Mapping[int, str]:
        """Return the names of the values in its masks; regions of several values are left out.

        Raises:
            FormatError: The table is not as it should be.
        """
        path = folder / "dataset.json"
        table = read_json(path)
        own, labels = OwnWords.of(table, path), _labels(table, path)
        return {own.label_values.get(name, value): name for name, value in labels.items() if value and name != _IGNORE}


FOLDER = NnunetFolder()

_Group = tuple[str, dict[int, Path], Path | None, Split]


def _groups(folder: Path, table: Mapping[str, Any]) -> Iterator[_Group]:
    """Give out each case: its name, its channels by number, its mask, and the split that its folder means."""
    listed = table.get("dataset")
    if isinstance(listed, dict):
        yield from _listed(folder, listed)
        return
    ending = _ending(table, folder)
    for which, split in _LABELLED:
        groups: dict[str, dict[int, Path]] = {}
        images = folder / f"images{which}"
        for path in sorted(images.iterdir()) if images.is_dir() else ():
            match = _CHANNEL.match(path.name.removesuffix(ending))
            if match and path.name.endswith(ending) and not path.name.startswith("."):
                groups.setdefault(match["case"], {})[int(match["channel"])] = path
        for name, channels in groups.items():
            mask = folder / f"labels{which}" / f"{name}{ending}"
            yield name, channels, mask if mask.is_file() else None, split


def _ending(table: Mapping[str, Any], folder: Path) -> str:
    ending = table.get("file_ending")
    if not isinstance(ending, str) or not _ENDING.fullmatch(ending):
        msg = f"{folder / 'dataset.json'}: found the file ending {ending!r}; wanted such as '.nii.gz'."
        raise FormatError(msg)
    return ending


def _listed(folder: Path, listed: Mapping[str, Any]) -> Iterator[_Group]:
    path = folder / "dataset.json"
    for name, entry in sorted(listed.items()):
        images = entry.get("images") if isinstance(entry, dict) else None
        label = entry.get("label") if isinstance(entry, dict) else None
        if not isinstance(images, list) or not all(isinstance(image, str) for image in [*images, label or ""]):
            msg = f'{path}: found the entry {entry!r} for {name}; wanted "images" and "label".'
            raise FormatError(msg)
        channels = {number: file_in(folder, image, path) for number, image in enumerate(images)}
        yield name, channels, file_in(folder, label, path) if label else None, Split.UNDRAWN


def _case(
    name: str, images: Mapping[int, Path], mask: FoundImage | None, split: Split, channels: Mapping[int, str]
) -> FoundCase:
    found = tuple(FoundImage((path,), name=channels.get(number, "")) for number, path in sorted(images.items()))
    notes: tuple[FileNote, ...] = ()
    if sorted(images) != sorted(channels):
        words = f"Case {name}: found the channels {sorted(images)}; wanted {sorted(channels)}, as dataset.json says."
        notes = (FileNote(NoteKind.OTHER, Verdict.REFUSED, words),)
    return FoundCase(case_name(name), found, mask, split=split, notes=notes)


def _mask(path: Path, name: str, meaning: MaskMeaning, own: OwnWords) -> FoundImage:
    return FoundImage((path,), meaning=replace(meaning, draft=own.draft_of(name)))


def _meaning(table: Mapping[str, Any], path: Path) -> MaskMeaning:
    """Return how its masks are to be read.

    Raises:
        FormatError: The table is not as it should be.
    """
    labels, values = _labels(table, path), OwnWords.of(table, path).label_values
    if missing := [name for name in values if name not in labels]:
        msg = f'{path}: found no value for {", ".join(missing)}; wanted one for all that are under "label_values".'
        raise FormatError(msg)
    pairs = tuple((labels[name], value) for name, value in values.items())
    return MaskMeaning(() if all(stored == value for stored, value in pairs) else pairs, labels.get(_IGNORE))


def _labels(table: Mapping[str, Any], path: Path) -> dict[str, int]:
    """Return the values of labels; regions of several values are left out."""
    labels = table.get("labels", {})
    if not isinstance(labels, dict):
        msg = f"{path}: found labels that are no table; wanted names with their values."
        raise FormatError(msg)
    return {str(name): value for name, value in labels.items() if type(value) is int}


def _split(name: str, split: Split, drawn: Mapping[str, Split], own: OwnWords) -> Split:
    """Return a case's split: by the fold, but for those that we said are in none."""
    if split is Split.TEST or own.undrawn is None:
        return drawn.get(name, split)
    return Split.UNDRAWN if name in own.undrawn else drawn.get(name, Split.TRAINING)


def _first_fold(folder: Path) -> dict[str, Split]:
    """Return the split of each case by the first fold of splits_final.json; empty where there is none."""
    preprocessed = folder.resolve().parent.parent / "nnUNet_preprocessed" / folder.resolve().name
    for path in (folder / "splits_final.json", preprocessed / "splits_final.json"):
        if path.is_file():
            return _fold(path)
    return {}


def _fold(path: Path) -> dict[str, Split]:
    try:
        folds = json.loads(path.read_text(encoding="utf-8"))
        training, validation = folds[0]["train"], folds[0]["val"]
        drawn = dict.fromkeys(map(str, training), Split.TRAINING)
        return drawn | dict.fromkeys(map(str, validation), Split.VALIDATION)
    except (OSError, RecursionError, ValueError, TypeError, KeyError, IndexError) as error:
        msg = f'{path}: found no list of folds with "train" and "val" ({error}); wanted one.'
        raise FormatError(msg) from error
