"""The check of an exporter."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask, Exporter, ExportReport
from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.progress import CurvePoint
from napari_medal.core.quantity import Quantity
from napari_medal.core.series_source import SeriesSource, SliceSource
from napari_medal.core.target import Target
from napari_medal.errors import ExportError, ExtensionError, JobCancelled
from napari_medal.testing.breach import require, require_identity

_SCHEME = LabelScheme((LabelClass(1, "left", PALETTE[0]), LabelClass(4, "right", PALETTE[1])))
_DRAWN = {"segmentation": DatasetTask(Target.MASK, _SCHEME)}
_CHOSEN = {"classification": DatasetTask(Target.CLASS, _SCHEME)}
_MEASURED = {"regression": DatasetTask(Target.VALUE, LabelScheme((), Quantity("length", "mm", 0.0, 10.0)))}
_FIRST_RAS_MM = (10.0, -7.0, 3.0)
"""Where the first voxel of an image lies, as NIfTI says it."""


@dataclass
class _CancelAt:
    """Progress that cancels at one of its calls; never at call 0."""

    call: int
    calls: int = 0

    def step(self, done: int, total: int, text: str) -> None:  # noqa: ARG002 - shape of the protocol
        self.check()

    def point(self, point: CurvePoint) -> None:  # noqa: ARG002 - shape of the protocol
        self.check()

    def check(self) -> None:
        self.calls += 1
        if self.calls == self.call:
            raise JobCancelled


def check_exporter(exporter: Exporter, folder: Path) -> None:
    """Check that two phantom cases are written whole, or not at all.

    The phantom is offered with a mask task, a class task, a value task, and all of them; the exporter may refuse what
    its format cannot hold, but not all four. Its cases name the DICOM series that they could have been made from.

    Args:
        exporter: What is checked.
        folder: An empty folder where the check may write.

    Raises:
        ExtensionError: The first promise that is not kept.

    """
    what = require_identity("exporter", exporter, Exporter)
    accepted = 0
    offers = {"masks": _DRAWN, "classes": _CHOSEN, "values": _MEASURED, "all": _DRAWN | _CHOSEN | _MEASURED}
    for name, tasks in offers.items():
        place = folder / name
        place.mkdir()
        dataset = _phantom(tasks, place / "sources")
        accepted += _check_writing(f"{what} on {name}", exporter, dataset, place)
    require(accepted, f"{what} refused masks, classes, values, and all together.")


def _check_writing(what: str, exporter: Exporter, dataset: Dataset, place: Path) -> bool:
    sources = _contents(place)
    watch = _CancelAt(0)
    target = place / "dataset"
    try:
        report = exporter.write(dataset, target, watch)
    except ExportError:
        _require_nothing(f"{what}: after a refusal", target, place, sources)
        return False
    except Exception as error:  # an exporter may raise anything
        msg = f"{what} raised {type(error).__name__}: {error}"
        raise ExtensionError(msg) from error
    _check_report(what, report, target)
    after = _contents(place)
    require(all(after.get(path) == data for path, data in sources.items()), f"{what} changed a source file.")
    require(watch.calls, f"{what} never calls its progress: it cannot be cancelled.")
    for call in sorted({1, (watch.calls + 1) // 2, watch.calls}):
        _check_cancel(f"{what}, cancelled at call {call} of its progress", exporter, dataset, place, call)
    _check_full_folder(what, exporter, dataset, place)
    return True


def _check_report(what: str, report: ExportReport, target: Path) -> None:
    require(isinstance(report, ExportReport), f"{what} gave {type(report).__name__}; wanted an ExportReport.")
    require(report.folder == target, f"{what} reports the folder {report.folder}; wanted {target}.")
    require(report.cases == 2, f"{what} reports {report.cases} cases; wanted 2.")
    files = len(_contents(target))
    require(files, f"{what} wrote no file.")
    require(report.files == files, f"{what} reports {report.files} files; wrote {files}.")


def _check_cancel(what: str, exporter: Exporter, dataset: Dataset, place: Path, call: int) -> None:
    target = place / f"cancelled{call}"
    before = _contents(place)
    watch = _CancelAt(call)
    try:
        exporter.write(dataset, target, watch)
    except JobCancelled:
        _require_nothing(what, target, place, before)
        return
    except Exception as error:  # an exporter may raise anything
        msg = f"{what}, raised {type(error).__name__}: {error}"
        raise ExtensionError(msg) from error
    # Who waits for threads may be called less often the second time.
    require(watch.calls < call, f"{what}, went on; wanted JobCancelled to pass.")


def _check_full_folder(what: str, exporter: Exporter, dataset: Dataset, place: Path) -> None:
    target = place / "full"
    target.mkdir()
    (target / "mine.txt").write_text("keep me", encoding="utf-8")
    before = _contents(place)
    try:
        exporter.write(dataset, target, _CancelAt(0))
    except ExportError:
        require(_contents(place) == before, f"{what} refused a full folder but touched files.")
        return
    except Exception as error:  # an exporter may raise anything
        msg = f"{what} raised {type(error).__name__} for a full folder; wanted ExportError: {error}"
        raise ExtensionError(msg) from error
    msg = f"{what} wrote into a folder that was not empty; wanted ExportError."
    raise ExtensionError(msg)


def _require_nothing(what: str, target: Path, place: Path, before: dict[Path, bytes]) -> None:
    require(
        _contents(place) == before and not (target.exists() and any(target.iterdir())),
        f"{what}, left files behind.",
    )


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _phantom(tasks: dict[str, DatasetTask], folder: Path) -> Dataset:
    folder.mkdir()
    cases = (
        _phantom_case("first", Split.TRAINING, tasks, folder, 1),
        _phantom_case("second", Split.TEST, tasks, folder, 2),
    )
    return Dataset("phantom", tasks, cases)


def _phantom_case(name: str, split: Split, tasks: dict[str, DatasetTask], folder: Path, number: int) -> DatasetCase:
    rng = np.random.default_rng(number)
    image, mask = folder / f"{name}.nii.gz", folder / f"{name}_mask.nii.gz"
    _save(rng.integers(0, 1000, (6, 5, 4)).astype(np.int16), image)
    _save(rng.choice(np.array([0, 1, 4], dtype=np.uint8), (6, 5, 4)), mask)
    made = datetime(2026, 1, number, tzinfo=UTC)
    annotations = {
        task: Annotation(
            number,
            name,
            task,
            1,
            "reader",
            made,
            60.0,
            None,
            None,
            mask=mask if wanted.target is Target.MASK else None,
            class_value=4 if wanted.target is Target.CLASS else None,
            value=number + 0.1 if wanted.target is Target.VALUE else None,
        )
        for task, wanted in tasks.items()
    }
    case = Case(name, f"subject-{name}", split, CaseState.ACCEPTED, (image,))
    return DatasetCase(case, annotations, sources=(_series(number),))


def _save(array: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", path: Path) -> None:
    import nibabel

    affine = np.diag([1.0, 1.0, 2.5, 1.0])
    affine[:2, :2] = [[0.0, -1.0], [0.8, 0.0]]
    affine[:3, 3] = _FIRST_RAS_MM
    nibabel.Nifti1Image(array, affine).to_filename(path)  # type: ignore[no-untyped-call]


def _series(number: int) -> SeriesSource:
    """Return the DICOM series that an image of `_save` could have been made from: its columns are the first axis."""
    x, y, z = _FIRST_RAS_MM
    study = f"2.25.{number}"
    slices = tuple(SliceSource(f"{study}.1.{k + 1}", 0, (-x, -y, z + 2.5 * k)) for k in range(4))
    along_row, along_column = (0.0, -1.0, 0.0), (1.0, 0.0, 0.0)
    ct = "1.2.840.10008.5.1.4.1.1.2"
    orientation = (*along_row, *along_column)
    return SeriesSource(study, f"{study}.1", f"{study}.2", ct, "CT", 5, 6, (1.0, 0.8), 2.5, orientation, slices)
