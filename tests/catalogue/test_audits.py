import math

import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.project import Project
from napari_medal.errors import UnknownCaseError


def test_draws_are_kept_in_order_and_never_drawn_again(project: Project) -> None:
    first = project.audits.add("segmentation", 1, "case3", 9)
    second = project.audits.add("segmentation", 2, "case5", 8)
    other = project.audits.add("other", 1, "case3", 9)
    assert project.audits.all("segmentation") == [first, second]
    assert project.audits.all("other") == [other]
    assert (first.number, first.case, first.waiting, first.is_answered) == (1, "case3", 9, False)
    assert first.drawn_at.tzinfo is not None
    assert project.audits.add("segmentation", 2, "case7", 8) == second  # another process was quicker
    with pytest.raises(UnknownCaseError):
        project.audits.add("segmentation", 3, "nobody", 7)


def test_figures_are_noted_once(project: Project) -> None:
    audit = project.audits.add("segmentation", 1, "case3", 9)
    annotations = [project.annotations.add(NewAnnotation("case3", "segmentation", "ann")) for _ in range(2)]
    assert project.audits.unanswered("segmentation", "case3") == [audit]
    assert project.audits.unanswered("segmentation", "case4") == []
    project.audits.measure(audit, annotations[0].identifier, 4, (0.5, math.nan))
    project.audits.measure(audit, annotations[1].identifier, 5, (0.9, 0.9))
    (found,) = project.audits.all("segmentation")
    assert found.is_answered
    assert (found.annotation, found.model) == (annotations[0].identifier, 4)
    assert found.figures is not None
    assert found.figures[0] == 0.5
    assert math.isnan(found.figures[1])
    assert project.audits.unanswered("segmentation", "case3") == []


def test_an_answer_without_a_prediction_has_no_figures(project: Project) -> None:
    audit = project.audits.add("segmentation", 1, "case3", 9)
    annotation = project.annotations.add(NewAnnotation("case3", "segmentation", "ann"))
    project.audits.measure(audit, annotation.identifier, None, None)
    (found,) = project.audits.all("segmentation")
    assert (found.is_answered, found.model, found.figures) == (True, None, None)
