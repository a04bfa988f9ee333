"""The form of the Medical Segmentation Decathlon."""

import json
from dataclasses import dataclass
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.mask_sets import MaskSet, SetCase, folder_name
from napari_medal.export.program import NOTE, program
from napari_medal.export.set_writing import PlacedSet, SetWriter


@dataclass(frozen=True)
class DecathlonExporter:
    """Writes `Task01_<Name>/`, one for each task that draws: one file a case, four-dimensional if it has more channels.

    Labels keep their values. Each entry of `dataset.json` has its `split` and, for MONAI's programs, a `fold`: 0 for
    validation, 1 for the rest. The test set lies in `imagesTs`, and its masks, which the Decathlon hid, in `labelsTs`.
    """

    name: str = "decathlon"
    title: str = "Medical Segmentation Decathlon"

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: As `SetWriter.write`.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        return _DecathlonWriter().write(dataset, folder, progress)


class _DecathlonWriter(SetWriter):
    format_name = "decathlon"

    def folder_of(self, content: MaskSet, place: int) -> str:
        return f"Task{1 + place:02d}_{folder_name(content.title)}"

    def mask_path(self, case: SetCase) -> str:
        return _mask_path(case)

    def write_case(self, case: SetCase, placed: PlacedSet, files: CaseFiles) -> int:
        channels = files.write_stack(placed.folder / _image_path(case))
        files.write_mask(case.annotation, placed.folder / self.mask_path(case), placed.content.scheme)
        return channels

    def describe(self, placed: PlacedSet, channels: int) -> None:
        text = json.dumps(_description(placed.content, channels), indent=2)
        write_text_atomic(placed.folder / "dataset.json", text + "\n")


def _description(content: MaskSet, channels: int) -> dict[str, object]:
    training = [case for case in content.cases if not case.is_test]
    test = [case for case in content.cases if case.is_test]
    names = content.channels if len(content.channels) == channels else [f"channel_{n}" for n in range(channels)]
    labels = {0: "background"} | {label.value: label.name for label in content.scheme.classes}
    return {
        "name": content.title,
        "description": f"{NOTE} See README.md and manifest.json one folder up.",
        "reference": program(),
        "licence": "To be filled in by the dataset's owner",
        "release": "",
        "tensorImageSize": "3D" if channels == 1 else "4D",
        "modality": {str(place): name for place, name in enumerate(names)},
        "labels": {str(value): name for value, name in sorted(labels.items())},
        "numTraining": len(training),
        "numTest": len(test),
        "training": [_entry(case) for case in training],
        "test": [_entry(case) for case in test],
        "napari_medal": {
            "task": content.task,
            "predicted": [case.name for case in content.cases if not case.annotation.accepted],
        },
    }


def _entry(case: SetCase) -> dict[str, object]:
    split = case.case.case.split
    return {
        "image": f"./{_image_path(case)}",
        "label": f"./{_mask_path(case)}",
        "split": split.value,
        "fold": 0 if split.value == "validation" else 1,
    }


def _image_path(case: SetCase) -> str:
    return f"images{_kind(case)}/{case.name}.nii.gz"


def _mask_path(case: SetCase) -> str:
    return f"labels{_kind(case)}/{case.name}.nii.gz"


def _kind(case: SetCase) -> str:
    return "Ts" if case.is_test else "Tr"


EXPORTER = DecathlonExporter()
