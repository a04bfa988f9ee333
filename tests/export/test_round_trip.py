"""What leaves in a format comes back through the reader of such folders, voxel for voxel."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.catalogue.settings import TaskSettings, label_settings
from napari_medal.core.case import CaseState, Split
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError
from napari_medal.loop.adding import Source, add_cases, copy_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session
from napari_medal.loop.truths import Truths
from tests.export.conftest import PARTLY, SPLITS, confirm_part, with_prediction
from tests.small import small_session

Back = Callable[[Path], Source]


def plain(folder: Path) -> Source:
    return Source(folder / "images", folder / "masks" / "segmentation")


def paired(folder: Path) -> Source:
    return Source(folder)


def nnunet(folder: Path) -> Source:
    return Source(folder / "Dataset501_Small", form="nnunet")


def decathlon(folder: Path) -> Source:
    return Source(folder / "Task01_Small", form="decathlon")


def bids(folder: Path) -> Source:
    return Source(folder, form="bids")


@pytest.mark.parametrize(
    ("format_name", "reader", "back"),
    [
        ("nifti", "plain", plain),
        ("nnunet", "nnunet", nnunet),
        ("decathlon", "decathlon", decathlon),
        ("bids", "bids", bids),
    ],
)
def test_masks_come_back_bit_for_bit(
    curated: Session, tmp_path: Path, format_name: str, reader: str, back: Back
) -> None:
    if reader not in curated.extensions.folders.names():
        pytest.skip(f"no reader of folders called '{reader}' is installed")
    export(curated, tmp_path / "out", format_name, Silent())
    again = small_session(tmp_path / "again")
    add_cases(again, back(tmp_path / "out"), Silent())
    before = _masks(curated)
    after = _masks(again)
    assert len(after) == len(before) == 5
    for (name, mask), (other_name, other) in zip(before, after, strict=True):
        assert name.replace("_", "") in other_name.replace("_", "").replace("-", "")
        assert np.array_equal(mask, other)
    again.close()


def _masks(session: Session) -> list[tuple[str, np.ndarray]]:
    found = []
    for name, annotation in sorted(session.project.annotations.current("segmentation").items()):
        assert annotation.mask is not None
        found.append((name, session.files.read(annotation.mask)[0].array))
    return found


ODD = LabelScheme((LabelClass(250, "anterior", "#ff0000"), LabelClass(2, "posterior", "#00ff00")))
MANY = pytest.mark.parametrize(
    ("format_name", "back"), [("nnunet", nnunet), ("decathlon", decathlon), ("bids", bids), ("nifti", paired)]
)


def oddly_labelled(task: TaskSettings) -> TaskSettings:
    return task.model_copy(update={"labels": label_settings(ODD)})


def _name(case: str) -> str:
    """Return a case's name without what BIDS cannot say."""
    return case.removeprefix("sub-").replace("_", "")


@pytest.fixture
def odd(tmp_path: Path, curated: Session) -> Iterator[Session]:
    """The same masks with the values 250 and 2."""
    session = small_session(tmp_path / "odd", changes=oddly_labelled)
    copy_cases(curated.project, session.project, Silent())
    for name, mask in _masks(curated):
        accept_mask(session, "segmentation", name, np.array([0, 250, 2], np.uint8)[mask], Reading("ann"))
    yield session
    session.close()


@MANY
def test_values_that_are_not_consecutive_come_back(odd: Session, tmp_path: Path, format_name: str, back: Back) -> None:
    export(odd, tmp_path / "out", format_name, Silent())
    again = small_session(tmp_path / "again", changes=oddly_labelled)
    report = add_cases(again, back(tmp_path / "out"), Silent())
    assert (len(report.labelled), report.refused_labels, report.remarks) == (5, (), ())
    for (name, mask), (other_name, other) in zip(_masks(odd), _masks(again), strict=True):
        assert set(np.unique(mask)) == {0, 2, 250}
        assert _name(name) == _name(other_name)
        assert np.array_equal(mask, other)
    again.close()


@MANY
def test_splits_come_back(curated: Session, tmp_path: Path, format_name: str, back: Back) -> None:
    export(curated, tmp_path / "out", format_name, Silent())
    again = small_session(tmp_path / "again")
    add_cases(again, back(tmp_path / "out"), Silent())
    assert [case.split for case in again.project.cases.all()] == [*SPLITS, Split.UNDRAWN]
    again.close()


@pytest.mark.parametrize(("format_name", "back"), [("nnunet", nnunet), ("bids", bids), ("nifti", paired)])
def test_masks_that_are_right_in_part_come_back_as_such(
    curated: Session, tmp_path: Path, format_name: str, back: Back
) -> None:
    confirm_part(curated, "case_001")
    export(curated, tmp_path / "out", format_name, Silent())
    again = small_session(tmp_path / "again")
    report = add_cases(again, back(tmp_path / "out"), Silent())
    assert (len(report.labelled), report.refused_labels) == (5, ())
    case = again.project.cases.all()[1]
    assert case.state is CaseState.ACCEPTED_IN_PART
    found = again.project.annotations.current("segmentation")
    assert [annotation.confirmed for _, annotation in sorted(found.items())] == [None, PARTLY, None, None, None]
    right = slice(PARTLY[0][0], PARTLY[0][1] + 1)
    assert np.array_equal(_masks(again)[1][1][right], _masks(curated)[1][1][right])
    again.close()


