"""The whole viewer, killed while somebody paints in it."""

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.gui.conftest import docks, project_folder  # noqa: F401 - fixtures

STROKES = 7


@pytest.mark.skipif(os.name == "nt", reason="needs a process that can be killed")
def test_a_killed_viewer_opens_where_it_died(repo_root: Path, project_folder, docks, qtbot) -> None:  # noqa: F811
    search = os.pathsep.join(str(repo_root / folder) for folder in (".", "plugins", "models"))
    said: list[tuple[int, int]] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kill.painter", str(project_folder)],
        cwd=repo_root,
        env=os.environ | {"PYTHONPATH": search, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as painter:
        for line in painter.stdout:
            strokes, checksum = line.split()
            said.append((int(strokes), int(checksum)))
            if len(said) == STROKES:
                painter.kill()
        assert len(said) >= STROKES, painter.stderr.read()

    dock = docks()
    told: list[str] = []
    dock.desk.told.connect(told.append)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.open_project(project_folder)
    label, name = dock.layers.label, dock.desk.reading.opened.case.name
    assert label.undo_steps in (said[-1][0], said[-1][0] + 1), "one more may have been on its way"
    assert told == [f"Restored {label.undo_steps} strokes on case {name}; Ctrl+Z takes them back."]
    if label.undo_steps > said[-1][0]:
        label.undo()
    for _, checksum in reversed(said):
        assert zlib.crc32(dock.layers.mask()) == checksum
        label.undo()
    assert label.undo_steps == 0
    assert not dock.layers.mask().any()
