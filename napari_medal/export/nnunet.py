"""nnU-Net's raw dataset, version 2."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_text_atomic
from napari_medal.core.case import Split
from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import SliceRanges, as_flags, in_words
from napari_medal.errors import ExportError
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.mask_sets import MaskSet, SetCase, folder_name
from napari_medal.export.program import NOTE, program
from napari_medal.export.set_writing import PlacedSet, SetWriter
from napari_medal.types import LabelArray

_FIRST_NUMBER = 501
"""Lower ones belong to datasets that everybody knows."""
_IGNORE = "ignore"
_OWN_NAMES = ("background", _IGNORE)


@dataclass(frozen=True)
class NnunetExporter:
    """Writes `Dataset501_<Name>/`, one for each task that draws, so that the folder itself can be `nnUNet_raw`.

    Labels get consecutive values in the scheme's order, as nnU-Net wants them; `dataset.json` says under `napari_medal`
    which values the project has. Slices that no reader has confirmed are nnU-Net's "ignore". The test set lies in
    `imagesTs` and `labelsTs`; the project's training and validation set are the one fold of `splits_final.json`.
    """

    name: str = "nnunet"
    title: str = "nnU-Net v2, raw"
    says_what_is_confirmed: bool = True

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: As `SetWriter.write`; or a label is called like one of nnU-Net's own.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        return _NnunetWriter().write(dataset, folder, progress)


class _NnunetWriter(SetWriter):
    format_name = "nnunet"

    def folder_of(self, content: MaskSet, place: int) -> str:
        _require_free_names(content.scheme)
        return f"Dataset{_FIRST_NUMBER + place:03d}_{folder_name(content.title)}"

    def mask_path(self, case: SetCase) -> str:
        return f"labels{_kind(case)}/{case.name}.nii.gz"

    def write_case(self, case: SetCase, placed: PlacedSet, files: CaseFiles) -> int:
        scheme, confirmed = placed.content.scheme, case.annotation.confirmed
        images = placed.folder / f"images{_kind(case)}"
        channels = files.write_channels(lambda channel: images / f"{case.name}_{channel:04d}.nii.gz")
        is_kept = _is_consecutive(scheme) and confirmed is None
        change = None if is_kept else partial(_renumbered, scheme=scheme, confirmed=confirmed)
        files.write_mask(case.annotation, placed.folder / self.mask_path(case), scheme, change)
        return channels

    def describe(self, placed: PlacedSet, channels: int) -> None:
        content = placed.content
        _write_json(placed.folder / "dataset.json", _description(content, channels))
        training, validation = (
            content.names(Split.TRAINING, Split.UNDRAWN),
            content.names(Split.VALIDATION),
        )
        if training and validation:
            _write_json(placed.folder / "splits_final.json", [{"train": training, "val": validation}])


def _description(content: MaskSet, channels: int) -> dict[str, object]:
    scheme = content.scheme
    partly = {case.name: in_words(case.annotation.confirmed) for case in content.cases if case.annotation.confirmed}
    labels = {"background": 0} | {name: place for place, name in enumerate(scheme.names, start=1)}
    names = content.channels if len(content.channels) == channels else [f"channel_{n}" for n in range(channels)]
    return {
        "name": content.title,
        "description": f"{NOTE} See README.md and manifest.json one folder up.",
        "licence": "To be filled in by the dataset's owner",
        "converted_by": program(),
        "channel_names": {str(place): name for place, name in enumerate(names)},
        "labels": labels | ({_IGNORE: len(scheme) + 1} if partly else {}),
        "numTraining": sum(not case.is_test for case in content.cases),
        "file_ending": ".nii.gz",
        "napari_medal": {
            "task": content.task,
            "label_values": {label.name: label.value for label in scheme.classes},
            "confirmed_slices": partly,
            "predicted": [case.name for case in content.cases if not case.annotation.accepted],
            "undrawn": content.names(Split.UNDRAWN),
        },
    }


def _renumbered(mask: LabelArray, scheme: LabelScheme, confirmed: SliceRanges | None) -> LabelArray:
    """Return (Z, Y, X) consecutive values, and one more where nobody has confirmed them."""
    indices = scheme.to_indices(mask)
    indices[~as_flags(confirmed, len(mask))] = np.uint8(len(scheme) + 1)
    return indices


def _is_consecutive(scheme: LabelScheme) -> bool:
    return scheme.values == tuple(range(1, len(scheme) + 1))


def _kind(case: SetCase) -> str:
    return "Ts" if case.is_test else "Tr"


def _require_free_names(scheme: LabelScheme) -> None:
    for name in _OWN_NAMES:
        if name in scheme.names:
            msg = f"Found a label called '{name}', which nnU-Net keeps for itself; wanted another name."
            raise ExportError(msg)


def _write_json(path: Path, content: object) -> None:
    write_text_atomic(path, json.dumps(content, indent=2) + "\n")


EXPORTER = NnunetExporter()
