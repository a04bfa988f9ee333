"""Masks among the derivatives of a BIDS dataset."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from napari_medal.io.bids_name import BidsName

_NUMBER = re.compile(r"[0-9]{1,9}")
_KINDS = ("dseg", "mask", "roi")
"""Suffixes of masks, the most telling first: of several labels, of one, of a region."""


def bids_masks(folder: Path) -> dict[str, list[Path]]:
    """Find the masks below a folder by exam; several for an exam are those among which its name does not choose.

    A mask of several labels (dseg) goes before those of one. Masks of the brain (desc-brain) and those in a template's
    space (space-MNI...) mark nothing that was labelled on the image, and are left out.
    """
    found: dict[str, dict[str, list[Path]]] = {}
    for path in sorted(folder.glob("**/sub-*/**/*.nii*")):
        name = BidsName.of(path)
        if name is None or name.suffix not in _KINDS or path.name.startswith("."):
            continue
        if name.label("desc") == "brain" or name.label("space").startswith("MNI"):
            continue
        found.setdefault(_exam(name), {}).setdefault(name.suffix, []).append(path)
    return {exam: kinds[next(kind for kind in _KINDS if kind in kinds)] for exam, kinds in found.items()}


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


def _exam(name: BidsName) -> str:
    run = name.label("run")
    return f"{name.session}_run-{run}" if run else name.session
