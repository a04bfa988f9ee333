from pathlib import Path

import pytest

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.project import Project
from napari_medal.core.case import CaseState, Split
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.series_source import SeriesSource, SliceSource
from napari_medal.errors import ProjectError, UnknownCaseError


def test_cases_come_back_by_name_with_their_images_in_order(project: Project) -> None:
    folder = project.layout.images("aa")
    images = tuple(folder / name for name in ("z.nii.gz", "a.nii.gz"))
    project.cases.add([NewCase("aa", "subject1", images, ("0" * 64, "1" * 64))])
    assert project.cases.all()[0] == project.cases.get("aa")
    found = project.cases.get("aa")
    assert (found.images, found.state, found.subject) == (images, CaseState.NEW, "subject1")


def test_a_taken_name_is_refused_and_nothing_is_entered(project: Project) -> None:
    with pytest.raises(ProjectError, match="already has a case 'case1'"):
        project.cases.add([NewCase("new", "s", (), ()), NewCase("case1", "s", (), ())])
    with pytest.raises(ProjectError, match="already has a case 'twice'"):
        project.cases.add([NewCase("twice", "s", (), ()), NewCase("twice", "s", (), ())])
    assert len(project.cases.all()) == 9


def test_a_broken_case_keeps_its_reason(project: Project) -> None:
    project.cases.add([NewCase("torn", "s", (), (), broken_reason="torn in two")])
    assert project.cases.get("torn").state is CaseState.BROKEN
    project.cases.set_broken("case1", "damaged later")
    found = project.cases.get("case1")
    assert (found.state, found.broken_reason) == (CaseState.BROKEN, "damaged later")


def test_a_split_is_drawn_once(project: Project) -> None:
    project.cases.draw(["subject1"], Split.VALIDATION)
    for split in Split:
        with pytest.raises(ProjectError, match="'subject1' is in the validation set and stays there"):
            project.cases.draw(["subject2", "subject1"], split)
    assert project.cases.get("case1").split is Split.VALIDATION
    assert project.cases.get("case2").split is Split.UNDRAWN


def test_cases_of_one_subject_share_its_split(project: Project) -> None:
    project.cases.draw(["subject7"], Split.TRAINING)
    project.cases.add([NewCase("later", "subject7", (), ())])
    assert {project.cases.get(name).split for name in ("case7", "case8", "later")} == {Split.TRAINING}
    assert {case.split for case in project.cases.all() if case.subject != "subject7"} == {Split.UNDRAWN}


def test_what_is_not_there_is_said(project: Project) -> None:
    for ask in (project.cases.get, lambda name: project.cases.set_state(name, CaseState.SKIPPED)):
        with pytest.raises(UnknownCaseError, match="The project has no case 'nobody'"):
            ask("nobody")


def test_image_paths_are_kept_relative_to_the_project(project: Project) -> None:
    with pytest.raises(ValueError, match="subpath"):
        project.cases.add([NewCase("far", "s", (Path("/elsewhere/far.nii"),), ("0" * 64,))])
    assert "far" not in {case.name for case in project.cases.all()}


def test_where_images_come_from_and_what_is_odd_about_them(project: Project) -> None:
    slices = tuple(SliceSource(f"1.2.{n}", 0, (0.5, -1.0, 2.5 * n)) for n in range(3))
    source = SeriesSource("1.2", "1.2.3", "", "1.2.840", "MR", 4, 5, (0.5, 0.5), None, (1.0, 0, 0, 0, 1.0, 0), slices)
    notes = (FileNote(NoteKind.OBLIQUE, Verdict.NOTED, "Lies 12 degrees off."),)
    images = tuple(project.layout.images("mr") / name for name in ("0000.nii.gz", "0001.nii.gz"))
    sums = ("0" * 64, "1" * 64)
    new = NewCase("mr", "s", images, sums, notes=notes, channels=("FLAIR", ""), sources=(source, None))
    project.cases.add([new])
    assert project.cases.get("mr").channels == ("FLAIR", "")
    assert project.cases.sources("mr") == (source, None)
    assert project.cases.notes("mr") == notes
    assert project.cases.notes("case1") == ()
