"""Judge ways to choose what is labelled next, on several sets, and say where one is better, worse, or neither.

Every arm labels the same cohort with the same first labels, weights, reader and splits for each seed; only the choice
differs. Runs are kept one by one, so that a judgement which was interrupted goes on; `--report` tells what there is.

`make bench-al ARGS="--sets hippocampus --arms random default"` runs two arms.
"""

import argparse
import os
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"  # one thread a process, as many processes as cores

from benchmarks.active_learning.arms import ARMS  # noqa: E402
from benchmarks.active_learning.pieces import judge  # noqa: E402
from benchmarks.active_learning.report import report  # noqa: E402
from benchmarks.active_learning.sets import SETS  # noqa: E402


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    asked.add_argument("--arms", nargs="*", default=list(ARMS), choices=list(ARMS), metavar="ARM")
    asked.add_argument("--seeds", type=int, default=8, help="how many paired seeds")
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, each with one thread")
    asked.add_argument("--work", type=Path, default=Path(".judge"), help="where projects are kept meanwhile")
    asked.add_argument("--results", type=Path, default=Path(".judge/results"), help="where each run is kept")
    asked.add_argument("--tables", type=Path, help="a folder to write all runs of a set into, as one table")
    asked.add_argument("--report", action="store_true", help="only tell what there is")
    asked.add_argument("--plots", type=Path, help="a folder to draw the curves into")
    options = asked.parse_args()
    sets = [SETS[name] for name in options.sets]
    if not options.report:
        judge(
            sets, [ARMS[name] for name in options.arms], options.seeds, options.workers, options.work, options.results
        )
    for data in sets:
        print(report(data, options.results, options.plots, options.tables))


if __name__ == "__main__":
    main()
