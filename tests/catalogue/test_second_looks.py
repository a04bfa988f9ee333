from dataclasses import replace

import pytest

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.project import Project
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.errors import UnknownCaseError

TASK = "segmentation"
DOUBT = SecondLook("case1", LookKind.DISAGREEMENT, 0.5, "swapped", axial=3)
UNLIKE = SecondLook("case2", LookKind.UNLIKE, 0.7, "far away")
TWICE = SecondLook("case2", LookKind.DUPLICATE, 1.0, "the same exam as case1")


def test_what_a_search_found_is_kept_and_replaced_task_by_task(project: Project) -> None:
    looks = project.second_looks
    looks.replace(TASK, [DOUBT, UNLIKE, TWICE])
    looks.replace("other", [DOUBT])
    assert looks.all(TASK) == [TWICE, UNLIKE, DOUBT]
    looks.replace(TASK, [UNLIKE])
    assert looks.all(TASK) == [UNLIKE]
    assert looks.all("other") == [DOUBT]
    looks.replace(TASK, [])
    assert looks.all(TASK) == []


def test_what_was_dismissed_stays_so_while_the_label_is_the_same(project: Project) -> None:
    looks, annotations = project.second_looks, project.annotations
    first = annotations.add(NewAnnotation("case1", TASK, "ann", class_value=1)).identifier
    doubt = replace(DOUBT, annotation=first)
    looks.replace(TASK, [doubt, UNLIKE])
    looks.dismiss(TASK, "case1", LookKind.DISAGREEMENT)
    assert [(look.case, look.dismissed) for look in looks.all(TASK)] == [("case2", False), ("case1", True)]
    looks.replace(TASK, [replace(doubt, reason="otherwise"), UNLIKE])
    assert [(look.case, look.dismissed) for look in looks.all(TASK)] == [("case2", False), ("case1", True)]
    second = annotations.add(NewAnnotation("case1", TASK, "ann", class_value=0)).identifier
    looks.replace(TASK, [replace(doubt, annotation=second)])
    assert [look.dismissed for look in looks.all(TASK)] == [False]


def test_a_dismissed_twin_comes_back_with_another_twin(project: Project) -> None:
    looks = project.second_looks
    looks.replace(TASK, [TWICE, UNLIKE])
    for kind in (LookKind.DUPLICATE, LookKind.UNLIKE):
        looks.dismiss(TASK, "case2", kind)
    looks.replace(TASK, [TWICE, replace(UNLIKE, reason="farther away")])
    assert [look.dismissed for look in looks.all(TASK)] == [True, True]
    looks.replace(TASK, [replace(TWICE, reason="the same exam as case0")])
    assert [look.dismissed for look in looks.all(TASK)] == [False]


def test_only_known_cases_are_dismissed(project: Project) -> None:
    with pytest.raises(UnknownCaseError):
        project.second_looks.dismiss(TASK, "nobody", LookKind.UNLIKE)
