from napari_medal.catalogue.project import Project


def test_a_fact_is_settled_once(project: Project) -> None:
    assert project.facts.get("salt") is None
    assert project.facts.settle("salt", "first") == "first"
    assert project.facts.settle("salt", "second") == "first"
    assert project.facts.get("salt") == "first"
