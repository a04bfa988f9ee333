"""How much of a prediction's quality any doubt could know: what two networks that learnt other cases have in common.

Two networks learn from two draws of a set's pool, and answer for the same test cases. If both are wrong about the same
cases and no doubt tells which, the error is in what the reader drew there, and not in what a network can see.

`python -m benchmarks.active_learning.ceiling --sets hippocampus phantom`
"""

import argparse
import os
import tempfile
from dataclasses import replace
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402

from benchmarks.active_learning.arms import Arm  # noqa: E402
from benchmarks.active_learning.examining import Examined  # noqa: E402
from benchmarks.active_learning.projects import Projects  # noqa: E402
from benchmarks.active_learning.run import MEASURES, examined  # noqa: E402
from benchmarks.active_learning.sets import SETS, DataSet  # noqa: E402
from napari_medal.core.evaluation import Interval  # noqa: E402
from napari_medal.metrics.spearman import spearman  # noqa: E402

_LABELS = {"lgg_flair": 9, "glioma": 9, "breast_us": 52}
_USUAL_LABELS = 24


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sets", nargs="*", default=["hippocampus"], choices=list(SETS))
    options = asked.parse_args()
    print("| set | Dice of one / the other | one's Dice with the other's | the best doubt | all doubts, fitted |")
    print("|---|---|---|---|---|")
    for name in options.sets:
        data = replace(SETS[name], start=_LABELS.get(name, _USUAL_LABELS))
        with tempfile.TemporaryDirectory() as folder:
            one, other = (_network(data, seed, Path(folder)) for seed in (0, 1))
        print(_row(data, one, other))


def _network(data: DataSet, seed: int, folder: Path) -> Examined:
    """Let a network learn from a draw, and doubt the test cases in every way."""
    projects = Projects(data, folder, seed)
    session = projects.begin(Arm("ceiling", "random"), folder / f"project-{seed}")
    try:
        return examined(data, Arm("ceiling", "random"), session, projects.truths(session), MEASURES)
    finally:
        session.close()


def _row(data: DataSet, one: Examined, other: Examined) -> str:
    known = {
        measure: np.mean([_told(found.doubts[measure], found).value for found in (one, other)]) for measure in MEASURES
    }
    best = max(known, key=lambda measure: known[measure])
    cells = [
        f"{data.name}, {data.start} labels, {len(one.per_case)} cases",
        f"{np.mean(one.per_case):.3f} / {np.mean(other.per_case):.3f}",
        str(spearman(one.per_case, other.per_case)),
        f"`{best}`: {_told(one.doubts[best], one)}, {_told(other.doubts[best], other)}",
        f"{_told(_fitted(other, one), one)}, {_told(_fitted(one, other), other)}",
    ]
    return f"| {' | '.join(cells)} |"


def _fitted(learnt_from: Examined, asked: Examined) -> list[float]:
    """Fit the error to all doubts of one network by ridge regression, and expect that of the other."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    seen, errors = _features(learnt_from), 1.0 - np.array(learnt_from.per_case)
    half = np.arange(len(errors)) % 2 == 0  # a case is expected from the other half, which does not hold it
    expected = np.empty(len(errors))
    for part in (half, ~half):
        model = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 25))).fit(seen[~part], errors[~part])
        expected[part] = model.predict(_features(asked)[part])
    return [float(error) for error in expected]


def _features(found: Examined) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.array([found.doubts[measure] for measure in MEASURES], dtype=np.float64).T


def _told(doubts: list[float], found: Examined) -> Interval:
    """Return the rank correlation of certainty and figure."""
    return spearman([-doubt for doubt in doubts], found.per_case)


if __name__ == "__main__":
    main()
