"""Masks among the derivatives of a BIDS dataset."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from napari_medal.core.found_case import FoundImage
from napari_medal.core.mask_meaning import PREDICTED, MaskMeaning
from napari_medal.core.slice_ranges import from_words
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.bids_name import BidsName
from napari_medal.io.case_name import stem
from napari_medal.io.dataset_json import read_json

_NUMBER = re.compile(r"[0-9]{1,9}")
_KINDS = ("dseg", "mask", "roi")
"""Suffixes of masks, the most telling first: of several labels, of one, of a region."""
_NO_MASKS = ("brain", "confirmed")


def bids_masks(folder: Path) -> dict[str, list[Path]]:
    """Find the masks below a folder by exam; several for an exam are those among which its name does not choose.

    A mask of several labels (dseg) goes before those of one. Masks of the brain (desc-brain), of slices that are right
    (desc-confirmed) and those in a template's space (space-MNI...) mark nothing that was labelled on the image, and are
    left out.
    """
    found: dict[str, dict[str, list[Path]]] = {}
    for path in sorted(folder.glob("**/sub-*/**/*.nii*")):
        name = BidsName.of(path)
        if name is None or name.suffix not in _KINDS or path.name.startswith("."):
            continue
        if name.label("desc") in _NO_MASKS or name.label("space").startswith("MNI"):
            continue
        found.setdefault(_exam(name), {}).setdefault(name.suffix, []).append(path)
    return {exam: kinds[next(kind for kind in _KINDS if kind in kinds)] for exam, kinds in found.items()}


def bids_mask(path: Path) -> FoundImage:
    """Return a mask with what its name and its sidecar say of it: predicted, or right in some slices only.

    Raises:
        FormatError: The sidecar of a mask that is right in part is not as it should be.
    """
    name = BidsName.of(path)
    kind = "" if name is None else name.label("desc")
    if kind == "predicted":
        return FoundImage((path,), meaning=MaskMeaning(draft=PREDICTED))
    return FoundImage((path,), meaning=_partial(path)) if kind == "partial" else FoundImage((path,))


def bids_label_names(folder: Path) -> Mapping[int, str]:
    """Return the names of values by the tables beside masks (`*_dseg.tsv`: index, name); what comes first counts."""
    names: dict[int, str] = {}
    for path in sorted(folder.glob("**/*dseg.tsv")):
        for row in read_tsv(path):
            value, name = row.get("index", ""), row.get("name", "")
            if _NUMBER.fullmatch(value) and int(value) and name:
                names.setdefault(int(value), name)
    return names


def read_tsv(path: Path) -> Iterable[Mapping[str, str]]:
    """Return the rows of a table; none where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    except (OSError, ValueError, csv.Error):
        return []
    return [{key: value.strip() for key, value in row.items() if key and isinstance(value, str)} for row in rows]


def _partial(path: Path) -> MaskMeaning:
    sidecar = path.with_name(f"{stem(path)}.json")
    slices = read_json(sidecar).get("ConfirmedSlices") if sidecar.is_file() else None
    if slices is None:
        return MaskMeaning(draft="only a part of it is right, and nothing says which slices")
    try:
        return MaskMeaning(confirmed=tuple(from_words(str(slices))))
    except GeometryError as error:
        msg = f"{sidecar}: {error}"
        raise FormatError(msg) from error


def _exam(name: BidsName) -> str:
    run = name.label("run")
    return f"{name.session}_run-{run}" if run else name.session
