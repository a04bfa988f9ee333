"""How well MONAI Label's own scorer tells how wrong a model is, beside our doubts of the same network.

A U-Net with dropout learns 24 hippocampi; 40 that it has not seen are scored by five dropout passes. MONAI Label runs
in an environment of its own below `.peers`, with the weights and the prepared images handed over.

`python -m benchmarks.active_learning.peer`
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import nibabel
import numpy as np
import torch

from benchmarks.active_learning.arms import Arm
from benchmarks.active_learning.examining import examine
from benchmarks.active_learning.projects import Projects
from benchmarks.active_learning.sets import SETS
from napari_medal.core.asking import Asking
from napari_medal.core.case import Case, Split
from napari_medal.core.learning import Learning
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.target import Target
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.weights import load_members
from napari_medal.loop.judging import load_ensemble, prepared_case, project_device
from napari_medal.loop.session import Session
from napari_medal.metrics.aurc import aurc
from napari_medal.metrics.spearman import spearman

_TASK = "segmentation"
_LABELS, _PASSES = 24, 5
_MEASURES = ("pairwise-dice", "entropy", "mean-entropy")
_ROOT = Path(__file__).parents[2]
_DATA = replace(
    SETS["hippocampus"],
    start=_LABELS,
    plan=PlanChanges(
        patch=(40, 56, 40), widths=(8, 16, 32), strides=((2, 2, 2), (2, 2, 2)), kernels=((3, 3, 3),) * 3, cold_steps=400
    ),
)
_DROPPING = Learning(members=1, dropout=0.2)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--peers", type=Path, default=Path(".peers"), help="where the peer's environment lies")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        projects = Projects(_DATA, scratch, 0)
        arm = Arm("peer", "random", asking=Asking(dropout_passes=_PASSES), learning=_DROPPING)
        session = projects.begin(arm, scratch / "project")
        cases = [case for case in session.project.cases.all() if case.split is Split.TEST]
        plain, dropped = (_ensemble(session, passes) for passes in (0, _PASSES))
        truths = projects.truths(session)
        figures = examine(session, _TASK, plain, cases, truths, ()).per_case
        doubts = examine(session, _TASK, dropped, cases, truths, _MEASURES).doubts
        print("| doubt, five dropout passes of one network | rank correlation with the figure | AURC |\n|---|---|---|")
        for name in _MEASURES:
            print(_row(f"`{name}`", doubts[name], figures))
        theirs = _ask(session, cases, options.peers, scratch)
        print(theirs if isinstance(theirs, str) else _row("MONAI Label's epistemic scorer", theirs, figures))
        if not isinstance(theirs, str):
            print(f"\nOurs like theirs: {spearman(doubts['mean-entropy'], theirs)}")
        session.close()


def _ensemble(session: Session, passes: int) -> Ensemble:
    live = session.project.models.live(_TASK)
    session.project.settings_file.set_asking(_TASK, Asking(dropout_passes=passes))
    return load_ensemble(session, live, 1, project_device(session))


def _row(name: str, doubts: Sequence[float], figures: Sequence[float]) -> str:
    risks = [1.0 - figure for figure in figures]
    return f"| {name} | {spearman([-doubt for doubt in doubts], figures)} | {aurc(doubts, risks):.4f} |"


def _ask(session: Session, cases: Sequence[Case], peers: Path, scratch: Path) -> list[float] | str:
    """Let MONAI Label score the same cases with the same weights; say in words why there are no scores."""
    python = peers.resolve() / "monailabel" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
        wanted = [f"torch=={torch.__version__.split('+')[0]}", "monailabel"]
        if subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=False).returncode != 0:
            return "MONAI Label could not be installed."
    live = session.project.models.live(_TASK)
    weights, answer, told = scratch / "weights.pt", scratch / "answer.json", scratch / "told.json"
    torch.save(dict(load_members(live.folder)[0]), weights)
    images = scratch / "images"
    images.mkdir()
    for case in cases:  # as our network is used to see them, in an order of axes that the peer leaves alone
        prepared = prepared_case(session, case, live.plan, Target.MASK).image[0]
        nibabel.Nifti1Image(prepared, np.eye(4)).to_filename(images / f"{case.name}.nii.gz")
    plan = asdict(live.plan) | {"kernels": live.plan.level_kernels, "strides": live.plan.level_strides}
    settings = {
        "plan": plan, "cases": len(cases), "outputs": 3, "passes": _PASSES, "threads": os.cpu_count(), "device": "cpu",
        "weights": str(weights), "answer": str(answer),
    }  # fmt: skip
    told.write_text(json.dumps(settings), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "models")])}
    script = _ROOT / "benchmarks" / "peers" / "monailabel_scoring.py"
    done = subprocess.run(
        [str(python), str(script), str(images), str(told)], env=environment, capture_output=True, text=True, check=False
    )
    if not answer.exists():
        sys.stderr.write(done.stderr[-3000:])
        return "MONAI Label's scorer failed."
    scores = json.loads(answer.read_text(encoding="utf-8"))["scores"]
    by_case = {image.removesuffix(".nii.gz"): score for image, score in scores.items()}
    return [float(by_case[case.name]) for case in cases]


if __name__ == "__main__":
    main()
