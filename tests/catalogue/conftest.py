from collections.abc import Iterator
from pathlib import Path

import pytest

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.project import Project, create_project
from napari_medal.catalogue.settings import LabelSettings, ProjectSettings, TaskSettings

LABELS = (
    LabelSettings(value=1, name="anterior", color="#e6550d"),
    LabelSettings(value=4, name="posterior", color="#3182bd"),
)
TASK = TaskSettings(labels=LABELS, recipe="unet", strategy="staged", measure="pairwise-dice")


@pytest.fixture
def whole() -> ProjectSettings:
    """Settings with a value that is no default in every table."""
    return ProjectSettings.model_validate(
        {
            "name": "Hüften",
            "tasks": {"segmentation": TASK, "other": TASK},
            "splits": {"validation": 0.3, "seed": 9},
            "training": {"device": "cpu", "seed": 4, "retrain_after": 0, "memory_gb": 1.5},
        }
    )


@pytest.fixture
def project(tmp_path: Path, whole: ProjectSettings) -> Iterator[Project]:
    """A project of nine cases of eight subjects, without images."""
    project = create_project(tmp_path / "project", whole)
    project.cases.add([NewCase(f"case{n}", f"subject{min(n, 7)}", (), ()) for n in range(9)])
    yield project
    project.close()
