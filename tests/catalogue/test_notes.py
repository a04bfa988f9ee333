import pytest

from napari_medal.catalogue.project import Project
from napari_medal.errors import UnknownCaseError


def test_comments_are_kept_in_order_with_reader_and_time(project: Project) -> None:
    first = project.notes.add_comment("case1", "ann", "motion on the lower slices")
    second = project.notes.add_comment("case1", "bob", "agree")
    assert project.notes.comments("case1") == [first, second]
    assert (first.reader, first.text, first.case) == ("ann", "motion on the lower slices", "case1")
    assert first.created_at <= second.created_at
    assert first.created_at.tzinfo is not None
    assert project.notes.comments("case2") == []
    assert project.notes.count_comments() == {"case1": 2}


def test_difficulty_and_tags_belong_to_the_case_and_can_be_taken_back(project: Project) -> None:
    project.notes.set_difficulty("case1", 4)
    project.notes.set_tags("case1", ["post-op", "motion", "motion"])
    case = project.cases.get("case1")
    assert (case.difficulty, case.tags) == (4, ("motion", "post-op"))
    project.notes.set_tags("case1", ["motion", "artefact"])
    project.notes.set_difficulty("case1", None)
    case = project.cases.get("case1")
    assert (case.difficulty, case.tags) == (None, ("artefact", "motion"))
    assert project.cases.get("case2").tags == ()


def test_an_unknown_case_takes_no_notes(project: Project) -> None:
    for act in (
        lambda: project.notes.add_comment("nobody", "ann", "x"),
        lambda: project.notes.comments("nobody"),
        lambda: project.notes.set_difficulty("nobody", 1),
        lambda: project.notes.set_tags("nobody", ["x"]),
    ):
        with pytest.raises(UnknownCaseError):
            act()