def _write_with_prediction(session: Session, folder: Path, format_name: str) -> None:
    exporter = session.extensions.exporters.get(format_name)
    exporter.write(with_prediction(session, "case_001"), folder, Silent())


@MANY
def test_what_a_model_has_drawn_is_a_draft(curated: Session, tmp_path: Path, format_name: str, back: Back) -> None:
    _write_with_prediction(curated, tmp_path / "out", format_name)
    again = small_session(tmp_path / "again")
    report = add_cases(again, back(tmp_path / "out"), Silent())
    assert [_name(name) for name in report.drafted] == ["case001"]
    assert [_name(name) for name in report.added] == [f"case00{number}" for number in range(5)]
    assert len(report.labelled) == 4
    *_, note = report.notes[report.drafted[0]]
    assert "only a model has drawn it; it was taken as a draft to start from" in note.words
    assert report.drafted[0] not in again.project.annotations.current("segmentation")
    draft = again.project.annotations.latest("segmentation")[report.drafted[0]]
    assert (draft.accepted, again.project.cases.get(draft.case).state) == (False, CaseState.IN_PROGRESS)
    again.close()


@pytest.mark.parametrize(("format_name", "back"), [("nnunet", nnunet), ("decathlon", decathlon), ("nifti", paired)])
def test_the_same_holds_for_images_that_were_there(
    curated: Session, tmp_path: Path, format_name: str, back: Back
) -> None:
    _write_with_prediction(curated, tmp_path / "out", format_name)
    images = tmp_path / "images"
    images.mkdir()
    for case in curated.project.cases.all()[:5]:
        (images / case.images[0].name).write_bytes(case.images[0].read_bytes())
    again = small_session(tmp_path / "again")
    report = add_cases(again, Source(images, back(tmp_path / "out").images), Silent())
    assert (report.drafted, len(report.labelled)) == (("case_001",), 4)
    again.close()


def test_a_part_without_named_slices_is_a_draft(curated: Session, tmp_path: Path) -> None:
    confirm_part(curated, "case_001")
    export(curated, tmp_path / "out", "bids", Silent())
    (sidecar,) = (tmp_path / "out").rglob("*desc-partial_dseg.json")
    sidecar.write_text("{}")
    again = small_session(tmp_path / "again")
    report = add_cases(again, bids(tmp_path / "out"), Silent())
    assert (len(report.drafted), len(report.labelled)) == (1, 4)
    again.close()


def test_slices_of_others_that_are_ignored_are_not_confirmed(curated: Session, tmp_path: Path) -> None:
    """The label "ignore" of sets that we have not written: here in some voxels, elsewhere in all."""
    export(curated, tmp_path / "out", "nnunet", Silent())
    folder = tmp_path / "out" / "Dataset501_Small"
    table = json.loads((folder / "dataset.json").read_text())
    del table["napari_medal"]
    table["labels"]["ignore"] = 3
    (folder / "dataset.json").write_text(json.dumps(table))
    for name, change in (("case_000", np.s_[4, 5, 6]), ("case_001", np.s_[:, :, :])):
        path = folder / "labelsTr" / f"{name}.nii.gz"
        stored = nibabel.load(path)
        array = np.asarray(stored.dataobj).copy()
        array[change] = 3
        nibabel.Nifti1Image(array, stored.affine).to_filename(path)
    again = small_session(tmp_path / "again")
    report = add_cases(again, nnunet(tmp_path / "out"), Silent())
    assert [refused.case for refused in report.refused_labels] == ["case_001"]
    assert "voxels that nobody has labelled in every slice" in report.refused_labels[0].reason
    found = again.project.annotations.current("segmentation")
    assert found["case_000"].confirmed is not None
    assert found["case_002"].confirmed is None
    again.close()


def test_what_a_model_has_said_is_no_readers_class(curated: Session, tmp_path: Path) -> None:
    _write_with_prediction(curated, tmp_path / "out", "nifti")
    again = small_session(tmp_path / "again", "classification")
    images = tmp_path / "out" / "images"
    with pytest.raises(FormatError, match=r"predicted\.csv, line 3: found a class that only a model has said"):
        add_cases(again, Source(images, tmp_path / "out" / "predicted.csv"), Silent())
    assert again.project.cases.all() == []
    report = add_cases(again, Source(images, tmp_path / "out" / "annotations.csv"), Silent())
    assert (len(report.labelled), "case_001" in report.labelled) == (4, False)
    again.close()


def test_what_a_model_has_drawn_is_no_truth(curated: Session, tmp_path: Path) -> None:
    _write_with_prediction(curated, tmp_path / "out", "nnunet")
    truths = Truths(curated, "segmentation", nnunet(tmp_path / "out").images)
    assert truths.known == {"case_000", "case_002", "case_003", "case_004"}
