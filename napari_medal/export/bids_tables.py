"""Descriptions and tables of a BIDS dataset."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.target import Target
from napari_medal.export.bids_names import DERIVATIVE, NOT_BIDS, BidsLayout
from napari_medal.export.program import NOTE
from napari_medal.export.table_text import table_text

_BIDS_VERSION = "1.9.0"
_IGNORED = ("manifest.json", "annotations.csv", "predicted.csv", "DATASET_CARD.md")
_NOTHING = "n/a"


def write_bids_tables(dataset: Dataset, layout: BidsLayout, folder: Path) -> None:
    """Write the descriptions of dataset and derivative, participants, sessions, and a table of each task's labels."""
    ignored = [*_IGNORED, *(f"*_{suffix}.*" for suffix in NOT_BIDS)]
    write_text_atomic(folder / ".bidsignore", "".join(f"{name}\n" for name in ignored))
    write_bids_json(folder / "dataset_description.json", _description(dataset.name, "raw"))
    derivative = _description(f"{dataset.name}, labels", "derivative") | {"DatasetLinks": {"raw": "../.."}}
    write_bids_json(folder / DERIVATIVE / "dataset_description.json", derivative)
    readme = f"# {dataset.name}, labels\n\n{NOTE} README.md of the dataset two folders up tells how they were made.\n"
    write_text_atomic(folder / DERIVATIVE / "README.md", readme)
    write_bids_json(folder / "scans.json", {"channel": {"Description": "The channel's name in the project"}})
    for name, task in dataset.tasks.items():
        if task.target is Target.MASK:
            write_text_atomic(folder / DERIVATIVE / f"seg-{layout.tasks[name]}_dseg.tsv", _labels(task))
    if layout.sessions:
        _write_sessions(dataset, layout, folder)
    columns = ["participant_id", "subject", "split", *([] if layout.sessions else _case_columns(dataset))]
    rows = [
        [f"sub-{layout.subjects[case.case.subject]}", case.case.subject, case.case.split.value]
        + ([] if layout.sessions else _case_cells(dataset, case))
        for case in {case.case.subject: case for case in reversed(dataset.cases)}.values()
    ]
    write_text_atomic(folder / "participants.tsv", _tsv([columns, *sorted(rows)]))
    write_bids_json(folder / "participants.json", _meanings(dataset, columns))


def write_bids_json(path: Path, content: Mapping[str, object]) -> None:
    """Write a description or a sidecar."""
    write_text_atomic(path, json.dumps(content, indent=2) + "\n")


def write_bids_scans(path: Path, channels: Mapping[str, str]) -> None:
    """Write the table of a case's images and the names of their channels."""
    rows = [[image, channel or _NOTHING] for image, channel in channels.items()]
    write_text_atomic(path, _tsv([["filename", "channel"], *rows]))


def _description(name: str, kind: str) -> dict[str, object]:
    made_by = {"Name": "napari-medal", "Version": version("napari-medal"), "Description": NOTE}
    return {"Name": name, "BIDSVersion": _BIDS_VERSION, "DatasetType": kind, "GeneratedBy": [made_by]}


def _write_sessions(dataset: Dataset, layout: BidsLayout, folder: Path) -> None:
    def subject(case: DatasetCase) -> str:
        return case.case.subject

    columns = ["session_id", *_case_columns(dataset)]
    for name, cases in groupby(sorted(dataset.cases, key=subject), key=subject):
        rows = [[f"ses-{layout.sessions[case.case.name]}", *_case_cells(dataset, case)] for case in cases]
        stem = f"sub-{layout.subjects[name]}"
        write_text_atomic(folder / stem / f"{stem}_sessions.tsv", _tsv([columns, *rows]))
    meanings = {name: text for name, text in _meanings(dataset, columns).items() if name != "session_id"}
    write_bids_json(folder / "sessions.json", meanings)


def _case_columns(dataset: Dataset) -> list[str]:
    return ["case", *(column for name in dataset.tasks for column in (name, f"{name}_by"))]


def _case_cells(dataset: Dataset, case: DatasetCase) -> list[str]:
    """Return a case's name and, for each task, what was said and by whom."""
    cells = [case.case.name]
    for name, task in dataset.tasks.items():
        answer = case.answers.get(name)
        if answer is None:
            cells += [_NOTHING, _NOTHING]
            continue
        if answer.class_value is not None:
            said = task.labels.by_value(answer.class_value).name
        else:
            said = "mask" if answer.value is None else repr(answer.value)
        cells += [said, answer.reader]
    return cells


def _meanings(dataset: Dataset, columns: Sequence[str]) -> dict[str, object]:
    known: dict[str, object] = {
        "subject": {"Description": "The subject's name in the project"},
        "case": {"Description": "The case's name in the project"},
        "split": {"Description": "What the subject is used for; splits never cut through a subject"},
    }
    for name, task in dataset.tasks.items():
        known[name] = {"Description": f"Answer to the task {name}: {', '.join(task.labels.titles)}"}
        known[f"{name}_by"] = {"Description": f"Who answered {name}: a reader, or a model that no reader has checked"}
    return {column: known[column] for column in columns if column in known}


def _labels(task: DatasetTask) -> str:
    rows = [[str(label.value), label.name, label.color] for label in task.labels.classes]
    return _tsv([["index", "name", "color"], ["0", "background", "#000000"], *rows])


def _tsv(rows: Sequence[Sequence[str]]) -> str:
    return table_text(rows, "\t")
