"""Exams that are there twice, and cases that look like no other."""

from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import Case
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.core.second_look import LookKind
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.doubled_cases import doubled_cases
from napari_medal.loop.session import Session
from napari_medal.loop.unlike_cases import unlike_cases
from tests.loop.bars import write_bars
from tests.loop.conftest import damage
from tests.loop.test_ranking import PLAN
from tests.small import small_session

TASK = "segmentation"


def _turned(source: Path, target: Path) -> None:
    """Write the same exam with other numbers, stored in another order."""
    image = nibabel.load(source)
    array = (np.asarray(image.dataobj) * 3.0 + 40.0).astype(np.int16)
    affine = image.affine.copy()
    affine[:3, 3] += affine[:3, 0] * (array.shape[0] - 1)
    affine[:3, 0] *= -1.0
    nibabel.Nifti1Image(array[::-1], affine).to_filename(target)


def _noted(session: Session, seed: int = 0, far: str = "", **same: str) -> list[Case]:
    """Note what images look like: `far` like no other, and each of `same` nearly like another."""
    random = np.random.default_rng(seed)
    cases = session.project.cases.all()
    looks = {case.name: random.normal(size=6) for case in cases}
    for name, other in same.items():
        looks[name] = looks[other] + 1e-3
    if far:
        looks[far] += 15.0
    session.project.cases.set_looks(looks)
    return cases


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Twelve bars: bar_05 is a copy of bar_02, and bar_09 of bar_07 with other numbers in another order."""
    folder = tmp_path / "images"
    write_bars(folder, 12)
    (folder / "bar_05.nii.gz").write_bytes((folder / "bar_02.nii.gz").read_bytes())
    _turned(folder / "bar_07.nii.gz", folder / "bar_09.nii.gz")
    session = small_session(tmp_path / "project")
    add_cases(session, Source(folder), Silent())
    yield session
    session.close()


def test_equal_files_are_one_exam(session: Session) -> None:
    (look,) = doubled_cases(session, _noted(session), Silent())
    assert (look.case, look.kind, look.suspicion) == ("bar_05", LookKind.DUPLICATE, 1.0)
    assert look.reason == "the same exam as bar_02, but of another subject (bar_05, bar_02): splits may leak"


def test_what_looks_alike_is_compared_voxel_by_voxel(session: Session) -> None:
    cases = _noted(session, bar_05="bar_02", bar_09="bar_07", bar_11="bar_10")
    found = {look.case: look.reason for look in doubled_cases(session, cases, Silent())}
    assert found.keys() == {"bar_05", "bar_09"}
    assert found["bar_09"].startswith("the same exam as bar_07, but of another subject")


def test_what_cases_look_like_when_they_are_added_is_enough(session: Session) -> None:
    cases = session.project.cases.all()
    assert {look.case for look in doubled_cases(session, cases, Silent())} == {"bar_05", "bar_09"}


def test_a_file_that_cannot_be_read_is_no_twin(session: Session) -> None:
    cases = _noted(session, bar_09="bar_07")
    damage(session.project.cases.get("bar_09").images[0])
    assert [look.case for look in doubled_cases(session, cases, Silent())] == ["bar_05"]


def test_only_cases_that_count_are_doubled(session: Session) -> None:
    cases = [case for case in _noted(session) if case.name != "bar_02"]
    assert doubled_cases(session, cases, Silent()) == []


def test_one_subject_may_have_the_same_exam_twice(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    write_bars(folder, 1)
    for name in ("bar_00b", "bar_00c"):
        (folder / f"{name}.nii.gz").write_bytes((folder / "bar_00.nii.gz").read_bytes())
    session = small_session(tmp_path / "project")
    add_cases(session, Source(folder, subject_pattern="bar_00"), Silent())
    looks = doubled_cases(session, session.project.cases.all(), Silent())
    assert [(look.case, look.reason) for look in looks] == [
        ("bar_00b", "the same exam as bar_00"),
        ("bar_00c", "the same exam as bar_00"),
    ]
    session.close()


def test_a_case_that_looks_like_no_other_is_told(session: Session) -> None:
    cases = _noted(session, far="bar_03")
    (look,) = unlike_cases(session, TASK, {case.name for case in cases})
    assert (look.case, look.kind, look.annotation) == ("bar_03", LookKind.UNLIKE, None)
    assert look.reason.startswith("the image looks unlike all others: ")
    assert look.reason.endswith(" times as far from the nearest ones as is usual")
    assert unlike_cases(session, TASK, {case.name for case in cases} - {"bar_03"}) == []


def test_few_cases_or_equal_ones_are_unlike_nothing(session: Session) -> None:
    cases = _noted(session, far="bar_03")
    assert unlike_cases(session, TASK, {case.name for case in cases[:7]}) == []
    session.project.cases.set_looks({case.name: [1.0, 2.0] for case in cases})
    assert unlike_cases(session, TASK, {case.name for case in cases}) == []


def test_what_cannot_be_compared_is_left_out(session: Session) -> None:
    cases = _noted(session, far="bar_03")
    session.project.cases.set_looks({"bar_04": [1.0], "bar_06": [float("nan")] * 6, "bar_08": []})
    assert [look.case for look in unlike_cases(session, TASK, {case.name for case in cases})] == ["bar_03"]


def test_the_live_model_is_asked_too(session: Session) -> None:
    cases = _noted(session)
    session.project.models.add(NewModel(TASK, 1, "unet", PLAN, 1.0, None, (), {}, True, ""))
    random = np.random.default_rng(2)
    score = CaseScore(0.5, (0.5, 0.5), (), "why")
    predictions = [
        NewPrediction(
            case.name, score, "", features=tuple((random.normal(size=8) + 20.0 * (case.name == "bar_06")).tolist())
        )
        for case in cases
    ]
    session.project.predictions.replace(TASK, 1, predictions)
    (look,) = unlike_cases(session, TASK, {case.name for case in cases})
    assert look.case == "bar_06"
    assert look.reason.startswith("the model sees in it what it sees in no other case: ")
