import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from napari_medal.cli import main
from napari_medal.io.samples.phantom import PhantomCohort

ENTRY_POINTS = """\
[napari_medal.recipes]
small = tests.small:UNET
small-classes = tests.small:RESNET
small-values = tests.small:RESNET_VALUE
wrong = tests.nowhere:RECIPE
"""


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install small recipes as anybody would: by entry points in a distribution's metadata."""
    folder = tmp_path / "site" / "small_recipes-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: small-recipes\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(folder.parent)
    return folder.parent


@pytest.fixture
def run(third_party: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command line in this process, from its arguments to its exit code."""

    def call(*arguments: Any) -> Answer:
        monkeypatch.setattr(sys, "argv", ["napari-medal", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        code = end.value.code
        return Answer(code if isinstance(code, int) else 0, printed.out, printed.err)

    return call


@pytest.fixture
def project(run: Run, tmp_path: Path, cohort: PhantomCohort) -> Path:
    """A project of nine small phantoms, made on the command line."""
    folder = tmp_path / "project"
    answer = run(
        "new", folder, "--images", cohort.images, "--task", "segmentation", "--recipe", "small",
        "--label", "1=anterior", "--label", "2=posterior",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return folder
