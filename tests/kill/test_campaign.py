"""Readers killed while they work; `make kill` kills twenty times as many."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks no processes")
def test_what_was_on_the_disk_is_there_after_every_kill(repo_root: Path) -> None:
    search = os.pathsep.join(str(repo_root / folder) for folder in (".", "plugins", "models"))
    answer = subprocess.run(
        [sys.executable, "-m", "tests.kill.campaign", "--kills", str(KILLS), "--seed", "1000"],
        cwd=repo_root,
        env=os.environ | {"PYTHONPATH": search, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout, answer.stderr
    told = json.loads(answer.stdout)
    assert told["failures"] == []
    assert told["kills"] == KILLS
    assert told["finished"] < KILLS / 5, "most readers are killed at work"
    assert told["steps"] > KILLS, "and after they have drawn something"
