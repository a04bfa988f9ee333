"""What files are called in a BIDS dataset."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from napari_medal.core.case import Case
from napari_medal.core.dataset import Dataset

DERIVATIVE = "derivatives/napari-medal"
_SUFFIXES = {
    "T1w": ("t1", "t1w", "mprage", "t1n", "bravo"),
    "T2w": ("t2", "t2w"),
    "FLAIR": ("flair", "t2f", "t2flair"),
    "PDw": ("pd", "pdw"),
    "T2starw": ("t2star", "t2starw", "swi"),
    "ct": ("ct",),
}
_CONTRAST = ("t1c", "t1ce", "t1gd", "t1post", "t1wc", "t1wce", "t1wgd")
UNKNOWN_NOTE = (
    "BIDS has no suffix for an image of unknown contrast: T1w stands for none, and the acquisition label says what is "
    "known."
)
NOT_BIDS = ("ct",)
"""Suffixes that BIDS knows as a proposal only (BEP 24)."""


@dataclass(frozen=True)
class ChannelName:
    """How a channel is called: entities such as ("acq", "ADC"), and the suffix; `is_known` if BIDS has one for it."""

    entities: tuple[tuple[str, str], ...]
    suffix: str
    is_known: bool = True

    def __str__(self) -> str:
        return "".join(f"_{key}-{label}" for key, label in self.entities) + f"_{self.suffix}"


def channel_names(names: Sequence[str]) -> list[ChannelName]:
    """Return what the channels of a case are called; those that would be called alike are numbered as runs."""
    plain = [_channel_name(name) for name in names]
    counts: dict[ChannelName, int] = {}
    numbered = []
    for name in plain:
        counts[name] = counts.get(name, 0) + 1
        run = (("run", str(counts[name])),) if plain.count(name) > 1 else ()
        numbered.append(ChannelName((*name.entities, *run), name.suffix, name.is_known))
    return numbered


def labels_of(names: Iterable[str]) -> dict[str, str]:
    """Return a label of letters and digits for each name, no two alike."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        wanted = label = _alphanumeric(name) or "x"
        number = 1
        while label.lower() in taken:
            number += 1
            label = f"{wanted}n{number}"
        taken.add(label.lower())
        labels[name] = label
    return labels


@dataclass(frozen=True)
class BidsLayout:
    """Where each case lies.

    Args:
        subjects: The label of each subject.
        sessions: The label of each case; empty where no subject has several.
        tasks: The label of each task.
    """

    subjects: Mapping[str, str]
    sessions: Mapping[str, str]
    tasks: Mapping[str, str]

    @classmethod
    def of(cls, dataset: Dataset) -> "BidsLayout":
        """Name tasks, subjects and, if one of them has several cases, sessions."""
        cases = [case.case for case in dataset.cases]
        subjects = labels_of(case.subject for case in cases)
        sessions = labels_of(case.name for case in cases) if len(subjects) < len(cases) else {}
        return cls(subjects, sessions, labels_of(dataset.tasks))

    def stem(self, case: Case) -> str:
        """Return how the names of a case's files begin."""
        return f"sub-{self.subjects[case.subject]}{self._session(case, '_')}"

    def folder(self, case: Case) -> str:
        """Return the folder of a case's images."""
        return f"sub-{self.subjects[case.subject]}{self._session(case, '/')}/anat"

    def scans(self, case: Case) -> str:
        """Return the path of the table of a case's images."""
        return f"{self.folder(case).removesuffix('/anat')}/{self.stem(case)}_scans.tsv"

    def mask_stem(self, case: Case, task: str, what: str) -> str:
        """Return the path, without its ending, of a case's mask for a task; `what` is a word for its state."""
        return f"{DERIVATIVE}/{self.folder(case)}/{self.stem(case)}_seg-{self.tasks[task]}_desc-{what}_dseg"

    def confirmed_stem(self, case: Case, task: str) -> str:
        """Return the path, without its ending, of the mask of what is confirmed: BIDS knows no "seg" there."""
        return f"{DERIVATIVE}/{self.folder(case)}/{self.stem(case)}_label-{self.tasks[task]}_desc-confirmed_mask"

    def _session(self, case: Case, before: str) -> str:
        return f"{before}ses-{self.sessions[case.name]}" if self.sessions else ""


def _channel_name(name: str) -> ChannelName:
    plain = _alphanumeric(name).lower()
    if plain in _CONTRAST:
        return ChannelName((("ce", "gadolinium"),), "T1w")
    for suffix, known in _SUFFIXES.items():
        if plain in known:
            return ChannelName((), suffix)
    return ChannelName((("acq", _alphanumeric(name) or "unknown"),), "T1w", is_known=False)


def _alphanumeric(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)
