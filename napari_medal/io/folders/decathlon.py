"""Folders as the Medical Segmentation Decathlon has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from napari_medal.core.case import Split
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.mask_meaning import MaskMeaning
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.case_name import case_name, stem
from napari_medal.io.dataset_json import by_number, file_in, find_dataset_json, read_json
from napari_medal.io.discover import match_masks
from napari_medal.io.installed import installed_files
from napari_medal.io.own_words import PREDICTED_ENDING, OwnWords

_LISTS = (("training", Split.UNDRAWN), ("validation", Split.VALIDATION), ("test", Split.TEST))


@dataclass(frozen=True)
class DecathlonFolder:
    """Reads `dataset.json` with its lists of files; a file of four axes holds one volume for each modality.

    The list "training" is what may be learned from and validated on, so its cases are left undrawn, unless an entry
    names its "split". In a set that we have written, what only a model has drawn is a draft. Antonelli et al., "The
    Medical Segmentation Decathlon", Nature Communications 2022.
    """

    name: str = "decathlon"
    title: str = "Medical Segmentation Decathlon dataset"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether its dataset.json lists the files to train on and the modalities."""
        table = find_dataset_json(folder)
        return table is not None and isinstance(table.get("training"), list) and isinstance(table.get("modality"), dict)

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the cases that the lists name.

        Raises:
            FormatError: The table is not as it should be, or two entries make the same case.
        """
        path = folder / "dataset.json"
        table = read_json(path)
        modalities = by_number(table.get("modality"), "modalities", path)
        own = OwnWords.of(table, path)
        cases: dict[str, FoundCase] = {}
        for key, split in _LISTS:
            for entry in _entries(folder, table.get(key, []), path):
                case = _case(entry, modalities, split, own)
                if case.name in cases:
                    msg = f"{path}: found the case {case.name} twice; wanted it once."
                    raise FormatError(msg)
                cases[case.name] = case
        return [cases[name] for name in sorted(cases)]

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find masks in its labelsTr and labelsTs by the names of their cases.

        Raises:
            FormatError: A case has two masks, or the table is not as it should be.
        """
        path = folder / "dataset.json"
        own, suffixes = OwnWords.of(read_json(path), path), installed_files().suffixes
        places = [place for place in (folder / "labelsTs", folder / "labelsTr") if place.is_dir()] or [folder]
        drawn = [FoundCase(name, ()) for case in cases if (name := f"{case.name}{PREDICTED_ENDING}") in own.predicted]
        found: dict[str, FoundImage] = {}
        for wanted in (drawn, cases):
            for place in places:
                masks = match_masks(wanted, place, suffixes)
                found |= {own.case_of(name): _mask(mask.files[0], own) for name, mask in masks.items()}
        return found

    def label_names(self, folder: Path) -> Mapping[int, str]:
        """Return the names of the values in its masks.

        Raises:
            FormatError: The table is not as it should be.
        """
        path = folder / "dataset.json"
        names = by_number(read_json(path).get("labels", {}), "labels", path)
        return {value: name for value, name in names.items() if value}


FOLDER = DecathlonFolder()


@dataclass(frozen=True)
class _Entry:
    """An image with its mask, and the split that is said of it."""

    image: Path
    mask: Path | None
    split: Split | None


def _entries(folder: Path, listed: Any, path: Path) -> Iterator[_Entry]:
    """Give out each entry of a list: {"image": ..., "label": ...}, or the image alone."""
    if not isinstance(listed, list):
        msg = f"{path}: found a {type(listed).__name__}; wanted a list of files."
        raise FormatError(msg)
    for entry in listed:
        image = entry.get("image") if isinstance(entry, dict) else entry
        label = entry.get("label") if isinstance(entry, dict) else None
        if not isinstance(image, str) or not (label is None or isinstance(label, str)):
            msg = f"{path}: found the entry {entry!r}; wanted the name of a file, or an image with its label."
            raise FormatError(msg)
        found, mask = file_in(folder, image, path), None if label is None else file_in(folder, label, path)
        if not found.name.startswith("."):  # leftovers of macOS, in the original archives too
            stated = entry.get("split") if isinstance(entry, dict) else None
            yield _Entry(found, mask, Split(stated) if stated in list(Split) else None)


def _case(entry: _Entry, modalities: Mapping[int, str], split: Split, own: OwnWords) -> FoundCase:
    whole = FoundImage((entry.image,))
    if len(modalities) == 1:
        images: tuple[FoundImage, ...] = (replace(whole, name=next(iter(modalities.values()))),)
    else:
        images = tuple(replace(whole, name=name, volume=number) for number, name in modalities.items())
    mask = None if entry.mask is None else _mask(entry.mask, own)
    return FoundCase(case_name(own.case_of(stem(entry.image))), images, mask, split=entry.split or split)


def _mask(path: Path, own: OwnWords) -> FoundImage:
    return FoundImage((path,), meaning=MaskMeaning(draft=own.draft_of(stem(path))))
